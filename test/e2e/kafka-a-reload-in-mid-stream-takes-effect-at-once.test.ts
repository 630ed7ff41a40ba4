/** Rights that go while a client waits for records, or between two of its requests, are gone at once; rights that come need no reconnect. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { API, APIS } from '../../adapters/kafka/codec/apis.ts';
import { readResponseHeader } from '../../adapters/kafka/codec/header.ts';
import { frameRequest, responseCodec } from '../../adapters/kafka/codec/message.ts';
import type { Api } from '../../adapters/kafka/codec/schema.ts';
import type { FetchResponse } from '../../adapters/kafka/codec/schemas/fetch.ts';
import type { Section } from '../support/gate-config.ts';
import { type Kafka, startKafka } from '../support/kafka.ts';
import { createTopics, produceDirect, readAll } from '../support/kafka-clients.ts';
import { requireKafka } from '../support/kafka-dist.ts';
import { erp, type KafkaGate, startKafkaGate } from '../support/kafka-gate.ts';
import { type KafkaWire, kafkaWire } from '../support/kafka-wire.ts';

const skip = requireKafka();
const TOPIC = 'orders.live';
const FETCH = APIS.get(API.fetch) as Api;
const VERSION = 11;

const rights = (...operations: string[]): Section => ({
  kafka: { allow: operations.length === 0 ? [] : [{ topic: TOPIC, operations }] },
});

let kafka: Kafka;
let gate: KafkaGate;

before(async () => {
  if (skip) return;
  kafka = await startKafka();
  await createTopics(kafka.port, [TOPIC]);
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
  const { responses } = responseCodec<FetchResponse>(FETCH, VERSION).read(frame, body, frame.length);
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
