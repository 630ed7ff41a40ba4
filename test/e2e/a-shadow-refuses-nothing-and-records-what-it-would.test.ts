/**
 * A rule, a role or a listener in shadow lets through what it would refuse, records and counts it; a reload that
 * enforces it refuses, and ends sessions that hold what they may not have. Real MQTT and Kafka clients.
 */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { RejectionEvent } from '../../policies/event.ts';
import { type AedesBroker, startAedes } from '../support/aedes.ts';
import type { GateOptions, Section } from '../support/gate-config.ts';
import { type Kafka, startKafka } from '../support/kafka.ts';
import { createTopics, kafkajsClient, produceDirect, readAll } from '../support/kafka-clients.ts';
import { requireKafka } from '../support/kafka-dist.ts';
import { erp, startKafkaGate } from '../support/kafka-gate.ts';
import { connectMqtt, type TestClient } from '../support/mqtt-client.ts';
import { type ObservedGate, startObservedGate } from '../support/observed-gate.ts';
import { testPki } from '../support/pki.ts';
import { waitFor } from '../support/wait.ts';

const noKafka = requireKafka();
const pki = await testPki();

const RIGHTS = {
  clientId: '{device}',
  allow: [
    { publish: 'plant/{plant}/{device}/#', qos: [0, 1], retain: false, size: '1KiB' },
    { subscribe: 'plant/{plant}/{device}/cmd/+' },
  ],
};
const FIRMWARE = 'plant/+/+/firmware/#';

/** What shadow changes of the configuration, in its three places. */
interface Place {
  readonly listener?: Section;
  readonly device?: Section;
  readonly deny?: readonly Section[];
}

function options(broker: AedesBroker, { listener, device, deny = [{ publish: FIRMWARE }] }: Place): GateOptions {
  return {
    broker: broker.port,
    ...(listener !== undefined && { listener }),
    device: { mqtt: { ...RIGHTS, deny }, ...device },
  };
}

async function device(gate: ObservedGate, clientId: string, more: Section = {}): Promise<TestClient> {
  return connectMqtt({ port: gate.port(), clientId, version: 4, tls: await pki.device('pump-1'), more });
}

async function reload({ gate }: ObservedGate): Promise<void> {
  assert.equal((await gate.reload()).ok, true);
}

/** What was let through, oldest first, once it is so many different things. */
async function shadows(gate: ObservedGate, count: number): Promise<RejectionEvent[]> {
  const all = () => gate.gate.hub.query({ shadow: true }).reverse();
  await waitFor(`${count} records of shadow`, () => all().length >= count);
  return all();
}

/** A rejection that is one. */
function refusal(gate: ObservedGate): Promise<RejectionEvent> {
  return waitFor('a rejection', () => gate.gate.hub.query({ shadow: false, cause: 'denied' })[0]);
}

function told(events: readonly RejectionEvent[]): string[] {
  return events.map(({ action, resource, cause, ruleId }) => `${action} ${resource} ${cause} ${ruleId}`);
}

let kafka: Kafka;

before(async () => {
  if (noKafka) return;
  kafka = await startKafka();
  await createTopics(kafka.port, ['orders.a', 'secret.a', 'secret.b', 'secret.c', 'stock.a']);
  await produceDirect(kafka.port, 'secret.b', [{ value: 'told' }]);
});

after(async () => {
  await kafka?.[Symbol.asyncDispose]();
});

test('MQTT: a deny in shadow lets through, and refuses from the reload on', async () => {
  await using aedes = await startAedes();
  await using watcher = await connectMqtt({ port: aedes.port, clientId: 'watcher', version: 4 });
  await watcher.subscribe('plant/#', 1);
  await using gate = await startObservedGate(options(aedes, { deny: [{ publish: FIRMWARE, mode: 'shadow' }] }));
  await using client = await device(gate, 'pump-1');
  const topic = 'plant/p1/pump-1/firmware/x';
  await client.publish('plant/p1/pump-1/t', 'allowed', { qos: 1 });
  for (const _ of [1, 2, 3]) await client.publish(topic, 'tried', { qos: 1 });
  await client.publish('elsewhere', 'refused', { qos: 1 });
  const arrived = await watcher.messages(4);
  assert.deepEqual(
    arrived.map((one) => one.topic),
    ['plant/p1/pump-1/t', topic, topic, topic],
  );
  const events = await shadows(gate, 1);
  assert.deepEqual([...new Set(told(events))], [`publish ${topic} denied roles.device.mqtt.deny[0]`]);
  const [event] = events;
  assert.deepEqual([event?.shadow, event?.sent, event?.principal], [true, undefined, 'pump-1']);
  const labels = { listener: 'mqtt', identity: 'devices', role: 'device', cause: 'denied' };
  assert.equal(gate.metric('headgate_shadow_rejections_total', labels), 3);
  const refused = await refusal(gate);
  assert.equal(gate.rejections('denied'), 1, 'only what is enforced is a rejection');
  assert.deepEqual(
    gate.gate.hub.query({ shadow: false }).map(({ resource }) => resource),
    [refused.resource],
  );
  const [line] = gate.logged('would be rejected');
  assert.deepEqual([line?.level, line?.['resource'], line?.['shadow']], ['info', topic, true]);

  gate.configure(options(aedes, {}));
  await reload(gate);
  await client.publish(topic, 'refused', { qos: 1 });
  await client.publish('plant/p1/pump-1/t', 'last', { qos: 1 });
  assert.equal((await watcher.messages(5)).at(-1)?.payload.toString(), 'last', 'the refused one did not arrive');
  assert.equal(gate.rejections('denied'), 2);
  assert.equal(gate.metric('headgate_shadow_rejections_total'), 3);
});

