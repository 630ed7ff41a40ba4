/** Rights that go while a client waits for records, or between two of its requests, are gone at once; rights that come need no reconnect. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { API, APIS } from '../../adapters/kafka/apis/index.ts';
import { readResponseHeader } from '../../adapters/kafka/codec/header.ts';
import { frameRequest, responseCodec } from '../../adapters/kafka/codec/message.ts';
import type { Api } from '../../adapters/kafka/codec/schema.ts';
import type { FetchResponse } from '../../adapters/kafka/codec/schemas/fetch.ts';
import type { ProduceResponse } from '../../adapters/kafka/codec/schemas/produce.ts';
import type { Section } from '../support/gate-config.ts';
import { type Kafka, startKafka } from '../support/kafka.ts';
import { firstBatch } from '../support/kafka-batch.ts';
import { createTopics, kafkajsClient, produceDirect, readAll } from '../support/kafka-clients.ts';
import { requireKafka } from '../support/kafka-dist.ts';
import { erp, type KafkaGate, startKafkaGate } from '../support/kafka-gate.ts';
import { KafkaStream } from '../support/kafka-stream.ts';
import { type KafkaWire, kafkaWire } from '../support/kafka-wire.ts';
import { waitFor } from '../support/wait.ts';

const skip = requireKafka();
const TOPIC = 'orders.live';
/** For what is written only. */
const WRITTEN = ['wire', 'kafkajs', 'large', 'added'].map((name) => `orders.${name}`);
const FETCH = APIS.get(API.fetch) as Api<object, FetchResponse>;
const VERSION = 11;
const PRODUCE = APIS.get(API.produce) as Api<object, ProduceResponse>;
const PRODUCE_VERSION = 9;
const DENIED = 29;
/** Too large to be kept whole: a Produce of it is sent on while it arrives. */
const LARGE = 256 * 1024;

const rights = (...operations: string[]): Section => ({
  kafka: { allow: [{ topic: 'orders.', prefix: true, operations }] },
});

let kafka: Kafka;
let gate: KafkaGate;

before(async () => {
  if (skip) return;
  kafka = await startKafka();
  await createTopics(kafka.port, [TOPIC, 'seed', 'large-seed', ...WRITTEN]);
  await produceDirect(kafka.port, 'seed', [{ value: 'x' }]);
  await produceDirect(kafka.port, 'large-seed', [{ value: 'x'.repeat(LARGE) }]);
  gate = await startKafkaGate({ bootstrap: [kafka.port], erp: rights('read', 'write') });
});

after(async () => {
  await gate?.[Symbol.asyncDispose]();
  await kafka?.[Symbol.asyncDispose]();
});

async function reload(...operations: string[]): Promise<void> {
  gate.configure({ erp: rights(...operations) });
  const result = await gate.gate.gate.reload();
  assert.equal(result.ok, true);
}

/** Asks for records from an offset on, and waits for them up to `maxWaitMs`. */
function ask(wire: KafkaWire, fetchOffset: bigint, maxWaitMs: number): void {
  const topics = [{ topic: TOPIC, partitions: [{ partition: 0, fetchOffset, partitionMaxBytes: 100_000 }] }];
  wire.raw(frameRequest(FETCH, VERSION, 1, 'c', { maxWaitMs, minBytes: 1, maxBytes: 100_000, topics }));
}

async function fetched(wire: KafkaWire): Promise<{ readonly code: number; readonly bytes: number }> {
  const frame = await wire.answer();
  assert.ok(frame !== 'closed');
  const body = readResponseHeader(FETCH, VERSION, frame, 0, frame.length);
  const { responses } = responseCodec(FETCH, VERSION).read(frame, body, frame.length);
  const partition = responses[0]?.partitions[0];
  return { code: partition?.errorCode ?? -1, bytes: partition?.records?.length ?? 0 };
}

test('READ that goes while a Fetch waits: the records that end the wait do not arrive', { skip }, async () => {
  await reload('read', 'write');
  await using wire = await kafkaWire(gate.gate.port('kafka'), await erp('erp-1'));
  ask(wire, 0n, 100);
  assert.deepEqual(await fetched(wire), { code: 0, bytes: 0 });
  ask(wire, 0n, 15_000);
  await reload('write');
  await produceDirect(kafka.port, TOPIC, [{ value: 'not for you' }]);
  assert.deepEqual(await fetched(wire), { code: 29, bytes: 0 });
  assert.equal((await gate.gate.rejection('denied')).resource, `topic:${TOPIC}`);
  ask(wire, 0n, 100);
  assert.deepEqual(await fetched(wire), { code: 29, bytes: 0 });
  await reload('read');
  ask(wire, 0n, 1000);
  const { code, bytes } = await fetched(wire);
  assert.equal(code, 0);
  assert.ok(bytes > 0, 'the right came back on the same connection');
  assert.equal(wire.closed, false);
  assert.deepEqual(await readAll(kafka.port, TOPIC), ['0:=not for you']);
});

