/**
 * Limits with `scope: group:NAME` are one budget of all principals of the group, over workers and listeners, beside each
 * one's own. A reload changes it for those who are connected.
 */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { API, APIS } from '../../adapters/kafka/apis/index.ts';
import { readResponseHeader } from '../../adapters/kafka/codec/header.ts';
import { responseCodec } from '../../adapters/kafka/codec/message.ts';
import type { Api } from '../../adapters/kafka/codec/schema.ts';
import type { ProduceResponse } from '../../adapters/kafka/codec/schemas/produce.ts';
import { driveClock, GAUGE, openWorkers, type SharedState } from '../../proxy/shared/tables/index.ts';
import { ask } from '../scenarios/kafka/frames.ts';
import { startTestGate } from '../support/gate.ts';
import type { GateOptions, Section } from '../support/gate-config.ts';
import { type Kafka, startKafka } from '../support/kafka.ts';
import { firstBatch } from '../support/kafka-batch.ts';
import { createTopics, produceDirect } from '../support/kafka-clients.ts';
import { requireKafka } from '../support/kafka-dist.ts';
import { ERP, erp, startKafkaGate } from '../support/kafka-gate.ts';
import { type KafkaWire, kafkaWire } from '../support/kafka-wire.ts';
import { startMosquitto } from '../support/mosquitto.ts';
import { ConnectError, connectMqtt, type TestClient } from '../support/mqtt-client.ts';
import { testPki } from '../support/pki.ts';
import { without } from '../support/require-tool.ts';
import { waitFor } from '../support/wait.ts';

const TOLERANCE = 0.03;
const mqttSkip = without('mosquitto');
const kafkaSkip = requireKafka();

function assertNear(actual: number, expected: number, what: string): void {
  assert.ok(Math.abs(actual - expected) <= expected * TOLERANCE, `${what}: ${actual} instead of ${expected}`);
}

function assertOnTwoWorkers(shared: SharedState): void {
  const workers = openWorkers(shared);
  assert.deepEqual([workers.get(0, GAUGE.live), workers.get(1, GAUGE.live)], [1, 1]);
}

/** Devices of the plant `fleet` have `own` limits each; `group` they share. The listener `other` leads to the same broker. */
function fleet(broker: number, own: Section, group: Section): GateOptions {
  return {
    broker,
    identities: [
      {
        name: 'fleet',
        when: { trust: 'devices', san: { uri: 'spiffe://acme/fleet/{device}' } },
        principal: '{device}',
        roles: ['fleet'],
        limits: own,
      },
    ],
    roles: {
      fleet: {
        mqtt: { clientId: 'any', allow: [{ publish: 'fleet/#' }] },
        limits: { scope: 'group:fleet', ...group },
      },
    },
    listeners: [{ name: 'other', listen: '127.0.0.1:0', upstream: { address: `127.0.0.1:${broker}` } }],
    more: { workers: 2 },
  };
}

async function device(port: number, name: string, clientId = name): Promise<TestClient> {
  const tls = await (await testPki()).device(name, 'fleet');
  return connectMqtt({ port, clientId, version: 5, tls, more: { keepalive: 600 } });
}

/** How many of `n` messages are taken. */
async function taken(client: TestClient, n: number): Promise<number> {
  const codes = await Promise.all(Array.from({ length: n }, () => client.publish('fleet/t', 'x', { qos: 1 })));
  return codes.filter((code) => code < 0x80).length;
}

test('two devices on two workers and two listeners share messages, each within its own limit', {
  skip: mqttSkip,
}, async () => {
  await using broker = await startMosquitto();
  const reject = { burst: '1s', onExceed: 'reject' };
  const options = (rate: string) => fleet(broker.port, { publish: '150/s', ...reject }, { publish: rate, ...reject });
  await using gate = await startTestGate(options('200/s'));
  const clock = driveClock(gate.gate.shared);
  await using truck = await device(gate.port(), 'truck');
  await using van = await device(gate.port('other'), 'van');
  assertOnTwoWorkers(gate.gate.shared);

  assertNear(await taken(truck, 300), 150, 'its own limit');
  const rest = await taken(van, 300);
  assert.ok(rest >= 44 && rest <= 52, `${rest} instead of the 50 that the group has left`);
  assert.equal((await gate.rejection('limit-publish')).sent, 'PUBACK 0x97');
  for (let second = 1; second <= 3; second++) {
    clock.advance(1000);
    const both = await Promise.all([taken(truck, 200), taken(van, 200)]);
    assertNear(both[0] + both[1], 200, `both after ${second} s`);
    for (const one of both) assert.ok(one <= 150 * (1 + TOLERANCE), `${one} of one alone`);
  }

  gate.configure(options('100/s'));
  assert.equal((await gate.gate.reload()).ok, true);
  clock.advance(2000);
  const both = await Promise.all([taken(truck, 200), taken(van, 200)]);
  assertNear(both[0] + both[1], 100, 'after the reload');
});

