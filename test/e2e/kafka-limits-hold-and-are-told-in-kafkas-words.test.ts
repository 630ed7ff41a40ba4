/**
 * A limit of a Kafka client belongs to its principal, over all its connections and workers. Over it the client is told
 * how long to wait in every answer that has a field for it, and is not read for that long; or it meets what `onExceed`
 * says. Nothing is lost, and nobody else feels it.
 */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { API, APIS } from '../../adapters/kafka/apis/index.ts';
import { readResponseHeader } from '../../adapters/kafka/codec/header.ts';
import { responseCodec } from '../../adapters/kafka/codec/message.ts';
import type { Api } from '../../adapters/kafka/codec/schema.ts';
import type { ApiVersionsResponse } from '../../adapters/kafka/codec/schemas/api-versions.ts';
import type { ProduceResponse } from '../../adapters/kafka/codec/schemas/produce.ts';
import { driveClock, GAUGE, openWorkers } from '../../proxy/shared/tables/index.ts';
import { ask } from '../scenarios/kafka/frames.ts';
import type { Section } from '../support/gate-config.ts';
import { type Kafka, startKafka } from '../support/kafka.ts';
import { firstBatch } from '../support/kafka-batch.ts';
import { createTopics, kafkajsClient, produceDirect, readAll } from '../support/kafka-clients.ts';
import { requireKafka } from '../support/kafka-dist.ts';
import { ERP, erp, type KafkaGate, startKafkaGate } from '../support/kafka-gate.ts';
import { type KafkaWire, kafkaWire } from '../support/kafka-wire.ts';
import { waitFor } from '../support/wait.ts';
import { workersLooked } from '../support/workers-looked.ts';

const skip = requireKafka();
const TOLERANCE = 0.02;
const PRODUCE = APIS.get(API.produce) as Api;
const VERSION = 9;
const TOPICS = ['flood', 'shared', 'told', 'kafkajs', 'refused', 'cut'].map((name) => `orders.${name}`);

let kafka: Kafka;
let batch: Buffer;

before(async () => {
  if (skip) return;
  kafka = await startKafka();
  await createTopics(kafka.port, [...TOPICS, 'seed']);
  await produceDirect(kafka.port, 'seed', [{ value: 'x' }]);
  batch = await firstBatch(kafka.port, 'seed');
});

after(async () => {
  await kafka?.[Symbol.asyncDispose]();
});

function limited(limits: Section, more: Section = {}): Promise<KafkaGate> {
  return startKafkaGate({ bootstrap: [kafka.port], erp: { ...ERP, limits }, more });
}

const produce = (topic: string, correlationId: number, acks = 1): Buffer =>
  ask(
    API.produce,
    VERSION,
    {
      acks,
      timeoutMs: 10_000,
      topicData: [{ name: topic, partitionData: [{ index: 0, records: batch }] }],
    },
    correlationId,
  );

async function connect(gate: KafkaGate, name = 'erp-1'): Promise<KafkaWire> {
  return kafkaWire(gate.gate.port('kafka'), await erp(name));
}

async function answered<T extends object>(wire: KafkaWire, api: Api, version: number): Promise<T> {
  const frame = await wire.answer();
  assert.ok(frame !== 'closed', `${api.name} ${version} is answered`);
  const body = readResponseHeader(api, version, frame, 0, frame.length);
  return responseCodec(api as Api<object, T>, version).read(frame, body, frame.length);
}

/** Error code and pause of the next answer to a Produce. */
async function produced(wire: KafkaWire): Promise<readonly [code: number, throttleMs: number]> {
  const { responses, throttleTimeMs } = await answered<ProduceResponse>(wire, PRODUCE, VERSION);
  return [responses[0]?.partitionResponses[0]?.errorCode ?? -1, throttleTimeMs ?? 0];
}

/** Answers of one API in one version have a field for the pause. */
function tells(api: Api, version: number): boolean {
  const field = api.response.find(({ name }) => name === 'throttleTimeMs');
  return field !== undefined && field.versions[0] <= version && version <= field.versions[1];
}

test('every answer that has the field says how long to wait, whoever makes it', { skip }, async () => {
  await using gate = await limited({ requests: '1/min', burst: '1min' });
  driveClock(gate.gate.gate.shared);
  await using first = await connect(gate);
  first.raw(ask(API.apiVersions, 0, {}));
  const offered = await answered<ApiVersionsResponse>(first, APIS.get(API.apiVersions) as Api, 0);
  let told = 0;
  for (const { apiKey, minVersion, maxVersion } of offered.apiKeys) {
    const api = APIS.get(apiKey) as Api;
    for (let version = Math.max(minVersion, api.versions[0]); version <= maxVersion; version++) {
      if (!tells(api, version)) continue;
      await using wire = await connect(gate);
      wire.raw(ask(api.key, version, plain(api)));
      const { throttleTimeMs } = await answered<{ readonly throttleTimeMs: number }>(wire, api, version);
      assert.equal(throttleTimeMs, 30_000, `${api.name} ${version}`);
      told++;
    }
  }
  assert.ok(told > 80, `${told} versions have the field`);
});

