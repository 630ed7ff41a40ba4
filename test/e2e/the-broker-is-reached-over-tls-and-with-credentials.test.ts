/**
 * Toward the broker: TLS with a verified name and a client certificate, user name and password of
 * the gate's own. A broker that cannot prove who it is gets nothing, and the client is told that
 * there is no service.
 */
import assert from 'node:assert/strict';
import test from 'node:test';
import type { Cause } from '../../policies/causes.ts';
import { startTestGate, type TestGate } from '../support/gate.ts';
import type { Section } from '../support/gate-config.ts';
import { type Mosquitto, startMosquitto } from '../support/mosquitto.ts';
import { mosquittoPub } from '../support/mosquitto-clients.ts';
import { ConnectError, connectMqtt } from '../support/mqtt-client.ts';
import { paho, withoutPaho } from '../support/paho.ts';
import { type Credentials, testPki, writeCredentials } from '../support/pki.ts';
import { without } from '../support/require-tool.ts';

const skip = without('mosquitto', 'mosquitto_passwd');
const VERSIONS = [4, 5] as const;
const TOPIC = 'plant/p1/pump-1/t';

/** A mosquitto that shows a certificate for localhost and demands one. */
async function tlsBroker(): Promise<Mosquitto> {
  const pki = await testPki();
  return startMosquitto({ tls: { ...(await pki.server()), ca: pki.ca } });
}

/** Starts with a plain address, then the files of the upstream are there and the real one is loaded. */
async function gateTo(
  broker: Mosquitto,
  upstream: Section,
  files: Readonly<Record<string, string>>,
): Promise<TestGate> {
  const gate = await startTestGate({ broker: broker.port });
  for (const [name, content] of Object.entries(files)) gate.dir.write(name, content);
  const listener = { upstream: { address: `localhost:${broker.tlsPort}`, ...upstream } };
  gate.configure({ broker: broker.port, listener });
  const result = await gate.gate.reload();
  assert.equal(result.ok, true, JSON.stringify(result));
  return gate;
}

async function gateFiles(): Promise<Record<string, string>> {
  const pki = await testPki();
  const { cert, key } = await pki.device('headgate');
  const foreign = await pki.foreigner('headgate');
  return {
    'brokers.pem': pki.ca,
    'gate.pem': cert,
    'gate.key': key,
    'foreign-ca.pem': pki.foreign.cert,
    'foreign.pem': foreign.cert,
    'foreign.key': foreign.key,
  };
}

const CLIENT_CERTIFICATE = { certificate: 'gate.pem', key: 'gate.key' };

async function assertServes(gate: TestGate, tls: Credentials, version: 4 | 5): Promise<void> {
  await using device = await connectMqtt({ port: gate.port(), clientId: 'pump-1', version, tls });
  assert.equal(await device.publish(TOPIC, Buffer.alloc(100_000), { qos: 1 }), version === 5 ? 16 : 0);
  assert.deepEqual(await device.subscribe('plant/p1/pump-1/cmd/+', 1), [1]);
}

test('messages pass over TLS in both directions, with the client certificate that the broker demands', {
  skip,
}, async () => {
  await using broker = await tlsBroker();
  const upstream = { tls: { ca: 'brokers.pem', ...CLIENT_CERTIFICATE } };
  await using gate = await gateTo(broker, upstream, await gateFiles());
  const tls = await (await testPki()).device('pump-1');
  await using inside = await connectMqtt({ port: broker.port, clientId: 'inside' });
  await inside.subscribe('#', 2);
  for (const version of VERSIONS) {
    await using device = await connectMqtt({ port: gate.port(), clientId: 'pump-1', version, tls });
    await device.subscribe('plant/p1/pump-1/cmd/+', 2);
    const before = inside.received.length;
    const sizes = [0, 1, 16_384, 100_000, 200_000];
    for (const size of sizes) {
      await device.publish(TOPIC, Buffer.alloc(size, 'u'), { qos: 2 });
      await inside.publish('plant/p1/pump-1/cmd/a', Buffer.alloc(size, 'd'), { qos: 2 });
    }
    const arrived = (await device.messages(sizes.length)).map(({ payload }) => payload);
    assert.deepEqual(
      arrived.map((payload) => payload.length),
      sizes,
    );
    await inside.messages(before + 2 * sizes.length);
    const up = inside.received.slice(before).filter(({ topic }) => topic === TOPIC);
    assert.deepEqual(
      up.map(({ payload }) => payload.length),
      sizes,
    );
  }
  assert.deepEqual(gate.gate.hub.query(), []);
});

interface Broken {
  readonly name: string;
  readonly upstream: (broker: Mosquitto) => Section;
  readonly cause: Cause;
  readonly words: RegExp;
}