test('a group has so many connections; who comes again is not refused, and a reload moves who is there', {
  skip: mqttSkip,
}, async () => {
  await using broker = await startMosquitto();
  await using gate = await startTestGate(fleet(broker.port, {}, { connections: 2 }));
  const refused = (error: unknown) => error instanceof ConnectError && error.reasonCode === 0x97;
  await using truck = await device(gate.port(), 'truck');
  await using _van = await device(gate.port('other'), 'van');
  for (const listener of ['mqtt', 'other']) await assert.rejects(device(gate.port(listener), 'bus'), refused);
  assert.equal((await gate.rejection('limit-connections')).principal, 'bus');
  await using _again = await device(gate.port(), 'truck');
  await truck.waitClosed();
  await assert.rejects(device(gate.port(), 'bus'), refused);

  gate.configure(fleet(broker.port, {}, { scope: 'group:moved', connections: 3 }));
  assert.equal((await gate.gate.reload()).ok, true);
  await using bus = await device(gate.port(), 'bus');
  await assert.rejects(device(gate.port(), 'tram'), refused);

  // Without a group for a while: who is there is counted again when there is one.
  gate.configure(fleet(broker.port, {}, { scope: 'principal' }));
  assert.equal((await gate.gate.reload()).ok, true);
  gate.configure(fleet(broker.port, {}, { connections: 3 }));
  assert.equal((await gate.gate.reload()).ok, true);
  await assert.rejects(device(gate.port(), 'tram'), refused);
  await bus.end();
  await waitFor('the place to be free', () =>
    device(gate.port(), 'tram').then(
      (client) => client.end().then(() => true),
      () => false,
    ),
  );
});

test('handshakes of a group', { skip: mqttSkip }, async () => {
  await using broker = await startMosquitto();
  await using gate = await startTestGate(fleet(broker.port, {}, { handshakes: '2/min' }));
  driveClock(gate.gate.shared);
  await using _truck = await device(gate.port(), 'truck');
  await using _van = await device(gate.port('other'), 'van');
  await assert.rejects(device(gate.port(), 'bus'), ConnectError);
  const { principal, reason } = await gate.rejection('limit-handshakes');
  assert.equal(`${principal}: ${reason}`, 'bus: more handshakes than a group of bus may make');
});

const PRODUCE = APIS.get(API.produce) as Api<object, ProduceResponse>;
const VERSION = 9;
let kafka: Kafka;
let batch: Buffer;

before(async () => {
  if (kafkaSkip) return;
  kafka = await startKafka();
  await createTopics(kafka.port, ['orders.group', 'seed']);
  await produceDirect(kafka.port, 'seed', [{ value: 'x' }]);
  batch = await firstBatch(kafka.port, 'seed');
});

after(async () => {
  await kafka?.[Symbol.asyncDispose]();
});

/** How many of `n` Produce requests are taken. */
async function produced(wire: KafkaWire, n: number): Promise<number> {
  const partitionData = [{ index: 0, records: batch }];
  const body = { acks: 1, timeoutMs: 10_000, topicData: [{ name: 'orders.group', partitionData }] };
  for (let i = 0; i < n; i++) wire.raw(ask(API.produce, VERSION, body, i));
  let count = 0;
  for (let i = 0; i < n; i++) {
    const frame = await wire.answer();
    assert.ok(frame !== 'closed');
    const start = readResponseHeader(PRODUCE, VERSION, frame, 0, frame.length);
    const { responses } = responseCodec(PRODUCE, VERSION).read(frame, start, frame.length);
    const code = responses[0]?.partitionResponses[0]?.errorCode;
    assert.ok(code === 0 || code === 89, `error ${code}`);
    if (code === 0) count++;
  }
  return count;
}

test('two Kafka principals on two workers share requests, each within its own limit', { skip: kafkaSkip }, async () => {
  const reject = { burst: '1s', onExceed: 'reject' };
  const options = (rate: string) => ({
    bootstrap: [kafka.port],
    erp: { ...ERP, limits: { requests: '150/s', ...reject } },
    more: { workers: 2, limits: { scope: 'group:all', requests: rate, ...reject } },
  });
  await using gate = await startKafkaGate(options('200/s'));
  const clock = driveClock(gate.gate.gate.shared);
  await using one = await kafkaWire(gate.gate.port('kafka'), await erp('erp-1'));
  await using two = await kafkaWire(gate.gate.port('kafka'), await erp('erp-2'));
  assertOnTwoWorkers(gate.gate.gate.shared);
  assertNear(await produced(one, 200), 150, 'its own limit');
  const rest = await produced(two, 200);
  assert.ok(rest >= 44 && rest <= 52, `${rest} instead of the 50 that the group has left`);
  for (let second = 1; second <= 2; second++) {
    clock.advance(1000);
    const [a, b] = await Promise.all([produced(one, 200), produced(two, 200)]);
    assertNear(a + b, 200, `both after ${second} s`);
  }
  gate.configure(options('100/s'));
  assert.equal((await gate.gate.gate.reload()).ok, true);
  clock.advance(2000);
  const [a, b] = await Promise.all([produced(one, 200), produced(two, 200)]);
  assertNear(a + b, 100, 'after the reload');
});
