/**
 * What the policy allows is forwarded as the sender wrote it, in both directions. Only the CONNECT
 * is written anew: without the client's user name and password, with the broker's own.
 */
import assert from 'node:assert/strict';
import { randomInt } from 'node:crypto';
import test from 'node:test';
import { generate, type Packet } from 'mqtt-packet';
import { startTestGate } from '../support/gate.ts';
import type { Section } from '../support/gate-config.ts';
import { mosquittoPub } from '../support/mosquitto-clients.ts';
import { connectMqtt } from '../support/mqtt-client.ts';
import { type MqttSink, type SinkConnection, startSink } from '../support/mqtt-sink.ts';
import { paho, withoutPaho } from '../support/paho.ts';
import { testPki, writeCredentials } from '../support/pki.ts';
import { connectRaw, type RawClient } from '../support/raw-client.ts';
import { without } from '../support/require-tool.ts';
import { waitFor } from '../support/wait.ts';

const VERSIONS = [4, 5] as const;
const ME = 'pump-1';
const TOPIC = `plant/p1/${ME}/t`;
const COMMANDS = `plant/p1/${ME}/cmd/a`;

type Version = (typeof VERSIONS)[number];

const encode = (packet: object, version: Version): Buffer => generate(packet as Packet, { protocolVersion: version });

/** Properties exist in MQTT 5 only. */
const only5 = (version: Version, properties: object): object => (version === 5 ? { properties } : {});

function fromClient(version: Version): Buffer[] {
  const publish = { cmd: 'publish', topic: TOPIC, payload: 'x', dup: false, retain: false, qos: 0 };
  const properties = {
    payloadFormatIndicator: true,
    messageExpiryInterval: 60,
    contentType: 'text/plain',
    responseTopic: 'answers/here',
    correlationData: Buffer.from([0, 255, 128]),
    userProperties: { b: '2', a: ['1', 'once more'], ключ: 'значение' },
  };
  const reason = only5(version, { reasonString: 'because', userProperties: { why: 'not' } });
  return [
    publish,
    { ...publish, qos: 1, messageId: 7, retain: true, payload: Buffer.alloc(0) },
    { ...publish, qos: 2, messageId: 65535, ...only5(version, properties), payload: Buffer.from([0, 1, 2, 255]) },
    { ...publish, qos: 1, messageId: 8, payload: Buffer.alloc(200_000, 'large ') },
    { ...publish, topic: `plant/p1/${ME}//ünï`, ...only5(version, { userProperties: {} }) },
    {
      cmd: 'subscribe',
      messageId: 9,
      subscriptions: [{ topic: `plant/p1/${ME}/cmd/+`, qos: 2, nl: version === 5, rap: version === 5, rh: 0 }],
      ...only5(version, { subscriptionIdentifier: 268435455, userProperties: { k: 'v' } }),
    },
    { cmd: 'pubrel', messageId: 65535, ...reason, ...(version === 5 ? { reasonCode: 0 } : {}) },
    { cmd: 'unsubscribe', messageId: 10, unsubscriptions: ['x/y', `plant/p1/${ME}/cmd/+`] },
    { cmd: 'pingreq' },
  ].map((packet) => encode(packet, version));
}

function fromBroker(version: Version): Buffer[] {
  const publish = { cmd: 'publish', topic: COMMANDS, payload: 'go', dup: false, retain: false, qos: 0 };
  const reason = only5(version, { reasonString: 'well', userProperties: { a: 'b' } });
  return [
    { cmd: 'suback', messageId: 9, granted: [2], ...reason },
    { cmd: 'puback', messageId: 7, ...(version === 5 ? { reasonCode: 16 } : {}), ...reason },
    { cmd: 'pubrec', messageId: 65535, ...(version === 5 ? { reasonCode: 0 } : {}), ...reason },
    { cmd: 'pubcomp', messageId: 65535 },
    { ...publish, ...only5(version, { contentType: 'a/b', subscriptionIdentifier: 268435455 }) },
    { ...publish, qos: 1, messageId: 1, dup: true, payload: Buffer.alloc(150_000, 'back ') },
    { ...publish, qos: 2, messageId: 2, retain: true, payload: Buffer.from([255, 0]) },
    { cmd: 'pubrel', messageId: 2 },
    { cmd: 'unsuback', messageId: 10, ...(version === 5 ? { granted: [17, 0] } : {}) },
    { cmd: 'pingresp' },
    { cmd: 'puback', messageId: 8 },
  ].map((packet) => encode(packet, version));
}

/** In pieces that know nothing of packets. */
async function writePieces(write: (bytes: Buffer) => Promise<unknown>, bytes: Buffer): Promise<void> {
  for (let at = 0; at < bytes.length; ) {
    const size = randomInt(4) === 0 ? randomInt(1, 60_000) : randomInt(1, 20);
    await write(bytes.subarray(at, at + size));
    at += size;
  }
}

async function connectAs(port: number, connect: object, version: Version): Promise<RawClient> {
  const { cert, key, ca } = await (await testPki()).device(ME);
  const client = await connectRaw({ port, tls: { cert, key, ca } });
  const packet = { cmd: 'connect', clientId: ME, protocolId: 'MQTT', protocolVersion: version, keepalive: 60 };
  await client.write(encode({ ...packet, clean: true, ...connect }, version));
  await client.bytes(4);
  return client;
}

