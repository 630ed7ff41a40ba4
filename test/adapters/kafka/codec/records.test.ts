import assert from 'node:assert/strict';
import test from 'node:test';
import { BATCH, newBatchHead, readBatchHead } from '../../../../adapters/kafka/codec/records.ts';

interface Batch {
  readonly size?: number;
  readonly length?: number;
  readonly magic?: number;
  readonly attributes?: number;
  readonly producerId?: bigint;
  readonly count?: number;
}

/** A batch of `size` bytes with two bytes of others on each side. */
function batch({
  size = 70,
  length = size - 12,
  magic = 2,
  attributes = 0,
  producerId = -1n,
  count = 3,
}: Batch): Buffer {
  const bytes = Buffer.alloc(Math.max(size, 61));
  bytes.writeInt32BE(length, 8);
  bytes.writeInt8(magic, 16);
  bytes.writeInt16BE(attributes, 21);
  bytes.writeBigInt64BE(producerId, 43);
  bytes.writeInt32BE(count, 57);
  return Buffer.concat([Buffer.alloc(2, 0xff), bytes.subarray(0, size), Buffer.alloc(2, 0xff)]);
}

const CODES: readonly { what: string; batch: Batch; code: number }[] = [
  { what: 'one batch', batch: {}, code: BATCH.ok },
  { what: 'one batch of nothing but a head', batch: { size: 61 }, code: BATCH.ok },
  { what: 'less than a head', batch: { size: 60 }, code: BATCH.tooShort },
  { what: 'no bytes', batch: { size: 0 }, code: BATCH.tooShort },
  { what: 'magic 1', batch: { magic: 1 }, code: BATCH.wrongMagic },
  { what: 'magic 3', batch: { magic: 3 }, code: BATCH.wrongMagic },
  { what: 'a batch and more', batch: { length: 57 }, code: BATCH.wrongLength },
  { what: 'a batch cut short', batch: { length: 59 }, code: BATCH.wrongLength },
  { what: 'a negative length', batch: { length: -1 }, code: BATCH.wrongLength },
  { what: 'no records', batch: { count: 0 }, code: BATCH.wrongCount },
  { what: 'less than no records', batch: { count: -5 }, code: BATCH.wrongCount },
];

for (const { what, batch: made, code } of CODES) {
  test(`records: ${what}`, () => {
    const bytes = batch(made);
    const head = newBatchHead();
    head.recordsCount = 99;
    head.attributes = 99;
    assert.equal(readBatchHead(bytes, 2, bytes.length - 2, head), code);
    const expected = code === BATCH.tooShort ? 0 : (made.count ?? 3);
    assert.deepEqual([head.recordsCount, head.attributes], [expected, 0]);
  });
}

test('the head of a batch says what the batch is', () => {
  const head = newBatchHead();
  const attributes = BATCH.transactional | BATCH.control | 4;
  const bytes = batch({ attributes, producerId: 0n, count: 2 ** 31 - 1 });
  assert.equal(readBatchHead(bytes, 2, bytes.length - 2, head), BATCH.ok);
  assert.deepEqual(head, { attributes: 0x34, recordsCount: 2 ** 31 - 1, hasProducerId: true });
  assert.equal(head.attributes & BATCH.compression, 4);
  readBatchHead(batch({}), 2, 72, head);
  assert.deepEqual(head, { attributes: 0, recordsCount: 3, hasProducerId: false });
});

test('only the head of a batch need be there', () => {
  const bytes = batch({ size: 5000 });
  assert.equal(readBatchHead(bytes.subarray(0, 2 + 61), 2, 2 + 5000, newBatchHead()), BATCH.ok);
});
