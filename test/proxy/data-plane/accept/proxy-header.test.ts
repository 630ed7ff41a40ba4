import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { proxyHeaderStep } from '../../../../proxy/data-plane/accept/proxy-header.ts';
import { Refused } from '../../../../proxy/data-plane/connection/refused.ts';

const SIGNATURE = '0d0a0d0a000d0a515549540a';

function v2(command: string, family: string, body: string): Buffer {
  const length = (body.length / 2).toString(16).padStart(4, '0');
  return Buffer.from(SIGNATURE + command + family + length + body, 'hex');
}

const good: readonly [string, Buffer, { address: string; port: number } | null][] = [
  ['v1 IPv4', Buffer.from('PROXY TCP4 192.0.2.1 198.51.100.7 4711 8883\r\n'), { address: '192.0.2.1', port: 4711 }],
  ['v1 IPv6', Buffer.from('PROXY TCP6 2001:db8::1 2001:db8::2 1 65535\r\n'), { address: '2001:db8::1', port: 1 }],
  ['v1 IPv6 written long', Buffer.from('PROXY TCP6 2001:DB8:0:0::1 ::2 1 2\r\n'), { address: '2001:db8::1', port: 1 }],
  ['v1 unknown', Buffer.from('PROXY UNKNOWN\r\n'), null],
  ['v1 unknown with rest', Buffer.from('PROXY UNKNOWN ffff::1 ffff::2 1 2\r\n'), null],
  ['v2 IPv4', v2('21', '11', 'c0000201c6336407126722b3'), { address: '192.0.2.1', port: 4711 }],
  ['v2 IPv4 with TLVs', v2('21', '11', 'c0000201c6336407126722b3030004a1b2c3d4'), { address: '192.0.2.1', port: 4711 }],
  [
    'v2 IPv6',
    v2('21', '21', '20010db800000000000000000000000120010db8000000000000000000000002126722b3'),
    { address: '2001:db8::1', port: 4711 },
  ],
  ['v2 LOCAL', v2('20', '00', ''), null],
];

for (const [name, header, client] of good) {
  test(`${name}: read, and what follows is left alone`, () => {
    const bytes = Buffer.concat([header, Buffer.from([22, 3, 1])]);
    assert.deepEqual(proxyHeaderStep(bytes), { value: { client }, used: header.length });
  });

  test(`${name}: byte by byte it asks for more until the header is whole`, () => {
    for (let n = 1; n < header.length; n++) {
      const answer = proxyHeaderStep(header.subarray(0, n));
      assert.ok('need' in answer && answer.need > n && answer.need <= header.length + 1, `after ${n} bytes`);
    }
  });
}

const bad: readonly [string, Buffer][] = [
  ['a TLS ClientHello without a header', Buffer.from('16030100c4010000c00303', 'hex')],
  ['another word', Buffer.from('PROXX TCP4 192.0.2.1 198.51.100.7 1 2\r\n')],
  ['IPv6 address under TCP4', Buffer.from('PROXY TCP4 2001:db8::1 198.51.100.7 1 2\r\n')],
  ['port out of range', Buffer.from('PROXY TCP4 192.0.2.1 198.51.100.7 65536 2\r\n')],
  ['port with a leading zero', Buffer.from('PROXY TCP4 192.0.2.1 198.51.100.7 01 2\r\n')],
  ['two spaces', Buffer.from('PROXY TCP4  192.0.2.1 198.51.100.7 1 2\r\n')],
  ['too few words', Buffer.from('PROXY TCP4 192.0.2.1\r\n')],
  ['an endless line', Buffer.from(`PROXY TCP4 ${'1'.repeat(200)}`)],
  ['a long line', Buffer.from(`PROXY UNKNOWN ${'1'.repeat(100)}\r\n`)],
  ['v2 wrong signature', Buffer.from('0d0a0d0a000d0a515549540b2111000c', 'hex')],
  ['v2 unknown command', v2('22', '11', 'c0000201c6336407126722b3')],
  ['v2 version 1', v2('11', '11', 'c0000201c6336407126722b3')],
  ['v2 UDP', v2('21', '12', 'c0000201c6336407126722b3')],
  ['v2 Unix', v2('21', '31', '00'.repeat(216))],
  ['v2 too short for IPv4', v2('21', '11', 'c0000201')],
  ['v2 too long', v2('21', '11', '00'.repeat(2049))],
];

for (const [name, bytes] of bad) {
  test(`refused: ${name}`, () => {
    assert.throws(
      () => proxyHeaderStep(bytes),
      (error) => error instanceof Refused && error.why === 'proxy-header',
    );
  });
}

test('random bytes give a refusal, a header or a wish for more, nothing else', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 1, maxLength: 300 }), (bytes) => {
      try {
        proxyHeaderStep(Buffer.from(bytes));
      } catch (error) {
        assert.ok(error instanceof Refused);
      }
    }),
  );
});