function produceFrame(topic: string, records: Buffer): Buffer {
  const topicData = [{ name: topic, partitionData: [{ index: 0, records }] }];
  return frameRequest(PRODUCE, PRODUCE_VERSION, 1, 'c', { acks: 1, timeoutMs: 10_000, topicData });
}

/** Error code of the next answer, which is one to a Produce. */
async function produced(wire: KafkaWire): Promise<number> {
  const frame = await wire.answer();
  assert.ok(frame !== 'closed');
  const body = readResponseHeader(PRODUCE, PRODUCE_VERSION, frame, 0, frame.length);
  const { responses } = responseCodec(PRODUCE, PRODUCE_VERSION).read(frame, body, frame.length);
  return responses[0]?.partitionResponses[0]?.errorCode ?? -1;
}

test('WRITE that goes in mid-stream: the next Produce is refused, and nothing more arrives', { skip }, async () => {
  await reload('read', 'write');
  const topic = 'orders.wire';
  const frame = produceFrame(topic, await firstBatch(kafka.port, 'seed'));
  await using wire = await kafkaWire(gate.gate.port('kafka'), await erp('erp-1'));
  const codes: number[] = [];
  let sent = 0;
  let going = true;
  const streaming = (async () => {
    while (going) {
      // Several are under way at any time.
      for (; sent < codes.length + 8; sent++) wire.raw(frame);
      codes.push(await produced(wire));
    }
    while (codes.length < sent) codes.push(await produced(wire));
  })();
  await Promise.race([streaming, waitFor('the stream to flow', () => codes.length > 50)]);
  await reload('read');
  const sentBefore = sent;
  await Promise.race([streaming, waitFor('the first refusal', () => codes.includes(DENIED))]);
  await Promise.race([streaming, waitFor('more refusals', () => codes.length > sentBefore + 50)]);
  going = false;
  await streaming;
  const granted = codes.indexOf(DENIED);
  // What was on its way to the broker when the right went is answered by the broker.
  assert.ok(granted >= 50 && granted <= sentBefore, `${granted} granted, ${sentBefore} sent before`);
  assert.deepEqual([...new Set(codes.slice(0, granted))], [0]);
  assert.deepEqual([...new Set(codes.slice(granted))], [DENIED]);
  assert.equal((await readAll(kafka.port, topic)).length, granted, 'what was refused is nowhere');
  assert.equal(wire.closed, false);
});

test('WRITE that goes in mid-stream of kafkajs: its own error, and it goes on when the right is back', {
  skip,
}, async () => {
  await reload('read', 'write');
  const topic = 'orders.kafkajs';
  const producer = kafkajsClient(gate.gate.port('kafka'), await erp('erp-1')).producer();
  await producer.connect();
  try {
    const send = (value: string) => producer.send({ topic, messages: [{ value }] });
    const stream = new KafkaStream('n', 4, send);
    await stream.more(50);
    const connections = gate.gate.metric('headgate_connections_accepted_total');
    await reload('read');
    await assert.rejects(stream.more(Number.POSITIVE_INFINITY), /not authorized|authorization failed/i);
    await waitFor('what is in flight', () => stream.settled);
    const written = await readAll(kafka.port, topic);
    assert.deepEqual(written, stream.acknowledged.map((value) => `0:=${value}`).sort());
    await reload('read', 'write');
    await send('back');
    assert.ok((await readAll(kafka.port, topic)).includes('0:=back'));
    assert.equal(gate.gate.metric('headgate_connections_accepted_total'), connections, 'it had no need to reconnect');
  } finally {
    await producer.disconnect();
  }
});

test('a large Produce that has begun is finished when WRITE goes; the next one is refused', { skip }, async () => {
  await reload('read', 'write');
  const topic = 'orders.large';
  const batch = await firstBatch(kafka.port, 'large-seed');
  const frame = produceFrame(topic, batch);
  await using wire = await kafkaWire(gate.gate.port('kafka'), await erp('erp-1'));
  const bytes = () => gate.gate.metric('headgate_client_bytes_total');
  const before = bytes();
  wire.raw(frame.subarray(0, LARGE / 2));
  await waitFor('half of it to be taken', () => bytes() - before >= LARGE / 2);
  await reload('read');
  wire.raw(frame.subarray(LARGE / 2));
  assert.equal(await produced(wire), 0);
  wire.raw(frame);
  assert.equal(await produced(wire), DENIED);
  const [record, ...more] = await readAll(kafka.port, topic);
  assert.deepEqual([record?.length, more], ['0:='.length + LARGE, []]);
});

test('a right that was added is used at once on the same connection', { skip }, async () => {
  await reload('read');
  const topic = 'orders.added';
  const frame = produceFrame(topic, await firstBatch(kafka.port, 'seed'));
  await using wire = await kafkaWire(gate.gate.port('kafka'), await erp('erp-1'));
  wire.raw(frame);
  assert.equal(await produced(wire), DENIED);
  await reload('write');
  wire.raw(frame);
  assert.equal(await produced(wire), 0);
  assert.equal((await readAll(kafka.port, topic)).length, 1);
});
