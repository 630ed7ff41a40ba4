/**
 * What applications build on works as if the gate were not there: exactly-once delivery, retained
 * messages, wills, sessions that outlive a connection, shared subscriptions, keep-alive and the
 * properties of MQTT 5. Against a real mosquitto.
 */
import assert from 'node:assert/strict';
import test from 'node:test';
import type { IClientOptions } from 'mqtt';
import { driveClock } from '../../proxy/shared/tables/index.ts';
import { startTestGate, type TestGate } from '../support/gate.ts';
import type { GateOptions } from '../support/gate-config.ts';
import { type Mosquitto, startMosquitto } from '../support/mosquitto.ts';
import { mosquittoPub, mosquittoSub } from '../support/mosquitto-clients.ts';
import { connectMqtt, type TestClient } from '../support/mqtt-client.ts';
import { paho, withoutPaho } from '../support/paho.ts';
import { type TestPki, testPki, writeCredentials } from '../support/pki.ts';
import { without } from '../support/require-tool.ts';
import { waitFor } from '../support/wait.ts';
import { workersLooked } from '../support/workers-looked.ts';

const skip = without('mosquitto', 'mosquitto_pub', 'mosquitto_sub', 'stdbuf');
const VERSIONS = [4, 5] as const;
type Version = (typeof VERSIONS)[number];

/** Certificates of plant `readers` may see everything of plant p1. */
const GATE: Omit<GateOptions, 'broker'> = {
  identities: [
    {
      name: 'readers',
      when: { trust: 'devices', subject: { O: 'Acme' }, san: { uri: 'spiffe://acme/readers/{device}' } },
      principal: '{device}',
      roles: ['reader'],
    },
  ],
  roles: { reader: { mqtt: { clientId: 'any', allow: [{ subscribe: 'plant/p1/#' }] } } },
};

interface Scene extends AsyncDisposable {
  readonly pki: TestPki;
  readonly broker: Mosquitto;
  readonly gate: TestGate;
  /** A client that ends with the scene; `reader…` is a reader, every other name a device. */
  client(name: string, version: Version, more?: IClientOptions): Promise<TestClient>;
}

async function scene(): Promise<Scene> {
  await using stack = new AsyncDisposableStack();
  const pki = await testPki();
  const broker = stack.use(await startMosquitto({ config: ['max_queued_messages 0'] }));
  const gate = stack.use(await startTestGate({ broker: broker.port, ...GATE }));
  const kept = stack.move();
  return {
    pki,
    broker,
    gate,
    async client(name, version, more = {}) {
      const tls = await pki.device(name, name.startsWith('reader') ? 'readers' : 'p1');
      return kept.use(await connectMqtt({ port: gate.port(), clientId: name, version, tls, more }));
    },
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  };
}

const payloads = (client: TestClient): string[] => client.received.map(({ payload }) => `${payload}`);
const numbers = (count: number): string[] => Array.from({ length: count }, (_, n) => `${n}`);

/** Clean Start off, and in MQTT 5 a session that outlives the connection. */
const durable = (version: Version): IClientOptions => ({
  clean: false,
  ...(version === 5 ? { properties: { sessionExpiryInterval: 600 } } : {}),
});