test('MQTT: a role in shadow lets everything through that its rights would refuse; limits and budgets hold', async () => {
  await using aedes = await startAedes();
  await using watcher = await connectMqtt({ port: aedes.port, clientId: 'watcher', version: 4 });
  await watcher.subscribe('#', 2);
  const place = {
    device: { mode: 'shadow', mqtt: { ...RIGHTS, deny: [{ publish: FIRMWARE }], denialBudget: '1/min' } },
  };
  await using gate = await startObservedGate(options(aedes, place));
  const will = { topic: 'alarms/gone', payload: Buffer.from('gone'), qos: 1, retain: false };
  await using client = await device(gate, 'another-id', { will });
  assert.deepEqual(await client.subscribe('alarms/#', 1), [1]);
  await client.publish('alarms/fire', 'no rule', { qos: 1 });
  await client.publish('plant/p1/pump-1/firmware/x', 'a deny', { qos: 1 });
  await client.publish('plant/p1/pump-1/t', 'a quality', { qos: 2 });
  await client.publish('plant/p1/pump-1/t', 'retained', { qos: 1, retain: true });
  await client.publish('plant/p1/pump-1/t', 'x'.repeat(2000), { qos: 1 });
  await client.publish('plant/p1/pump-1/t', 'allowed', { qos: 1 });
  await watcher.messages(6);
  assert.equal((await client.messages(1))[0]?.topic, 'alarms/fire');
  assert.deepEqual(told(await shadows(gate, 9)).sort(), [
    'connect another-id client-id roles.device.mqtt.clientId',
    'publish alarms/fire denied default-deny',
    'publish plant/p1/pump-1/firmware/x denied roles.device.mqtt.deny[0]',
    'publish plant/p1/pump-1/t payload-too-large roles.device.mqtt.allow[0]',
    'publish plant/p1/pump-1/t qos-not-allowed roles.device.mqtt.allow[0]',
    'publish plant/p1/pump-1/t retain-not-allowed roles.device.mqtt.allow[0]',
    'receive alarms/fire denied default-deny',
    'subscribe alarms/# denied default-deny',
    'will alarms/gone will-denied default-deny',
  ]);
  assert.equal(client.closed, false, 'the budget of denials is not charged');
  assert.equal(gate.metric('headgate_rejections_total'), 0);

  gate.configure(options(aedes, {}));
  await reload(gate);
  await client.waitClosed();
  assert.equal((await gate.rejection('policy-changed')).principal, 'pump-1');
  await assert.rejects(device(gate, 'another-id'), /Identifier rejected/i);
});

test('MQTT: a listener in shadow lets denies through too; who has no identity stays out', async () => {
  await using aedes = await startAedes();
  await using watcher = await connectMqtt({ port: aedes.port, clientId: 'watcher', version: 4 });
  await watcher.subscribe('plant/#', 1);
  await using gate = await startObservedGate(options(aedes, { listener: { mode: 'shadow' } }));
  await using client = await device(gate, 'pump-1');
  assert.deepEqual(await client.subscribe('plant/#', 1), [1]);
  await client.publish('plant/p1/pump-1/firmware/x', 'tried', { qos: 1 });
  await watcher.messages(1);
  assert.deepEqual(told(await shadows(gate, 3)), [
    'subscribe plant/# denied default-deny',
    'publish plant/p1/pump-1/firmware/x denied roles.device.mqtt.deny[0]',
    'receive plant/p1/pump-1/firmware/x denied default-deny',
  ]);
  const stranger = await pki.issue({ subject: 'O=Other,CN=x' });
  await assert.rejects(connectMqtt({ port: gate.port(), clientId: 'x', version: 4, tls: stranger }));
  assert.equal((await gate.rejection('no-identity')).shadow, undefined);

  gate.configure(options(aedes, {}));
  await reload(gate);
  await client.waitClosed();
});

