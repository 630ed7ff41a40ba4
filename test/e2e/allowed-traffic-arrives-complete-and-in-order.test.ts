/**
 * 50 MB each way, in payloads and TLS writes of random sizes, with peers that stop reading now
 * and then, through the reader that production uses and 2 workers: the SHA-256 of what was sent
 * is the SHA-256 of what arrived.
 */
import assert from 'node:assert/strict';
import { createHash, type Hash, randomInt } from 'node:crypto';
import test from 'node:test';
import { generate, type Packet } from 'mqtt-packet';
import { DIRECTIONS, endsOf } from '../support/direction.ts';
import { startTestGate } from '../support/gate.ts';
import type { GateOptions } from '../support/gate-config.ts';
import { startMosquitto } from '../support/mosquitto.ts';
import { mosquittoPub, mosquittoSub } from '../support/mosquitto-clients.ts';
import { connectMqtt } from '../support/mqtt-client.ts';
import { sinkOver } from '../support/mqtt-sink.ts';
import { paho, withoutPaho } from '../support/paho.ts';
import { testPki, writeCredentials } from '../support/pki.ts';
import { rawDevice } from '../support/raw-device.ts';
import { without } from '../support/require-tool.ts';
import { waitFor } from '../support/wait.ts';

const TOTAL = 50 * 1000 * 1000;
const DEADLINE = 50_000;
const SEED = Number(process.env['HEADGATE_SEED'] ?? randomInt(2 ** 31));
const GATE: Omit<GateOptions, 'broker'> = {
  device: {
    mqtt: {
      allow: [{ publish: 'plant/{plant}/{device}/#' }, { subscribe: 'plant/{plant}/{device}/#' }],
    },
  },
  more: { workers: 2, reader: 'user-buffer' },
};

/** Deterministic numbers in [0, 1) (mulberry32). */
function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

type Random = () => number;

/** Mostly small, seldom up to 128 KiB. */
const payloadSize = (random: Random): number => Math.floor(random() ** 4 * 128 * 1024);

/** One buffer of noise, of which payloads are parts: filling 50 MB at random would take longer than to send them. */
function noise(random: Random): (size: number) => Buffer {
  const all = Buffer.alloc(1024 * 1024);
  for (let n = 0; n < all.length; n += 4) all.writeUInt32LE(Math.floor(random() * 2 ** 32), n);
  return (size) => {
    const start = Math.floor(random() * (all.length - size));
    return all.subarray(start, start + size);
  };
}

/** PUBLISH packets of QoS 0 with `TOTAL` bytes of payload. */
function* publishes(random: Random, version: 4 | 5, topic: string): Generator<Buffer> {
  const payload = noise(random);
  for (let sent = 0; sent < TOTAL; ) {
    const size = payloadSize(random);
    sent += size;
    const packet = { cmd: 'publish', topic, payload: payload(size), qos: 0, dup: false, retain: false } as Packet;
    yield generate(packet, { protocolVersion: version });
  }
}

/** Writes the packets in pieces that know nothing of their boundaries and respects back-pressure. */
async function writeChunked(
  write: (bytes: Buffer) => Promise<unknown>,
  packets: Iterable<Buffer>,
  random: Random,
): Promise<{ readonly sha256: string; readonly bytes: number }> {
  const hash = createHash('sha256');
  let bytes = 0;
  let rest = Buffer.alloc(0);
  const flush = async (all: boolean): Promise<void> => {
    while (rest.length > 0) {
      const size = 1 + Math.floor(random() ** 3 * 200_000);
      if (size > rest.length && !all) return;
      await write(rest.subarray(0, size));
      rest = rest.subarray(size);
    }
  };
  for (const packet of packets) {
    hash.update(packet);
    bytes += packet.length;
    rest = Buffer.concat([rest, packet]);
    if (rest.length > 200_000) await flush(false);
  }
  await flush(true);
  return { sha256: hash.digest('hex'), bytes };
}

/** Stops reading for a moment every few MB. */
function pauseNowAndThen(socket: { pause(): unknown; resume(): unknown }, random: Random): (bytes: number) => void {
  let next = 0;
  let seen = 0;
  return (bytes) => {
    seen += bytes;
    if (seen < next) return;
    next = seen + random() * 8_000_000;
    socket.pause();
    setTimeout(() => socket.resume(), random() * 40);
  };
}

