/** The reason codes of each packet, as the tables of MQTT 5.0 have them. */
import assert from 'node:assert/strict';
import test from 'node:test';
import {
  CODE,
  type CodeSet,
  hex,
  isFailure,
  isLegalCode,
  isRedirect,
} from '../../../../adapters/mqtt/codec/reason-codes.ts';

const LEGAL: Readonly<Record<CodeSet, string>> = {
  // Table 3-1
  connack: '00 80 81 82 83 84 85 86 87 88 89 8a 8c 90 95 97 99 9a 9b 9c 9d 9f',
  // Tables 3-4 and 3-5
  puback: '00 10 80 83 87 90 91 97 99',
  // Tables 3-6 and 3-7
  pubrel: '00 92',
  // Table 3-8
  suback: '00 01 02 80 83 87 8f 91 97 9e a1 a2',
  // Table 3-9
  unsuback: '00 11 80 83 87 8f 91',
  // Table 3-10, sent by the client or by both
  clientDisconnect: '00 04 80 81 82 83 90 93 94 95 96 97 98 99',
  // Table 3-10, sent by the server or by both
  serverDisconnect: '00 80 81 82 83 87 89 8b 8d 8e 8f 90 93 94 95 96 97 98 99 9a 9b 9c 9d 9e 9f a0 a1 a2',
};

for (const [set, codes] of Object.entries(LEGAL)) {
  test(`${set} may carry ${codes} and nothing else`, () => {
    const legal = Array.from({ length: 256 }, (_, code) => code).filter((code) => isLegalCode(set as CodeSet, code));
    assert.equal(legal.map((code) => code.toString(16).padStart(2, '0')).join(' '), codes);
  });
}

test('codes from 0x80 on are failures, two of them redirect, and a record names them in two digits', () => {
  const all = Array.from({ length: 256 }, (_, code) => code);
  assert.deepEqual(
    all.filter((code) => !isFailure(code)),
    all.slice(0, 128),
  );
  assert.deepEqual(all.filter(isRedirect), [CODE.useAnotherServer, CODE.serverMoved]);
  assert.deepEqual([CODE.useAnotherServer, CODE.serverMoved], [0x9c, 0x9d]);
  assert.deepEqual([hex(4), hex(0x8f)], ['0x04', '0x8F']);
});
