/** Proves the tools of the tests themselves: brokers and clients without headgate in between. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { startAedes } from './aedes.ts';
import type { Broker } from './broker.ts';
import { freePort } from './free-port.ts';
import { startMosquitto } from './mosquitto.ts';
import { mosquittoPub, mosquittoSub } from './mosquitto-clients.ts';
import { ConnectError, connectMqtt } from './mqtt-client.ts';
import { paho, withoutPaho } from './paho.ts';
import { testPki, writeCredentials } from './pki.ts';
import { accepts } from './port-open.ts';
import { connectRaw } from './raw-client.ts';
import { skipReason, without } from './require-tool.ts';
import { tempDir } from './temp-dir.ts';
import { DeadlineError, waitFor, within } from './wait.ts';

const mosquitto = without('mosquitto', 'mosquitto_passwd');
const clients = without('mosquitto', 'mosquitto_pub', 'mosquitto_sub', 'stdbuf');

const CONNECT_311 = Buffer.from('101000044d5154540402003c000472617731', 'hex');

const BROKERS = [
  { name: 'mosquitto', version: 4, skip: mosquitto, start: startMosquitto },
  { name: 'mosquitto', version: 5, skip: mosquitto, start: startMosquitto },
  { name: 'aedes', version: 4, skip: false, start: startAedes },
] as const;

for (const { name, version, skip, start } of BROKERS) {
  test(`MQTT.js ${version} exchanges messages through ${name}`, { skip }, async () => {
    await using broker: Broker = await start();
    await using subscriber = await connectMqtt({ port: broker.port, clientId: 'sub', version });
    await using publisher = await connectMqtt({ port: broker.port, clientId: 'pub', version });
    assert.deepEqual(await subscriber.subscribe(['a/#', 'b'], 1), [1, 1]);
    assert.equal(await publisher.publish('a/1', 'one', { qos: 1 }), 0);
    assert.equal(await publisher.publish('b', 'two', { qos: 2 }), 0);
    const messages = await subscriber.messages(2);
    assert.deepEqual(
      messages.map(({ topic, payload, qos }) => `${topic} ${payload} ${qos}`),
      ['a/1 one 1', 'b two 1'],
    );
  });

  test(`a killed ${name} closes its clients and comes back on its port (MQTT.js ${version})`, { skip }, async () => {
    await using broker: Broker = await start();
    const { port } = broker;
    await using client = await connectMqtt({ port, clientId: 'c', version });
    await broker.kill();
    await client.waitClosed();
    assert.equal(await accepts(port), false);
    await broker.restart();
    assert.equal(broker.port, port);
    await using again = await connectMqtt({ port, clientId: 'c', version });
    assert.equal(again.connack?.cmd, 'connack');
    await broker.stop();
    await again.waitClosed();
  });
}

test('a paused mosquitto answers only after resume', { skip: mosquitto }, async () => {
  await using broker = await startMosquitto();
  await using client = await connectMqtt({ port: broker.port, clientId: 'c' });
  broker.pause();
  const answered = client.publish('t', 'x', { qos: 1 });
  await assert.rejects(within('an answer', answered, 100), DeadlineError);
  broker.resume();
  assert.equal(await answered, 16, 'no matching subscribers');
});

test('refusals of mosquitto arrive as codes: password, denied publish, denied filter', {
  skip: mosquitto,
}, async () => {
  await using dir = tempDir();
  const acl = dir.write('acl', 'user alice\ntopic readwrite alice/#\n');
  await using broker = await startMosquitto({ passwords: { alice: 'secret' }, config: [`acl_file ${acl}`] });
  const { port } = broker;
  const refused = connectMqtt({ port, clientId: 'c', more: { username: 'alice', password: 'wrong' } });
  await assert.rejects(refused, (error) => error instanceof ConnectError && error.reasonCode === 135);
  await using alice = await connectMqtt({ port, clientId: 'c', more: { username: 'alice', password: 'secret' } });
  assert.equal(await alice.publish('bob/1', 'x', { qos: 1 }), 135);
  assert.deepEqual(await alice.subscribe(['alice/#', 'a/+'], 2), [2, 2], 'mosquitto checks filters on delivery');
});

test('connecting to nobody is a ConnectError without a code', async () => {
  const refused = connectMqtt({ port: await freePort(), clientId: 'c' });
  await assert.rejects(refused, (error) => error instanceof ConnectError && error.reasonCode === undefined);
});

test('mutual TLS: MQTT.js, mosquitto_pub, mosquitto_sub and paho reach the TLS listener', {
  skip: clients || withoutPaho(),
}, async () => {
  const pki = await testPki();
  await using dir = tempDir();
  await using broker = await startMosquitto({ tls: { ...(await pki.server()), ca: pki.ca } });
  const port = broker.tlsPort;
  const device = await pki.device('pump-1');
  const tls = writeCredentials(dir, 'pump-1', device);
  await using first = await connectMqtt({ port, clientId: 'js', version: 4, tls: device });
  await first.subscribe('t/#', 1);
  await using sub = await mosquittoSub({ port, clientId: 'cli-sub', topic: 't/#', qos: 1, tls });
  assert.deepEqual(sub.granted, [1]);
  const published = await mosquittoPub({ port, clientId: 'cli-pub', topic: 't/cli', message: 'hello', qos: 1, tls });
  assert.equal(published.code, 0);
  assert.match(published.output, /received PUBACK/);
  for (const version of [4, 5] as const) {
    const clientId = `paho-${version}`;
    const topic = `t/${clientId}`;
    const result = await paho({
      port,
      clientId,
      version,
      tls,
      subscribe: [[topic, 1]],
      publish: [[topic, 'hi', 1]],
      expect: 1,
    });
    assert.deepEqual(result, { connack: 0, granted: [1], acknowledged: 1, messages: [[topic, 'hi', 1]] });
  }
  assert.deepEqual(await sub.waitMessages(3), ['1 t/cli hello', '1 t/paho-4 hi', '1 t/paho-5 hi']);
  assert.equal((await first.messages(3)).length, 3);
  await using outsider = await connectRaw({ port, tls: { ca: pki.ca } });
  await outsider.write(CONNECT_311);
  assert.equal((await outsider.waitClosed()).length, 0, 'without a certificate nothing comes back');
});

test('a raw client sends bytes and keeps the answer', async () => {
  await using broker = await startAedes();
  await using client = await connectRaw({ port: broker.port });
  assert.equal(await client.write(CONNECT_311), true);
  assert.deepEqual(await client.bytes(4), Buffer.from('20020000', 'hex'));
  assert.equal(broker.connections, 1);
  await client.write(Buffer.from('ffff', 'hex'));
  assert.equal((await client.waitClosed()).length, 4);
});

test('waiting names what did not happen', async () => {
  await assert.rejects(
    waitFor('the moon', () => false, 20),
    /^DeadlineError: the moon: not within 20 ms$|the moon/,
  );
});

test('a missing tool is a reason to skip, and an error where nothing may be skipped', (t) => {
  const before = process.env['CI'];
  t.after(() => {
    if (before === undefined) delete process.env['CI'];
    else process.env['CI'] = before;
  });
  delete process.env['CI'];
  assert.equal(without('sh'), false);
  assert.equal(without('sh', 'no-such-tool'), 'not installed: no-such-tool');
  process.env['CI'] = 'true';
  assert.equal(skipReason([]), false);
  assert.throws(() => without('no-such-tool'), /not installed: no-such-tool/);
});