for (const version of [4, 5] as const) {
  const upstream = version === 4 ? 'plain' : 'TLS';

  for (const direction of DIRECTIONS) {
    const { from, to } = direction;
    test(`50 MB from the ${from} to the ${to}, QoS 0, MQTT ${version}, ${upstream} upstream`, async (t) => {
      t.diagnostic(`HEADGATE_SEED=${SEED}`);
      const random = randomNumbers(SEED);
      const { sink, listener } = await sinkOver(upstream);
      await using _sink = sink;
      await using gate = await startTestGate({ broker: sink.port, ...GATE, listener });
      await using client = await rawDevice(gate.port(), 'pump-1', version);
      const { write, reader, onBytes } = endsOf(direction, client, await sink.connection('pump-1'));
      const hash = createHash('sha256');
      let count = 0;
      const breathe = pauseNowAndThen(reader, random);
      onBytes((bytes) => {
        hash.update(bytes);
        count += bytes.length;
        breathe(bytes.length);
      });
      const sent = await writeChunked(write, publishes(random, version, 'plant/p1/pump-1/t'), random);
      await waitFor(`all bytes at the ${to}`, () => count >= sent.bytes, DEADLINE);
      assert.equal(count, sent.bytes);
      assert.equal(hash.digest('hex'), sent.sha256);
      assert.deepEqual(gate.gate.hub.query(), []);
    });
  }

  test(`50 MB from a client through mosquitto to another client, QoS 1, MQTT ${version}`, {
    skip: without('mosquitto'),
  }, async (t) => {
    t.diagnostic(`HEADGATE_SEED=${SEED}`);
    const random = randomNumbers(SEED);
    // Without these bounds mosquitto would drop what a slow subscriber has not taken yet.
    const config = ['max_queued_messages 0', 'max_queued_bytes 0', 'max_inflight_messages 50'];
    await using broker = await startMosquitto({ config });
    const roles = { reader: { mqtt: { allow: [{ subscribe: 'plant/#' }] } } };
    const reader = { trust: 'devices', subject: { O: 'Acme' }, san: { uri: 'spiffe://acme/readers/{device}' } };
    const identities = [{ name: 'readers', when: reader, principal: '{device}', roles: ['reader'] }];
    await using gate = await startTestGate({ broker: broker.port, ...GATE, roles, identities });
    const pki = await testPki();
    const port = gate.port();
    await using from = await connectMqtt({ port, clientId: 'pump-1', version, tls: await pki.device('pump-1') });
    const readerTls = await pki.device('reader-1', 'readers');
    await using to = await connectMqtt({ port, clientId: 'reader-1', version, tls: readerTls });
    const [out, back] = [createHash('sha256'), createHash('sha256')];
    let arrived = 0;
    to.raw.removeAllListeners('message');
    to.raw.on('message', (_topic, payload) => {
      note(back, payload);
      arrived++;
    });
    await to.subscribe('plant/p1/pump-1/#', 1);
    const payload = noise(random);
    const waiting = new Set<Promise<unknown>>();
    let sent = 0;
    for (let bytes = 0; bytes < TOTAL; sent++) {
      const part = Buffer.from(payload(payloadSize(random)));
      bytes += part.length;
      note(out, part);
      const done = from.publish('plant/p1/pump-1/t', part, { qos: 1 }).then((code) => assert.equal(code, 0));
      waiting.add(done);
      void done.finally(() => waiting.delete(done)).catch(() => {});
      if (waiting.size >= 40) await Promise.race(waiting);
    }
    await Promise.all(waiting);
    await waitFor('all messages at the subscriber', () => arrived >= sent, DEADLINE);
    assert.equal(arrived, sent);
    assert.equal(back.digest('hex'), out.digest('hex'));
    assert.deepEqual(gate.gate.hub.query(), []);
  });
}

/** The size too: otherwise messages that were split or joined would have the same sum. */
function note(hash: Hash, payload: Buffer): void {
  const size = Buffer.alloc(4);
  size.writeUInt32BE(payload.length);
  hash.update(size).update(payload);
}

test('mosquitto_pub and paho publish what mosquitto_sub and paho receive, in order', {
  skip: without('mosquitto', 'mosquitto_pub', 'mosquitto_sub', 'stdbuf') || withoutPaho(),
}, async () => {
  await using broker = await startMosquitto();
  await using gate = await startTestGate({ broker: broker.port, ...GATE });
  const pki = await testPki();
  const port = gate.port();
  const files = async (name: string) => writeCredentials(gate.dir, name, await pki.device(name));
  for (const version of [4, 5] as const) {
    const topic = 'plant/p1/cli/t';
    await using sub = await mosquittoSub({ port, version, clientId: 'cli', topic, qos: 1, tls: await files('cli') });
    await using inside = await connectMqtt({ port: broker.port, clientId: 'inside' });
    for (let n = 0; n < 20; n++) await inside.publish(topic, `${n}`, { qos: 1 });
    assert.deepEqual(
      await sub.waitMessages(20),
      Array.from({ length: 20 }, (_, n) => `1 ${topic} ${n}`),
    );
    const own = 'plant/p1/snake/t';
    const publish = Array.from({ length: 30 }, (_, n) => [own, `${n}`, (n % 2) + 1] as [string, string, 1 | 2]);
    const order = {
      port,
      version,
      clientId: 'snake',
      tls: await files('snake'),
      subscribe: [[own, 2]],
      expect: 30,
    } as const;
    const result = await paho({ ...order, publish });
    for (const qos of [1, 2]) {
      // Only within one QoS is the order promised.
      assert.deepEqual(
        result.messages.filter((message) => message[2] === qos),
        publish.filter((message) => message[2] === qos),
      );
    }
    await inside.subscribe('plant/p1/cli2/#', 1);
    const two = { port, version, clientId: 'cli2', tls: await files('cli2'), topic: 'plant/p1/cli2/t' } as const;
    assert.equal((await mosquittoPub({ ...two, message: 'hello', qos: 1 })).code, 0);
    const [message] = await inside.messages(1);
    assert.equal(`${message?.payload}`, 'hello');
  }
});