/** A request that the gate decides and, mostly, the broker answers. */
function plain(api: Api): object {
  if (api.key === API.produce) return { acks: 1, timeoutMs: 1000, topicData: [] };
  if (api.key === API.apiVersions) return { clientSoftwareName: 'test', clientSoftwareVersion: '1' };
  // A client, not a replica; elsewhere there is no such field.
  return { replicaId: -1 };
}

test('four connections on two workers share one budget of requests; over it Produce is refused with 89', {
  skip,
}, async () => {
  await using gate = await limited({ requests: '100/s', burst: '2s', onExceed: 'reject' }, { workers: 2 });
  const clock = driveClock(gate.gate.gate.shared);
  await using stack = new AsyncDisposableStack();
  const wires: KafkaWire[] = [];
  for (let n = 0; n < 4; n++) wires.push(stack.use(await connect(gate)));
  const workers = openWorkers(gate.gate.gate.shared);
  assert.deepEqual([workers.get(0, GAUGE.live), workers.get(1, GAUGE.live)], [2, 2]);
  let granted = 0;
  for (let second = 0; second <= 3; second++) {
    for (const wire of wires) for (let n = 0; n < 100; n++) wire.raw(produce('orders.shared', n));
    for (const wire of wires) {
      for (let n = 0; n < 100; n++) {
        const [code] = await produced(wire);
        assert.ok(code === 0 || code === 89, `error ${code}`);
        if (code === 0) granted++;
      }
    }
    const expected = 200 + second * 100;
    assert.ok(Math.abs(granted - expected) <= expected * TOLERANCE, `${granted} instead of ${expected}`);
    clock.advance(1000);
  }
  assert.equal((await readAll(kafka.port, 'orders.shared')).length, granted, 'what was refused is nowhere');
  const { principal, sent } = await gate.gate.rejection('limit-requests');
  assert.equal(`${principal} ${sent}`, 'erp-1 Produce error 89');
});

test('a flood without acknowledgements is read at the pace of the limit, and nothing of it is lost', {
  skip,
}, async () => {
  const size = produce('orders.flood', 0, 0).length - 4;
  await using gate = await limited({ bytes: `${size * 50}B/s`, burst: '1s' });
  const clock = driveClock(gate.gate.gate.shared);
  await using wire = await connect(gate);
  for (let n = 0; n < 200; n++) wire.raw(produce('orders.flood', n, 0));
  // While the clock stands, one request more than the budget passes: it is its pause that the client waits for.
  await workersLooked(gate.gate);
  const arrived = async () => (await readAll(kafka.port, 'orders.flood')).length;
  assert.ok((await arrived()) <= 51, `${await arrived()} arrived in no time`);
  assert.equal(wire.closed, false);
  for (let second = 1; second <= 4; second++) {
    for (let step = 0; step < 2; step++) {
      clock.advance(500);
      await workersLooked(gate.gate);
    }
    const most = 51 + second * 50;
    assert.ok((await arrived()) <= most, `no more than ${most} after ${second} s`);
  }
  await waitFor('all of the flood', async () => (await arrived()) === 200, 30_000);
  assert.deepEqual(gate.gate.gate.hub.query(), [], 'back-pressure is no rejection');
});

test('while one principal waits, another on the same worker does not', { skip }, async () => {
  await using gate = await limited({ requests: '1/min', burst: '1min' });
  driveClock(gate.gate.gate.shared);
  await using slow = await connect(gate, 'erp-slow');
  for (let n = 0; n < 50; n++) slow.raw(produce('orders.told', n));
  assert.deepEqual(await produced(slow), [0, 0]);
  const [code, pause] = await produced(slow);
  assert.equal(`${code} ${pause}`, '0 30000', 'the request is served, then its client waits');
  await using other = await connect(gate, 'erp-other');
  other.raw(produce('orders.told', 1));
  assert.deepEqual(await produced(other), [0, 0]);
  assert.equal((await readAll(kafka.port, 'orders.told')).length, 3, 'nothing more of the one that waits');
});