/** What the clients ask for by name. */
const NAMED = ['topic:secret.a', 'topic:secret.b', 'topic:orders.a'];
const CONSUMER = { group: 'erp-', prefix: true, operations: ['read'] };
const ALLOW = [{ topic: 'orders.', prefix: true, operations: ['read', 'write'] }, CONSUMER];
const EVERY = [{ topic: '*', operations: ['read', 'write'] }, CONSUMER];
const SECRET = { topic: 'secret.', prefix: true, operations: ['all'] };

for (const [place, inShadow, enforcing, rule] of [
  [
    'a deny',
    { erp: { kafka: { allow: EVERY, deny: [{ ...SECRET, mode: 'shadow' }] } } },
    { erp: { kafka: { allow: EVERY, deny: [SECRET] } } },
    'roles.erp.kafka.deny[0]',
  ],
  [
    'a role',
    { erp: { mode: 'shadow', kafka: { allow: ALLOW } } },
    { erp: { kafka: { allow: ALLOW } } },
    'default-deny',
  ],
  [
    'a listener',
    { erp: { kafka: { allow: EVERY, deny: [SECRET] } }, listener: { mode: 'shadow' } },
    { erp: { kafka: { allow: EVERY, deny: [SECRET] } }, listener: {} },
    'roles.erp.kafka.deny[0]',
  ],
] as const) {
  test(`Kafka: ${place} in shadow lets kafkajs write, read and list, and refuses from the reload on`, {
    skip: noKafka,
  }, async () => {
    await using rig = await startKafkaGate({ bootstrap: [kafka.port], ...inShadow });
    const { gate } = rig;
    const client = kafkajsClient(gate.port('kafka'), await erp('erp-1'));
    const producer = client.producer();
    const admin = client.admin();
    const consumer = client.consumer({ groupId: `erp-${place.replace(' ', '-')}` });
    try {
      await producer.connect();
      const earlier = (await readAll(kafka.port, 'secret.a')).length;
      await producer.send({ topic: 'secret.a', messages: [{ value: place }] });
      await producer.send({ topic: 'orders.a', messages: [{ value: place }] });
      assert.equal((await readAll(kafka.port, 'secret.a')).length, earlier + 1);
      await consumer.connect();
      await consumer.subscribe({ topic: 'secret.b', fromBeginning: true });
      const read = Promise.withResolvers<string>();
      await consumer.run({ eachMessage: async ({ message }) => read.resolve(String(message.value)) });
      assert.equal(await read.promise, 'told');
      await consumer.disconnect();
      await admin.connect();
      const named = (topics: readonly string[]) => topics.filter((name) => /^(orders|secret)\./.test(name)).sort();
      assert.deepEqual(named(await admin.listTopics()), ['orders.a', 'secret.a', 'secret.b', 'secret.c']);

      for (const [action, topic] of [
        ['write', 'secret.a'],
        ['read', 'secret.b'],
        ['describe', 'secret.a'],
      ] as const) {
        const resource = `topic:${topic}`;
        const event = await waitFor(`${action} of ${topic}`, () =>
          gate.gate.hub.query({ shadow: true }).find((one) => one.action === action && one.resource === resource),
        );
        assert.deepEqual([event.ruleId, event.shadow, event.sent], [rule, true, undefined]);
      }
      const events = gate.gate.hub.query({ shadow: true });
      const listed = events.filter(({ action, resource = '' }) => action === 'describe' && !NAMED.includes(resource));
      assert.ok(listed.length <= 1, 'a list is one record, by its first topic');
      assert.ok(gate.metric('headgate_shadow_rejections_total', { listener: 'kafka', identity: 'erp' }) >= 3);
      assert.equal(gate.metric('headgate_rejections_total'), 0);
      assert.ok(!events.some(({ resource }) => resource === 'topic:orders.a'), 'what is allowed is no record');

      rig.configure(enforcing);
      await reload(gate);
      assert.deepEqual(named(await admin.listTopics()), ['orders.a']);
      await assert.rejects(producer.send({ topic: 'secret.a', messages: [{ value: 'refused' }] }));
      await producer.send({ topic: 'orders.a', messages: [{ value: 'still allowed' }] });
      assert.equal((await readAll(kafka.port, 'secret.a')).length, earlier + 1);
      await refusal(gate);
    } finally {
      await Promise.all([producer.disconnect(), admin.disconnect(), consumer.disconnect()]);
    }
  });
}
