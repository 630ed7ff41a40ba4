import assert from 'node:assert/strict';
import test from 'node:test';
import { PropertyScan } from '../../../../adapters/mqtt/codec/property-scan.ts';
import { IN, PROPERTY } from '../../../../adapters/mqtt/codec/property-table.ts';
import { property, propertyList, rebuildProperties } from '../../../../adapters/mqtt/codec/property-write.ts';
import { MqttError } from '../../../../adapters/mqtt/error.ts';

const scan = new PropertyScan();

function read(hex: string, packet: number): number {
  const buf = Buffer.from(`ff${hex.replaceAll(' ', '')}`, 'hex');
  return scan.read(buf, 0, 1, buf.length, packet, 2) - 1;
}

test('an empty list', () => {
  assert.equal(read('00', IN.publish), 1);
  assert.equal(scan.count, 0);
});

test('values are found, bytes behind the list are not touched', () => {
  assert.equal(read('0b 02 0000003c 23 0001 0b 8001 ff', IN.publish), 12);
  assert.equal(scan.number(PROPERTY.messageExpiry, -1), 60);
  assert.equal(scan.number(PROPERTY.topicAlias, -1), 1);
  assert.equal(scan.number(PROPERTY.subscriptionId, -1), 128);
  assert.equal(scan.number(PROPERTY.payloadFormat, -1), -1);
});

test('as many user properties as allowed, and 1024 Subscription Identifiers, are read; one more is not', () => {
  assert.equal(read('0a 2600000000 2600000000', IN.publish), 11);
  assert.equal(scan.count, 2);
  assert.equal(read(`8010 ${'0b01'.repeat(1024)}`, IN.publish), 2050);
  assert.equal(scan.count, 1024);
  assert.throws(
    () => read(`8210 ${'0b01'.repeat(1025)}`, IN.publish),
    (e) => e instanceof MqttError && e.code === 0x82,
  );
});

const BAD: readonly (readonly [name: string, hex: string, packet: number, code: number])[] = [
  ['no length', '', IN.publish, 0x81],
  ['a length beyond the packet', '02 01', IN.publish, 0x81],
  ['a non-minimal length', '8000', IN.publish, 0x81],
  ['a length of five bytes', '8080808001', IN.publish, 0x81],
  ['an unknown identifier', '02 7f01', IN.publish, 0x81],
  ['an identifier of another packet', '03 210001', IN.publish, 0x81],
  ['an identifier that would need two bytes', '03 810001', IN.publish, 0x81],
  ['a byte that is missing', '01 01', IN.publish, 0x81],
  ['a u16 that is cut', '02 2300', IN.publish, 0x81],
  ['a u32 that is cut', '04 02000000', IN.publish, 0x81],
  ['a text without length', '02 0300', IN.publish, 0x81],
  ['a text beyond the list', '04 03000261', IN.publish, 0x81],
  ['a text that is no UTF-8', '04 030001ff', IN.publish, 0x81],
  ['a text with NUL', '04 03000100', IN.publish, 0x81],
  ['a pair without value', '04 26000161', IN.publish, 0x81],
  ['a pair with a bad value', '07 26000161 0001ff', IN.publish, 0x81],
  ['a non-minimal varint', '03 0b8100', IN.publish, 0x81],
  ['a duplicate', '04 0100 0101', IN.publish, 0x82],
  ['a duplicate subscription identifier in SUBSCRIBE', '04 0b01 0b02', IN.subscribe, 0x82],
  ['subscription identifier 0', '02 0b00', IN.subscribe, 0x82],
  ['payload format 2', '02 0102', IN.publish, 0x82],
  ['topic alias 0', '03 230000', IN.publish, 0x94],
  ['receive maximum 0', '03 210000', IN.connect, 0x82],
  ['maximum packet size 0', '05 2700000000', IN.connect, 0x82],
  ['maximum QoS 2', '02 2402', IN.connack, 0x82],
  ['a response topic with a wildcard', '04 08000123', IN.publish, 0x82],
  ['an empty response topic', '03 080000', IN.publish, 0x82],
  ['more user properties than allowed', '0f 2600000000 2600000000 2600000000', IN.publish, 0x97],
];

for (const [name, hex, packet, code] of BAD) {
  test(`refused: ${name}`, () => {
    assert.throws(
      () => read(hex, packet),
      (e) => e instanceof MqttError && e.code === code,
      name,
    );
  });
}

test('a list is rebuilt in the sender’s order, with user properties that repeat', () => {
  const list = propertyList(
    property(PROPERTY.contentType, 'text'),
    Buffer.from('260001610001 31'.replaceAll(' ', ''), 'hex'),
    property(PROPERTY.topicAlias, 7),
    Buffer.from('2600016100 0132'.replaceAll(' ', ''), 'hex'),
  );
  scan.read(list, 0, 0, list.length, IN.publish, 9);
  assert.deepEqual(rebuildProperties(list, scan, []), list);
  const without = rebuildProperties(list, scan, [PROPERTY.topicAlias]);
  scan.read(without, 0, 0, without.length, IN.publish, 9);
  assert.deepEqual(scan.ids.slice(0, scan.count), [PROPERTY.contentType, PROPERTY.userProperty, PROPERTY.userProperty]);
  assert.equal(without.length, list.length - 3);
});