test('onExceed: disconnect closes, with its cause; reject answers an API without a code for it after a pause', {
  skip,
}, async () => {
  await using cut = await limited({ requests: '1/min', burst: '1min', onExceed: 'disconnect' });
  driveClock(cut.gate.gate.shared);
  await using one = await connect(cut);
  one.raw(produce('orders.cut', 1));
  assert.deepEqual(await produced(one), [0, 0]);
  one.raw(produce('orders.cut', 2));
  await one.waitClosed();
  assert.equal((await cut.gate.rejection('limit-requests')).principal, 'erp-1');
  assert.equal((await readAll(kafka.port, 'orders.cut')).length, 1);

  await using reject = await limited({ requests: '1/min', burst: '1min', onExceed: 'reject' });
  driveClock(reject.gate.gate.shared);
  await using two = await connect(reject);
  const metadata = APIS.get(API.metadata) as Api;
  for (let n = 0; n < 2; n++) two.raw(ask(metadata.key, 12, { topics: [] }, n));
  for (const pause of [0, 30_000]) {
    const { throttleTimeMs } = await answered<{ readonly throttleTimeMs: number }>(two, metadata, 12);
    assert.equal(throttleTimeMs, pause);
  }
});

test('each limit may say for itself what a client over it meets', { skip }, async () => {
  const size = produce('orders.cut', 0).length - 4;
  await using gate = await limited({
    requests: { limit: '2/min', onExceed: 'reject' },
    bytes: { limit: `${3 * size}B/min`, onExceed: 'disconnect' },
    burst: '1min',
  });
  const clock = driveClock(gate.gate.gate.shared);
  await using wire = await connect(gate);
  for (let n = 0; n < 3; n++) wire.raw(produce('orders.cut', n));
  const codes = [await produced(wire), await produced(wire), await produced(wire)].map(([code]) => code);
  assert.deepEqual(codes, [0, 0, 89]);
  clock.advance(60_000);
  wire.raw(ask(API.metadata, 12, { topics: Array.from({ length: size }, () => ({ name: 'orders.cut' })) }));
  wire.raw(produce('orders.cut', 4));
  await gate.gate.rejection('limit-bytes');
});

test('bytes to the client: the answer that is too much tells its pause, and then nothing is read', {
  skip,
}, async () => {
  await using gate = await limited({ bytesOut: { limit: '600B/min', burst: '1min' } });
  const clock = driveClock(gate.gate.gate.shared);
  await using wire = await connect(gate);
  const metadata = APIS.get(API.metadata) as Api;
  const topics = [{ name: 'orders.cut' }];
  const asked = (n: number) => wire.raw(ask(metadata.key, 12, { topics }, n));
  const pauses: number[] = [];
  while (pauses.length < 20 && (pauses.at(-1) ?? 0) === 0) {
    asked(pauses.length);
    pauses.push((await answered<{ readonly throttleTimeMs: number }>(wire, metadata, 12)).throttleTimeMs);
  }
  assert.ok(pauses.length > 1 && pauses.length < 20, `${pauses}`);
  const pause = pauses.at(-1) ?? 0;
  asked(99);
  await workersLooked(gate.gate);
  clock.advance(pause - 1);
  await workersLooked(gate.gate);
  let served = false;
  const next = answered(wire, metadata, 12).then(() => {
    served = true;
  });
  await workersLooked(gate.gate);
  assert.equal(served, false);
  clock.advance(1);
  await next;
  assert.deepEqual(gate.gate.gate.hub.query(), []);
});

test('one connection too many is closed, and its place is free when another ends', { skip }, async () => {
  await using gate = await limited({ connections: 2 }, { workers: 2 });
  const served = async (wire: KafkaWire): Promise<boolean> => {
    wire.raw(ask(API.apiVersions, 0, {}));
    return (await wire.answer()) !== 'closed';
  };
  await using first = await connect(gate);
  await using second = await connect(gate);
  assert.deepEqual([await served(first), await served(second)], [true, true]);
  await using third = await connect(gate);
  assert.equal(await served(third), false);
  assert.equal((await gate.gate.rejection('limit-connections')).principal, 'erp-1');
  await using other = await connect(gate, 'erp-2');
  assert.equal(await served(other), true, 'another principal has connections of its own');
  await first[Symbol.asyncDispose]();
  await waitFor('the place to be free', async () => {
    await using again = await connect(gate);
    return await served(again);
  });
});

test('kafkajs over its limit on records waits and delivers everything', { skip }, async () => {
  await using gate = await limited({ publish: '200/s', burst: '1s' });
  const client = kafkajsClient(gate.gate.port('kafka'), await erp('erp-1'));
  const producer = client.producer();
  await producer.connect();
  const sent = Array.from({ length: 6 }, (_, n) => Array.from({ length: 100 }, (_, i) => ({ value: `${n}-${i}` })));
  for (const messages of sent) await producer.send({ topic: 'orders.kafkajs', messages });
  await producer.disconnect();
  assert.equal((await readAll(kafka.port, 'orders.kafkajs')).length, 600);
  assert.ok(gate.gate.metric('headgate_throttled_total') > 0, 'it had to wait');
  assert.deepEqual(gate.gate.gate.hub.query(), []);
});