for (const version of VERSIONS) {
  test(`every kind of packet passes unchanged in both directions, MQTT ${version}`, async () => {
    await using sink = await startSink();
    await using gate = await startTestGate({ broker: sink.port });
    await using client = await connectAs(gate.port(), {}, version);
    const broker = await sink.connection(ME);
    const greeting = client.received.length;

    const up = Buffer.concat(fromClient(version));
    await writePieces((bytes) => client.write(bytes), up);
    assert.deepEqual(await broker.bytes(up.length), up);

    const down = Buffer.concat(fromBroker(version));
    await writePieces((bytes) => new Promise((resolve) => broker.socket.write(bytes, resolve)), down);
    assert.deepEqual((await client.bytes(greeting + down.length)).subarray(greeting), down);

    const answers = [
      { cmd: 'puback', messageId: 1 },
      { cmd: 'pubrec', messageId: 2, ...(version === 5 ? { reasonCode: 0x10 } : {}) },
      { cmd: 'pubcomp', messageId: 2 },
      version === 5
        ? { cmd: 'disconnect', reasonCode: 4, properties: { reasonString: 'off', userProperties: { a: 'b' } } }
        : { cmd: 'disconnect' },
    ];
    const last = Buffer.concat(answers.map((packet) => encode(packet, version)));
    await client.write(last);
    assert.deepEqual(await broker.bytes(up.length + last.length), Buffer.concat([up, last]));
    await waitFor('the end of the client’s stream at the broker', () => broker.ended);
    assert.equal(broker.count, up.length + last.length, 'nothing was added');
    assert.deepEqual(gate.gate.hub.query(), []);
  });
}

const WILL = { topic: TOPIC, payload: Buffer.from('gone'), qos: 1, retain: true };
const BACKENDS = [
  { name: 'with the broker’s own', upstream: { username: 'headgate', password: 's3cret-of-the-broker' } },
  { name: 'with none where none is configured', upstream: {} },
] as const;

for (const version of VERSIONS) {
  for (const { name, upstream } of BACKENDS) {
    test(`the CONNECT leaves without the client’s credentials, ${name}, MQTT ${version}`, async () => {
      await using sink = await startSink();
      await using gate = await startTestGate({ broker: sink.port, listener: toSink(sink, upstream) });
      const properties = only5(version, { userProperties: { site: 'north' }, sessionExpiryInterval: 60 });
      const will = { ...WILL, ...only5(version, { willDelayInterval: 5, contentType: 'text/plain' }) };
      const mine = { username: 'mallory', password: Buffer.from('hunter2'), will, clean: false, ...properties };
      await using _client = await connectAs(gate.port(), mine, version);
      const { connect, connectBytes } = await sink.connection(ME);
      for (const text of ['mallory', 'hunter2']) assert.equal(connectBytes.includes(text), false);
      const own = 'username' in upstream ? upstream : undefined;
      assert.equal(connect?.username, own?.username);
      assert.equal(connect?.password?.toString(), own?.password);
      assert.equal(connect?.clientId, ME);
      assert.equal(connect?.clean, false);
      assert.equal(connect?.keepalive, 60);
      assert.equal(connect?.protocolVersion, version);
      const { topic, payload, qos, retain } = connect?.will ?? {};
      assert.deepEqual({ topic, payload, qos, retain }, WILL);
      if (version === 5) {
        assert.deepEqual({ ...connect?.properties?.userProperties }, { site: 'north' });
        assert.equal(connect?.properties?.sessionExpiryInterval, 60);
        assert.equal(connect?.will?.properties?.willDelayInterval, 5);
        assert.equal(connect?.will?.properties?.contentType, 'text/plain');
      }
    });
  }

  test(`passthrough, which must be written, forwards what the client showed, MQTT ${version}`, async () => {
    await using sink = await startSink();
    await using gate = await startTestGate({ broker: sink.port, listener: toSink(sink, { passthrough: true }) });
    await using _client = await connectAs(gate.port(), { username: 'mallory', password: 'hunter2' }, version);
    const { connect } = await sink.connection(ME);
    assert.equal(`${connect?.username} ${connect?.password}`, 'mallory hunter2');
  });
}

const toSink = (sink: MqttSink, upstream: Section): Section => ({
  upstream: { address: `127.0.0.1:${sink.port}`, ...upstream },
});

test('real clients: what MQTT.js, mosquitto_pub and paho publish arrives as the packet they made', {
  skip: without('mosquitto_pub') || withoutPaho(),
}, async () => {
  await using sink = await startSink();
  await using gate = await startTestGate({ broker: sink.port });
  const pki = await testPki();
  const device = await pki.device(ME);
  const port = gate.port();
  const tls = writeCredentials(gate.dir, ME, device);
  const publishOf = async (): Promise<string> => {
    const connection = sink.connections.at(-1) as SinkConnection;
    const [first] = await waitFor('a packet', () => connection.packets.length > 0 && connection.packets);
    assert.equal(first?.cmd, 'publish');
    return first?.cmd === 'publish' ? `${first.topic} ${first.payload}` : '';
  };
  for (const version of VERSIONS) {
    await using js = await connectMqtt({ port, clientId: ME, version, tls: device });
    await js.publish(TOPIC, 'from js');
    assert.equal(await publishOf(), `${TOPIC} from js`);
    await mosquittoPub({ port, clientId: ME, version, tls, topic: TOPIC, message: 'from mosquitto' });
    assert.equal(await publishOf(), `${TOPIC} from mosquitto`);
    await paho({ port, clientId: ME, version, tls, publish: [[TOPIC, 'from paho', 0]] });
    assert.equal(await publishOf(), `${TOPIC} from paho`);
  }
});
