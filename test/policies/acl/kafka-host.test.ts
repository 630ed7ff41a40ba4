import assert from 'node:assert/strict';
import { BlockList } from 'node:net';
import test from 'node:test';
import fc from 'fast-check';
import { HostRangeError, holdsHost, parseHost, parseHostRange } from '../../../policies/acl/kafka-host.ts';
import { ipText } from '../../../policies/x509/ip.ts';

const holds = (range: string, host: string): boolean => {
  const address = parseHost(host);
  assert.ok(address !== undefined, host);
  return holdsHost(parseHostRange(range), address);
};

const CASES: readonly [range: string, host: string, holds: boolean][] = [
  ['10.0.0.1', '10.0.0.1', true],
  ['10.0.0.1', '10.0.0.2', false],
  ['10.0.0.1/32', '10.0.0.1', true],
  ['10.0.0.1', '::ffff:10.0.0.1', true],
  ['::ffff:10.0.0.1', '10.0.0.1', true],
  ['::FFFF:a00:1', '10.0.0.1', true],
  ['::ffff:10.0.0.1/128', '::ffff:a00:1', true],
  ['::10.0.0.1', '10.0.0.1', false],
  ['10.0.0.0/8', '10.0.0.0', true],
  ['10.0.0.0/8', '10.255.255.255', true],
  ['10.0.0.0/8', '11.0.0.0', false],
  ['10.1.2.3/8', '10.9.9.9', true],
  ['192.0.2.128/25', '192.0.2.127', false],
  ['192.0.2.128/25', '192.0.2.128', true],
  ['0.0.0.0/0', '203.0.113.9', true],
  ['0.0.0.0/0', '::ffff:203.0.113.9', true],
  ['0.0.0.0/0', '2001:db8::1', false],
  ['::/0', '2001:db8::1', true],
  ['::/0', '203.0.113.9', false],
  ['::ffff:0:0/96', '203.0.113.9', true],
  ['::ffff:10.0.0.0/104', '10.1.1.1', true],
  ['::ffff:10.0.0.0/104', '11.1.1.1', false],
  ['::ffff:10.0.0.0/90', '10.0.0.0', false],
  ['::ffff:10.0.0.0/90', '::ffc0:0:1', true],
  ['2001:DB8::/33', '2001:db8:7fff::1', true],
  ['2001:db8::/33', '2001:db8:8000::1', false],
  ['0:0:0:0:0:0:0:1', '::1', true],
  ['fe80::1', 'fe80::1%eth0', true],
];

for (const [range, host, expected] of CASES) {
  test(`${range} ${expected ? 'holds' : 'does not hold'} ${host}`, () => {
    assert.equal(holds(range, host), expected);
  });
}

test('what is no address or range says what to write', () => {
  const cases: [text: string, message: RegExp][] = [
    ['*', /leave hosts out/],
    ['', /such as 192\.0\.2\.7/],
    ['example.com', /such as/],
    ['10.0.0', /such as/],
    ['10.0.0.01', /such as/],
    ['10.0.0.0/', /such as/],
    ['10.0.0.0/08', /such as/],
    ['10.0.0.0/-1', /such as/],
    ['10.0.0.0/8/8', /such as/],
    ['fe80::1%eth0', /such as/],
    ['10.0.0.0/33', /at most 32 bits/],
    ['::/129', /at most 128 bits/],
  ];
  for (const [text, message] of cases) {
    assert.throws(
      () => parseHostRange(text),
      (error) => error instanceof HostRangeError && message.test(error.message),
      text,
    );
  }
});

test('a client address that cannot be read is none', () => {
  for (const text of ['', 'unknown', '10.0.0.1:9092', '[::1]', '%eth0']) assert.equal(parseHost(text), undefined, text);
});

test('a range holds what the block list of Node holds', () => {
  const octets = fc.uint8Array({ minLength: 4, maxLength: 4 });
  const groups = fc.uint8Array({ minLength: 16, maxLength: 16 });
  const pair = fc.oneof(fc.tuple(octets, octets), fc.tuple(groups, groups));
  const near = fc.tuple(pair, fc.nat(128), fc.nat(128)).map(([[base, noise], bits, same]) => {
    const prefix = bits % (base.length * 8 + 1);
    // The first bits of the other address are those of the base: half of all pairs are close calls.
    const other = noise.map((byte, i) => mix(base[i] as number, byte, same - i * 8));
    return { base, other, prefix };
  });
  fc.assert(
    fc.property(near, ({ base, other, prefix }) => {
      const [network, address] = [ipText(base) as string, ipText(other) as string];
      const list = new BlockList();
      list.addSubnet(network, prefix, base.length === 4 ? 'ipv4' : 'ipv6');
      assert.equal(holds(`${network}/${prefix}`, address), list.check(address, base.length === 4 ? 'ipv4' : 'ipv6'));
    }),
    { numRuns: 2000 },
  );
});

/** The first `bits` bits of one byte, the others of another. */
function mix(first: number, second: number, bits: number): number {
  const mask = bits <= 0 ? 0 : bits >= 8 ? 0xff : 0xff << (8 - bits);
  return ((first & mask) | (second & ~mask)) & 0xff;
}
