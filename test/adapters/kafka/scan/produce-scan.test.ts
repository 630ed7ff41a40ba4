/** The quick look at a Produce request says yes only to what the full reading would let through. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { requestCodec } from '../../../../adapters/kafka/codec/message.ts';
import { BATCH, newBatchHead, readBatchHead } from '../../../../adapters/kafka/codec/records.ts';
import { type ProduceRequest, produce } from '../../../../adapters/kafka/codec/schemas/produce.ts';
import { Writer } from '../../../../adapters/kafka/codec/writer.ts';
import { KafkaError } from '../../../../adapters/kafka/error.ts';
import { NEEDS_MORE } from '../../../../adapters/kafka/scan/cursor.ts';
import { ProduceScan } from '../../../../adapters/kafka/scan/produce-scan.ts';
import { readVectors, withoutVectors } from '../../../support/vectors.ts';
import { ALL, accessThat, topologyOf } from '../support/access.ts';
import { batch, TRANSACTIONAL } from '../support/batch.ts';
import { assertNoneMalformedPasses, withoutMalformed } from '../support/malformed-bodies.ts';

const ID = 'AQIDBAUGBwgJCgsMDQ4PEA';
const KNOWN = topologyOf({ [ID]: 'orders' });
const VERSIONS = Array.from({ length: 11 }, (_, i) => 3 + i);

function bodyOf(version: number, value: ProduceRequest): Buffer {
  const out = new Writer();
  requestCodec<ProduceRequest>(produce, version).write(out, value);
  return Buffer.from(out.done());
}

interface Partition {
  readonly topic?: string;
  readonly records: Buffer | null;
}

function request(version: number, partitions: readonly Partition[], transactionalId: string | null = null): Buffer {
  return bodyOf(version, {
    transactionalId,
    acks: -1,
    timeoutMs: 1000,
    topicData: partitions.map(({ topic = 'orders', records }, index) => ({
      ...(version >= 13 ? { topicId: ID } : { name: topic }),
      partitionData: [{ index, records }],
    })),
  });
}

function permitOf(body: Buffer, version: number, access = ALL): number {
  const scan = new ProduceScan();
  scan.begin(body, 0, 0, body.length).whole(access, KNOWN, version);
  return scan.permit;
}

for (const version of VERSIONS) {
  test(`version ${version}: sound batches of topics that may be written pass, with their records counted`, () => {
    const body = request(version, [{ records: batch(61, { records: 3 }) }, { records: batch(200, { records: 4 }) }]);
    const scan = new ProduceScan();
    scan.begin(body, 0, 0, body.length).whole(ALL, KNOWN, version);
    assert.ok(scan.permit > 0);
    assert.equal(scan.records, 7);
    assert.equal(scan.acks, -1);
    assert.equal(scan.topic(body), 'orders');
  });

  for (const [what, partitions] of [
    ['null records', [{ records: null }]],
    ['no records at all', [{ records: Buffer.alloc(0) }]],
    ['less than the head of a batch', [{ records: batch().subarray(0, 60) }]],
    ['two batches', [{ records: Buffer.concat([batch(), batch()]) }]],
    ['a message of the time before batches', [{ records: batch(61, { magic: 1 }) }]],
    ['one bad partition among good ones', [{ records: batch() }, { records: null }, { records: batch() }]],
    ['no partition', []],
  ] as const) {
    test(`version ${version}: ${what}: decided in full`, () => {
      assert.equal(permitOf(request(version, partitions), version), 0);
    });
  }

  test(`version ${version}: one topic that may not be written: decided in full`, () => {
    const partitions = [{ records: batch() }, { topic: 'secret', records: batch() }];
    const access = accessThat((what) => what === 'write topic:orders' && version < 13);
    assert.equal(permitOf(request(version, partitions), version, access), 0);
  });

  test(`version ${version}: a transactional batch hangs on the transactional id, whatever the topics`, () => {
    const body = (id: string | null) =>
      request(version, [{ records: batch() }, { records: batch(61, { attributes: TRANSACTIONAL }) }], id);
    const access = accessThat((what) => what === 'write topic:orders' || what === 'write transactionalId:tx-1');
    assert.ok(permitOf(body('tx-1'), version, access) > 0);
    assert.equal(permitOf(body('tx-2'), version, access), 0);
    assert.equal(permitOf(body(null), version, access), 0);
  });

  test(`version ${version}: a transactional id without transactional records needs no right`, () => {
    const access = accessThat((what) => what === 'write topic:orders');
    assert.ok(permitOf(request(version, [{ records: batch() }], 'tx-2'), version, access) > 0);
  });

  test(`version ${version}: cut anywhere it asks for more, whole it never does`, () => {
    const body = request(version, [{ records: batch(100) }]);
    const scan = new ProduceScan();
    const headEnd = body.length - 100 + 61 - (version >= 9 ? 3 : 0);
    for (let end = 0; end < body.length; end++) {
      const whole = () => scan.begin(body, 0, 0, end).whole(ALL, KNOWN, version);
      assert.throws(whole, KafkaError, `${end}`);
      const head = () => scan.begin(body, 0, 0, end, body.length).head(ALL, KNOWN, version);
      if (end < headEnd) assert.throws(head, (error) => error === NEEDS_MORE, `${end}`);
      else assert.equal(head(), true, `${end}`);
    }
    assert.equal(scan.recordsEnd, body.length - (version >= 9 ? 3 : 0));
    scan.tail(version, body, scan.recordsEnd, body.length);
    assert.throws(() => scan.tail(version, Buffer.from([0, 0, 0, 0]), 0, 4), KafkaError);
  });

  test(`version ${version}: two partitions are not streamed`, () => {
    const body = request(version, [{ records: batch() }, { records: batch(500) }]);
    const scan = new ProduceScan();
    assert.equal(scan.begin(body, 0, 0, body.length - 100, body.length).head(ALL, KNOWN, version), false);
  });
}

test('a topic id that is not known is decided in full', () => {
  const body = request(13, [{ records: batch() }]);
  const scan = new ProduceScan();
  scan.begin(body, 0, 0, body.length).whole(ALL, topologyOf({}), 13);
  assert.equal(scan.permit, 0);
});

test('a transactional id that is not UTF-8 does not pass', () => {
  const body = request(9, [{ records: batch() }], 'tx');
  body[1] = 0xff;
  assert.equal(permitOf(body, 9), 0);
});

interface Vector {
  readonly key: number;
  readonly type?: string;
  readonly version: number;
  readonly body: string;
}

const MESSAGES = 'kafka-messages.jsonl.gz';
test('Kafka’s own messages: yes exactly when every batch is sound', { skip: withoutVectors(MESSAGES) }, () => {
  const vectors = readVectors<Vector>(MESSAGES).filter(({ key, type }) => key === 0 && type === 'request');
  assert.ok(vectors.length > 40);
  const everything = { ...KNOWN, nameOf: () => 'orders' };
  const scan = new ProduceScan();
  let passed = 0;
  for (const { version, body } of vectors) {
    const bytes = Buffer.from(body, 'hex');
    const value = requestCodec<ProduceRequest>(produce, version).read(bytes, 0, bytes.length);
    const batches = value.topicData.flatMap(({ partitionData }) => partitionData);
    const head = newBatchHead();
    const sound = batches.every(
      ({ records }) => records !== null && readBatchHead(records as Buffer, 0, records.length, head) === BATCH.ok,
    );
    const transactional = batches.some(
      ({ records }) => records !== null && records.length > 60 && ((records[22] as number) & BATCH.transactional) !== 0,
    );
    const expected = batches.length > 0 && sound && (!transactional || typeof value.transactionalId === 'string');
    scan.begin(bytes, 0, 0, bytes.length).whole(ALL, everything, version);
    assert.equal(scan.permit > 0, expected, `version ${version}: ${body}`);
    if (expected) passed++;
  }
  assert.ok(passed > 5);
});

test('nothing that is not canonical passes', { skip: withoutMalformed }, () => {
  const everything = { ...KNOWN, nameOf: () => 'orders' };
  const scan = new ProduceScan();
  assertNoneMalformedPasses(0, (version, body) => {
    scan.begin(body, 0, 0, body.length).whole(ALL, everything, version);
    return scan.permit;
  });
});
