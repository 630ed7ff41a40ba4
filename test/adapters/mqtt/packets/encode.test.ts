/** Packets that are made here: every byte, and the Reason String left out where the client takes no such packet. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { TYPE } from '../../../../adapters/mqtt/codec/fixed-header.ts';
import { PropertyScan } from '../../../../adapters/mqtt/codec/property-scan.ts';
import { IN } from '../../../../adapters/mqtt/codec/property-table.ts';
import { encodeAck } from '../../../../adapters/mqtt/packets/ack.ts';
import { encodeConnack } from '../../../../adapters/mqtt/packets/connack.ts';
import { encodeDisconnect, normalDisconnect } from '../../../../adapters/mqtt/packets/disconnect.ts';
import { encodeSuback } from '../../../../adapters/mqtt/packets/suback.ts';

const hex = (text: string) => text.replaceAll(' ', '');

/** Without a Reason String, and with the Reason String `why`. */
const ROWS: readonly (readonly [name: string, make: (maxSize: number) => Buffer, short: string, full: string])[] = [
  [
    'PUBACK',
    (max) => encodeAck(TYPE.puback, 0x102, 0x87, 'why', max),
    '40 03 0102 87',
    '40 0a 0102 87 06 1f 0003 776879',
  ],
  [
    'PUBREC',
    (max) => encodeAck(TYPE.pubrec, 0x102, 0x97, 'why', max),
    '50 03 0102 97',
    '50 0a 0102 97 06 1f 0003 776879',
  ],
  ['CONNACK', (max) => encodeConnack(5, 0x87, 'why', max), '20 03 00 87 00', '20 09 00 87 06 1f 0003 776879'],
  ['DISCONNECT', (max) => encodeDisconnect(0x8d, 'why', max), 'e0 01 8d', 'e0 08 8d 06 1f 0003 776879'],
  [
    'SUBACK',
    (max) => encodeSuback(5, 0x102, [0x87, 1], 'why', max),
    '90 05 0102 00 87 01',
    '90 0b 0102 06 1f 0003 776879 87 01',
  ],
];

for (const [name, make, short, full] of ROWS) {
  test(`${name} has its Reason String up to the client's Maximum Packet Size, above it none`, () => {
    const size = hex(full).length / 2;
    assert.equal(make(Number.POSITIVE_INFINITY).toString('hex'), hex(full));
    assert.equal(make(size).toString('hex'), hex(full));
    assert.equal(make(size - 1).toString('hex'), hex(short));
  });
}

test('a SUBACK keeps the properties of the broker, and its Reason String where it has one', () => {
  const merge = (properties: string, reason: string, max: number): string => {
    const buf = Buffer.from(hex(`ff ${properties}`), 'hex');
    const scan = new PropertyScan();
    scan.read(buf, 0, 1, buf.length, IN.suback, 4);
    return encodeSuback(5, 0x102, [1], reason, max, { buf, properties: scan }).toString('hex');
  };
  const user = '26 0001 61 0001 62';
  assert.equal(merge(`07 ${user}`, 'why', 99), hex(`90 11 0102 0d ${user} 1f 0003 776879 01`));
  assert.equal(merge(`07 ${user}`, 'why', 18), hex(`90 0b 0102 07 ${user} 01`));
  assert.equal(merge(`0c 1f 0002 6e6f ${user}`, 'why', 99), hex(`90 10 0102 0c 1f 0002 6e6f ${user} 01`));
  assert.equal(merge(`07 ${user}`, '', 99), hex(`90 0b 0102 07 ${user} 01`));
});

test('the short forms: no code where it is 0, nothing but the codes for 3.1.1', () => {
  assert.equal(encodeAck(TYPE.puback, 1).toString('hex'), '40020001');
  assert.equal(encodeAck(TYPE.pubrec, 0xffff).toString('hex'), '5002ffff');
  assert.equal(encodeAck(TYPE.pubrel, 1).toString('hex'), '62020001');
  assert.equal(encodeAck(TYPE.pubcomp, 1).toString('hex'), '70020001');
  assert.equal(encodeConnack(4, 5, 'why', 99).toString('hex'), '20020005');
  assert.equal(encodeSuback(4, 1, [0x80, 2], 'why', 99).toString('hex'), '900400018002');
  assert.equal(normalDisconnect().toString('hex'), 'e000');
});
