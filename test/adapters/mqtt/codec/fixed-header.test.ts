import assert from 'node:assert/strict';
import test from 'node:test';
import { FixedHeader, readFixedHeader } from '../../../../adapters/mqtt/codec/fixed-header.ts';
import { varint } from '../../../../adapters/mqtt/codec/writer.ts';
import { MqttError } from '../../../../adapters/mqtt/error.ts';

const header = new FixedHeader();

test('every boundary of the remaining length reads as it was written', () => {
  for (const length of [0, 1, 127, 128, 16383, 16384, 2097151, 2097152, 268435455]) {
    const bytes = Buffer.concat([Buffer.of(0x30), varint(length)]);
    for (let n = 0; n < bytes.length; n++) assert.equal(readFixedHeader(bytes, 0, n, header), false);
    assert.equal(readFixedHeader(bytes, 0, bytes.length, header), true);
    assert.deepEqual(
      [header.first, header.body, header.end, header.nonMinimal],
      [0x30, bytes.length, bytes.length + length, false],
    );
  }
});

test('non-minimal lengths are marked', () => {
  for (const hex of ['308000', '30818000', '30ff8000']) {
    const bytes = Buffer.from(hex, 'hex');
    assert.equal(readFixedHeader(bytes, 0, bytes.length, header), true);
    assert.equal(header.nonMinimal, true);
  }
});

test('a fifth byte is malformed before it comes', () => {
  const bytes = Buffer.from('30ffffffff', 'hex');
  assert.throws(
    () => readFixedHeader(bytes, 0, bytes.length, header),
    (e) => e instanceof MqttError && e.fault === 'malformed',
  );
});