for (const version of VERSIONS) {
  test(`QoS 2 delivers exactly once from device to reader, MQTT ${version}`, { skip }, async () => {
    await using s = await scene();
    const reader = await s.client('reader-1', version);
    assert.deepEqual(await reader.subscribe('plant/p1/#', 2), [2]);
    const device = await s.client('pump-1', version);
    // mosquitto takes 20 of them in flight and closes above that, so MQTT.js is fed in portions.
    for (let n = 0; n < 100; n += 10) {
      const portion = numbers(100).slice(n, n + 10);
      const codes = await Promise.all(portion.map((text) => device.publish('plant/p1/pump-1/t', text, { qos: 2 })));
      assert.deepEqual(new Set(codes), new Set([0]));
    }
    await reader.messages(100);
    assert.deepEqual(payloads(reader), numbers(100));
    assert.deepEqual(new Set(reader.received.map(({ qos }) => qos)), new Set([2]));
    assert.deepEqual(s.gate.gate.hub.query(), []);
  });

  test(`a retained message is there for who comes later, until it is cleared, MQTT ${version}`, { skip }, async () => {
    await using s = await scene();
    const device = await s.client('pump-1', version);
    await device.publish('plant/p1/pump-1/state', 'on', { qos: 1, retain: true });
    const late = await s.client('reader-1', version);
    await late.subscribe('plant/p1/#', 1);
    const [kept] = await late.messages(1);
    assert.equal(`${kept?.payload} ${kept?.retain}`, 'on true');
    await device.publish('plant/p1/pump-1/state', '', { qos: 1, retain: true });
    const later = await s.client('reader-2', version);
    await later.subscribe('plant/p1/#', 1);
    await device.publish('plant/p1/pump-1/t', 'after', { qos: 1 });
    await later.messages(1);
    assert.deepEqual(payloads(later), ['after']);
  });

  const ENDS = [
    { how: 'the network dies', published: true, end: async (client: TestClient) => client.drop() },
    { how: 'the client says good-bye', published: false, end: (client: TestClient) => client.end() },
    {
      how: 'an operator kills the session',
      published: false,
      end: async (_client: TestClient, gate: TestGate) => {
        const selector = { principal: 'pump-1' };
        const kill = { type: 'kill', selector, reason: 'session-killed', suppressWill: true, message: 'test' } as const;
        gate.gate.planes.broadcast(kill);
      },
    },
  ];
  for (const { how, published, end } of ENDS) {
    test(`the will is ${published ? '' : 'not '}published when ${how}, MQTT ${version}`, { skip }, async () => {
      await using s = await scene();
      const reader = await s.client('reader-1', version);
      await reader.subscribe('plant/p1/#', 1);
      const will = { topic: 'plant/p1/pump-1/gone', payload: Buffer.from('gone'), qos: 1, retain: false } as const;
      const device = await s.client('pump-1', version, { will });
      await end(device, s.gate);
      await device.waitClosed();
      if (published) await reader.messages(1);
      // The broker has seen the end of the old connection when it takes the id anew or lets it go.
      await waitFor('the broker to see the end', () => /Client pump-1 .*(disconnected|closed)/.test(s.broker.log));
      const other = await s.client('pump-2', version);
      await other.publish('plant/p1/pump-2/t', 'marker', { qos: 1 });
      await reader.messages(published ? 2 : 1);
      assert.deepEqual(payloads(reader), published ? ['gone', 'marker'] : ['marker']);
      if (how.includes('operator')) {
        assert.equal(device.disconnectCode, version === 5 ? 0x98 : undefined);
        assert.equal((await s.gate.rejection('session-killed')).principal, 'pump-1');
      }
    });
  }

  test(`a session outlives its connection with subscriptions and queued messages, MQTT ${version}`, {
    skip,
  }, async () => {
    await using s = await scene();
    const first = await s.client('reader-1', version, durable(version));
    assert.equal(first.connack?.sessionPresent, false);
    await first.subscribe('plant/p1/#', 1);
    first.drop();
    await first.waitClosed();
    await waitFor('the broker to see the end', () => /Client reader-1 .*(disconnected|closed)/.test(s.broker.log));
    const device = await s.client('pump-1', version);
    for (const text of numbers(50)) await device.publish('plant/p1/pump-1/t', text, { qos: 1 });
    const second = await s.client('reader-1', version, durable(version));
    assert.equal(second.connack?.sessionPresent, true);
    await second.messages(50);
    assert.deepEqual(payloads(second), numbers(50));
    await device.publish('plant/p1/pump-1/t', 'live', { qos: 1 });
    await second.messages(51);
    await second.end();
    const fresh = await s.client('reader-1', version, { clean: true });
    assert.equal(fresh.connack?.sessionPresent, false);
  });

  test(`a shared subscription gives each message to one of its members, MQTT ${version}`, { skip }, async () => {
    await using s = await scene();
    const members = [await s.client('reader-1', version), await s.client('reader-2', version)];
    for (const member of members) {
      assert.deepEqual(await member.subscribe('$share/group/plant/p1/#', 1), [1]);
      const [granted] = await member.subscribe('$share/group/plant/p2/#', 1);
      assert.equal(granted, version === 5 ? 0x87 : 0x80, 'beyond what the role may read');
    }
    const device = await s.client('pump-1', version);
    for (const text of numbers(40)) await device.publish('plant/p1/pump-1/t', text, { qos: 1 });
    await waitFor('all messages', () => members.reduce((sum, { received }) => sum + received.length, 0) >= 40);
    const all = members.flatMap((member) => payloads(member));
    assert.deepEqual(
      all.sort((a, b) => Number(a) - Number(b)),
      numbers(40),
    );
    for (const member of members) assert.ok(member.received.length > 0);
  });

  test(`a client that falls silent is cut after its keep-alive, and its will is published, MQTT ${version}`, {
    skip,
  }, async () => {
    await using s = await scene();
    const clock = driveClock(s.gate.gate.shared);
    const reader = await s.client('reader-1', version, { keepalive: 1000 });
    await reader.subscribe('plant/p1/#', 1);
    const will = { topic: 'plant/p1/pump-1/gone', payload: Buffer.from('gone'), qos: 1, retain: false } as const;
    const device = await s.client('pump-1', version, { keepalive: 100, will });
    clock.advance(149_000);
    await workersLooked(s.gate);
    await device.publish('plant/p1/pump-1/t', 'alive', { qos: 1 });
    clock.advance(149_000);
    await workersLooked(s.gate);
    assert.equal(await device.publish('plant/p1/pump-1/t', 'still alive', { qos: 1 }), 0);
    clock.advance(151_000);
    await device.waitClosed();
    assert.equal(device.disconnectCode, version === 5 ? 0x8d : undefined);
    await reader.messages(3);
    assert.deepEqual(payloads(reader), ['alive', 'still alive', 'gone']);
    assert.equal((await s.gate.rejection('keep-alive')).principal, 'pump-1');
    assert.equal(reader.closed, false);
  });
}

