import assert from 'node:assert/strict';
import { BlockList, isIP } from 'node:net';
import test from 'node:test';
import fc from 'fast-check';
import { ipText, parseIp } from '../../../policies/x509/ip.ts';

const CASES: readonly [text: string, canonical: string | undefined][] = [
  ['192.0.2.1', '192.0.2.1'],
  ['192.0.2.01', undefined],
  ['192.0.2', undefined],
  ['192.0.2.256', undefined],
  ['192.0.2.1.', undefined],
  ['', undefined],
  ['::', '::'],
  ['::1', '::1'],
  ['1::', '1::'],
  ['2001:DB8:0:0:0:0:0:1', '2001:db8::1'],
  ['2001:db8:0:0:1:0:0:1', '2001:db8::1:0:0:1'],
  ['2001:db8:0:1:1:1:1:1', '2001:db8:0:1:1:1:1:1'],
  ['::ffff:192.0.2.1', '::ffff:192.0.2.1'],
  ['::ffff:c000:201', '::ffff:192.0.2.1'],
  ['64:ff9b::192.0.2.1', '64:ff9b::c000:201'],
  ['1:2:3:4:5:6:7:8', '1:2:3:4:5:6:7:8'],
  ['1:2:3:4:5:6:7::', '1:2:3:4:5:6:7:0'],
  ['1:2:3:4:5:6:7:8::', undefined],
  ['1:2:3:4:5:6:7', undefined],
  ['1:2:3:4:5:6:7:8:9', undefined],
  ['1::2::3', undefined],
  [':1:2:3:4:5:6:7', undefined],
  ['1:2:3:4:5:6:192.0.2.1', '1:2:3:4:5:6:c000:201'],
  ['192.0.2.1::', undefined],
  ['12345::', undefined],
  ['fe80::1%eth0', undefined],
  ['::g', undefined],
];

for (const [text, canonical] of CASES) {
  test(`address ${JSON.stringify(text)} is ${canonical ?? 'refused'}`, () => {
    const bytes = parseIp(text);
    assert.equal(bytes && ipText(bytes), canonical);
    assert.equal(isIP(text.split('%')[0] as string) !== 0 && !text.includes('%'), canonical !== undefined);
  });
}

test('what is printed is read back as the same bytes and is the address that Node sees', () => {
  const groups = fc.array(fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 0xffff })), {
    minLength: 8,
    maxLength: 8,
  });
  fc.assert(
    fc.property(groups, (words) => {
      const bytes = Uint8Array.from(words.flatMap((word) => [word >> 8, word & 0xff]));
      const text = ipText(bytes) as string;
      assert.deepEqual(parseIp(text), bytes);
      const list = new BlockList();
      list.addAddress(words.map((word) => word.toString(16)).join(':'), 'ipv6');
      assert.ok(list.check(text, 'ipv6'));
    }),
  );
});
