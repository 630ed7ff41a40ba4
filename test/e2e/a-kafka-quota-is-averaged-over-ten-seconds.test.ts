/**
 * `quota: kafka` on a Kafka listener: a client that has used nothing may use ten seconds at once; then its answer comes,
 * tells the throttle time of Kafka's formula, and nothing is read for that long.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { API, APIS } from '../../adapters/kafka/apis/index.ts';
import { readResponseHeader } from '../../adapters/kafka/codec/header.ts';
import { responseCodec } from '../../adapters/kafka/codec/message.ts';
import type { Api } from '../../adapters/kafka/codec/schema.ts';
import { driveClock } from '../../proxy/shared/tables/index.ts';
import { ask } from '../scenarios/kafka/frames.ts';
import { startKafka } from '../support/kafka.ts';
import { requireKafka } from '../support/kafka-dist.ts';
import { erp, startKafkaGate } from '../support/kafka-gate.ts';
import { type KafkaWire, kafkaWire } from '../support/kafka-wire.ts';
import { workersLooked } from '../support/workers-looked.ts';

const METADATA = APIS.get(API.metadata) as Api;
const VERSION = 12;
const ASKED = ask(METADATA.key, VERSION, { topics: [{ name: 'orders.quota' }] });

async function pause(wire: KafkaWire): Promise<number> {
  const frame = await wire.answer();
  assert.ok(frame !== 'closed');
  const body = readResponseHeader(METADATA, VERSION, frame, 0, frame.length);
  const codec = responseCodec(METADATA as Api<object, { readonly throttleTimeMs: number }>, VERSION);
  return codec.read(frame, body, frame.length).throttleTimeMs;
}

test('two connections on two workers share the average, are told and then not read', {
  skip: requireKafka(),
}, async () => {
  await using kafka = await startKafka();
  const size = ASKED.length - 4;
  await using gate = await startKafkaGate({
    bootstrap: [kafka.port],
    listener: { limits: { quota: 'kafka', bytes: `${size}B/s` } },
    more: { workers: 2 },
  });
  const clock = driveClock(gate.gate.gate.shared);
  const start = 1_000_000_000;
  clock.set(start);
  await using one = await kafkaWire(gate.gate.port('kafka'), await erp('erp-1'));
  await using two = await kafkaWire(gate.gate.port('kafka'), await erp('erp-1'));
  for (let n = 0; n < 10; n++) {
    const wire = n % 2 === 0 ? one : two;
    wire.raw(ASKED);
    assert.equal(await pause(wire), 0, `request ${n}`);
  }
  one.raw(ASKED);
  assert.equal(await pause(one), 1000);
  two.raw(ASKED);
  assert.equal(await pause(two), 2000);
  one.raw(ASKED);
  let answered = false;
  const next = pause(one).finally(() => {
    answered = true;
  });
  clock.set(start + 999);
  await workersLooked(gate.gate);
  assert.equal(answered, false);
  clock.set(start + 1000);
  // Thirteen requests where the average allows ten.
  assert.equal(await next, 3000);
});