test('the properties of an MQTT 5 message arrive as they were set', { skip }, async () => {
  await using s = await scene();
  const reader = await s.client('reader-1', 5);
  await reader.subscribe('plant/p1/#', 1);
  const device = await s.client('pump-1', 5);
  const properties = {
    payloadFormatIndicator: true,
    messageExpiryInterval: 3600,
    contentType: 'application/json',
    responseTopic: 'answers/here',
    correlationData: Buffer.from([0, 1, 254, 255]),
    userProperties: { site: 'north', unit: ['bar', 'kPa'] },
  };
  await device.publish('plant/p1/pump-1/t', '{}', { qos: 1, properties });
  const [message] = await reader.messages(1);
  const { messageExpiryInterval, userProperties, ...others } = message?.packet.properties ?? {};
  const { messageExpiryInterval: _sent, userProperties: users, ...expected } = properties;
  assert.deepEqual({ ...others }, expected);
  assert.deepEqual({ ...userProperties }, users);
  assert.ok((messageExpiryInterval ?? 0) > 3590, 'the broker takes off what it kept the message');
});

test('topic aliases of MQTT.js are resolved: more topics than aliases arrive in full', { skip }, async () => {
  await using s = await scene();
  const reader = await s.client('reader-1', 5);
  await reader.subscribe('plant/p1/#', 1);
  const device = await s.client('pump-1', 5, { autoAssignTopicAlias: true });
  assert.equal(device.connack?.properties?.topicAliasMaximum, 16);
  let aliased = 0;
  device.raw.on('packetsend', (packet) => {
    if (packet.cmd === 'publish' && packet.topic === '') aliased++;
  });
  const topics = Array.from({ length: 20 }, (_, n) => `plant/p1/pump-1/t${n}`);
  const sent: string[] = [];
  for (let round = 0; round < 3; round++) {
    // Once around all of them, then twice each: some from the table, some that push others out.
    for (const topic of topics) {
      for (let n = 0; n <= round; n++) {
        sent.push(topic);
        assert.equal(await device.publish(topic, topic, { qos: 1 }), 0);
      }
    }
  }
  assert.ok(aliased > 20, `${aliased} messages without a topic`);
  await reader.messages(sent.length);
  assert.deepEqual(
    reader.received.map(({ topic }) => topic),
    sent,
  );
  assert.deepEqual(payloads(reader), sent);
});

test('mosquitto_sub keeps its session, paho speaks QoS 2 both ways', { skip: skip || withoutPaho() }, async () => {
  await using s = await scene();
  const port = s.gate.port();
  const tls = writeCredentials(s.gate.dir, 'cli', await s.pki.device('cli'));
  const topic = 'plant/p1/cli/cmd/a';
  await using inside = await connectMqtt({ port: s.broker.port, clientId: 'inside' });
  await inside.subscribe('plant/p1/cli/t', 2);
  for (const version of VERSIONS) {
    const args = version === 5 ? ['-c', '-x', '600'] : ['-c'];
    {
      await using sub = await mosquittoSub({ port, clientId: 'cli', topic, qos: 2, version, tls, args });
      await inside.publish(topic, 'first', { qos: 2 });
      assert.deepEqual(await sub.waitMessages(1), [`2 ${topic} first`]);
    }
    await waitFor('the broker to see the end', () => /Client cli .*(disconnected|closed)/.test(s.broker.log));
    await inside.publish(topic, 'second', { qos: 2 });
    {
      await using sub = await mosquittoSub({ port, clientId: 'cli', topic, qos: 2, version, tls, args });
      assert.deepEqual(await sub.waitMessages(1), [`2 ${topic} second`]);
    }
    const before = inside.received.length;
    const publish = [['plant/p1/cli/t', 'from paho', 2]] as const;
    const result = await paho({ port, clientId: 'cli', version, tls, publish });
    assert.equal(result.acknowledged, 1);
    const published = await mosquittoPub({
      port,
      clientId: 'cli',
      version,
      tls,
      topic: 'plant/p1/cli/t',
      message: 'm',
      qos: 2,
    });
    assert.match(published.output, /received PUBCOMP/);
    await inside.messages(before + 2);
  }
});