const BROKEN: readonly Broken[] = [
  {
    name: 'a broker of another authority',
    upstream: () => ({ tls: { ca: 'foreign-ca.pem', ...CLIENT_CERTIFICATE } }),
    cause: 'upstream-tls',
    words: /its certificate is refused: unknown-ca: .*\(RFC 5280/,
  },
  {
    name: 'a broker with another name',
    upstream: () => ({ tls: { ca: 'brokers.pem', serverName: 'broker.example', ...CLIENT_CERTIFICATE } }),
    cause: 'upstream-tls',
    words: /its certificate is not for the host broker\.example/,
  },
  {
    name: 'a broker without the pinned key',
    upstream: () => ({ tls: { ca: 'brokers.pem', pins: ['00'.repeat(32)], ...CLIENT_CERTIFICATE } }),
    cause: 'upstream-tls',
    words: /pin-mismatch/,
  },
  {
    name: 'a broker that speaks no TLS',
    upstream: ({ port }) => ({ address: `localhost:${port}`, tls: { ca: 'brokers.pem' } }),
    // Not an answer in TLS, or none: mosquitto closes at once.
    cause: 'upstream-tls',
    words: /./,
  },
  {
    name: 'a broker that does not accept the gate’s certificate',
    upstream: () => ({ tls: { ca: 'brokers.pem', certificate: 'foreign.pem', key: 'foreign.key' } }),
    cause: 'upstream-tls',
    words: /./,
  },
  {
    name: 'a broker that demands a certificate where none is configured',
    upstream: () => ({ tls: { ca: 'brokers.pem' } }),
    cause: 'upstream-tls',
    words: /./,
  },
];

for (const { name, upstream, cause, words } of BROKEN) {
  test(`${name} gets nothing, and the client hears that there is no service`, { skip }, async () => {
    await using broker = await tlsBroker();
    await using gate = await gateTo(broker, upstream(broker), await gateFiles());
    const tls = await (await testPki()).device('pump-1');
    for (const version of VERSIONS) {
      await assert.rejects(
        connectMqtt({ port: gate.port(), clientId: 'pump-1', version, tls }),
        (error) => error instanceof ConnectError && error.reasonCode === (version === 5 ? 0x88 : 3),
      );
    }
    const rejection = await gate.rejection(cause);
    assert.match(rejection.reason, words);
    assert.equal(rejection.principal, 'pump-1');
    assert.doesNotMatch(broker.log, /New client connected/);
  });
}

test('an address is verified as an address, a serverName instead of it', { skip }, async () => {
  await using broker = await tlsBroker();
  const tls = await (await testPki()).device('pump-1');
  const common = { ca: 'brokers.pem', ...CLIENT_CERTIFICATE };
  for (const upstream of [
    { address: `127.0.0.1:${broker.tlsPort}`, tls: common },
    { address: `127.0.0.1:${broker.tlsPort}`, tls: { ...common, serverName: 'localhost' } },
  ]) {
    await using gate = await gateTo(broker, upstream, await gateFiles());
    await assertServes(gate, tls, 4);
    await assertServes(gate, tls, 5);
  }
});

test('user name and password of the gate open a mosquitto with a password file, and only the right ones', {
  skip,
}, async () => {
  await using broker = await startMosquitto({ passwords: { headgate: 'right' } });
  const tls = await (await testPki()).device('pump-1');
  const plain = { address: `127.0.0.1:${broker.port}`, username: 'headgate' };
  const files = { 'password.txt': 'right\n', 'wrong.txt': 'wrong\n' };
  const more = { username: 'pump-1', password: 'the device’s own' };
  {
    const upstream = { ...plain, password: '${file:password.txt}' };
    await using gate = await gateTo(broker, upstream, files);
    for (const version of VERSIONS) await assertServes(gate, tls, version);
    // What the client shows is not what the broker sees.
    await using device = await connectMqtt({ port: gate.port(), clientId: 'pump-1', tls, more });
    assert.equal(device.connack?.reasonCode, 0);
    assert.match(broker.log, /as pump-1 \(p5, c1, k60, u'headgate'\)/);
    assert.doesNotMatch(broker.log, /u'pump-1'/);
  }
  await using gate = await gateTo(broker, { ...plain, password: '${file:wrong.txt}' }, files);
  for (const version of VERSIONS) {
    await assert.rejects(
      connectMqtt({ port: gate.port(), clientId: 'pump-1', version, tls }),
      (error) => error instanceof ConnectError && error.reasonCode === (version === 5 ? 0x87 : 5),
    );
  }
  const rejection = await gate.rejection('upstream-refused');
  assert.equal(rejection.principal, 'pump-1');
  assert.doesNotMatch(JSON.stringify(gate.gate.hub.query()), /wrong|right|own/);
});

test('mosquitto_pub and paho do not notice that the broker is behind TLS', {
  skip: skip || without('mosquitto_pub') || withoutPaho(),
}, async () => {
  await using broker = await tlsBroker();
  const upstream = { tls: { ca: 'brokers.pem', ...CLIENT_CERTIFICATE } };
  await using gate = await gateTo(broker, upstream, await gateFiles());
  const tls = writeCredentials(gate.dir, 'pump-1', await (await testPki()).device('pump-1'));
  const port = gate.port();
  for (const version of VERSIONS) {
    const sent = await mosquittoPub({ port, clientId: 'pump-1', version, tls, topic: TOPIC, message: 'm', qos: 2 });
    assert.match(sent.output, /received PUBCOMP/);
    const result = await paho({ port, clientId: 'pump-1', version, tls, publish: [[TOPIC, 'p', 1]] });
    assert.equal(result.acknowledged, 1);
  }
});
