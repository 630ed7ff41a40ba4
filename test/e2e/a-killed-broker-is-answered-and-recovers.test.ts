/**
 * While the broker is down clients are told so and let go, not kept waiting; nothing that was
 * acknowledged is lost, and when the broker is back everything goes on by itself.
 */
import assert from 'node:assert/strict';
import test from 'node:test';
import { driveClock } from '../../proxy/shared/tables/index.ts';
import { freePort } from '../support/free-port.ts';
import { startTestGate, type TestGate } from '../support/gate.ts';
import { startMosquitto } from '../support/mosquitto.ts';
import { ConnectError, connectMqtt } from '../support/mqtt-client.ts';
import { startSink } from '../support/mqtt-sink.ts';
import { paho, withoutPaho } from '../support/paho.ts';
import { type Credentials, testPki, writeCredentials } from '../support/pki.ts';
import { without } from '../support/require-tool.ts';
import { tempDir } from '../support/temp-dir.ts';
import { waitFor } from '../support/wait.ts';

const skip = without('mosquitto');
const VERSIONS = [4, 5] as const;
const UNAVAILABLE = { 4: 3, 5: 0x88 } as const;
const SERVER_SHUTTING_DOWN = 0x8b;

async function assertUnavailable(gate: TestGate, version: 4 | 5, tls: Credentials): Promise<void> {
  await assert.rejects(
    connectMqtt({ port: gate.port(), clientId: 'pump-1', version, tls }),
    (error) => error instanceof ConnectError && error.reasonCode === UNAVAILABLE[version],
    `CONNACK ${UNAVAILABLE[version]}`,
  );
}

for (const version of VERSIONS) {
  test(`headgate starts without a broker and serves MQTT ${version} as soon as there is one, again and again`, {
    skip,
  }, async () => {
    await using broker = await startMosquitto();
    await broker.kill();
    await using gate = await startTestGate({ broker: broker.port });
    const tls = await (await testPki()).device('pump-1');
    for (let round = 1; round <= 2; round++) {
      await assertUnavailable(gate, version, tls);
      const refusals = await waitFor('a rejection for each attempt', () => {
        const found = gate.gate.hub.query({ cause: 'upstream-down' });
        return found.reduce((sum, { count }) => sum + count, 0) >= round && found;
      });
      assert.equal(refusals[0]?.principal, 'pump-1');
      assert.equal(refusals[0]?.sent, version === 5 ? 'CONNACK 0x88' : 'CONNACK 3');
      await broker.restart();
      await using inside = await connectMqtt({ port: broker.port, clientId: 'inside', version: 4 });
      await inside.subscribe('#', 1);
      await using device = await connectMqtt({ port: gate.port(), clientId: 'pump-1', version, tls });
      assert.equal(await device.publish('plant/p1/pump-1/t', `round ${round}`, { qos: 1 }), 0);
      const [message] = await inside.messages(1);
      assert.equal(`${message?.payload}`, `round ${round}`);
      await broker.kill();
      await device.waitClosed();
      assert.equal(device.disconnectCode, version === 5 ? SERVER_SHUTTING_DOWN : undefined);
      await waitFor('a rejection for each session', () => {
        const found = gate.gate.hub.query({ cause: 'upstream-closed' });
        return found.reduce((sum, { count }) => sum + count, 0) >= round;
      });
    }
  });

  test(`a broker that accepts and does not answer is down too, MQTT ${version}`, async () => {
    await using mute = await startSink({ mute: true });
    await using gate = await startTestGate({ broker: mute.port });
    const clock = driveClock(gate.gate.shared);
    const tls = await (await testPki()).device('pump-1');
    const attempt = assertUnavailable(gate, version, tls);
    await waitFor('the CONNECT at the broker', () => (mute.connections[0]?.socket.bytesRead ?? 0) > 0);
    clock.advance(10_000);
    await attempt;
    const { reason } = await gate.rejection('upstream-down');
    assert.match(reason, /no CONNACK .* within 10000 ms/);
    await waitFor('the end of the upstream connection', () => mute.connections[0]?.ended);
  });

  test(`what was acknowledged is at the broker when it dies, MQTT ${version}`, async () => {
    await using sink = await startSink();
    await using gate = await startTestGate({ broker: sink.port });
    const tls = await (await testPki()).device('pump-1');
    await using device = await connectMqtt({ port: gate.port(), clientId: 'pump-1', version, tls });
    const broker = await sink.connection('pump-1');
    const acknowledged = new Set<string>();
    const settled: Promise<unknown>[] = [];
    for (let n = 0; n < 60; n++) {
      const payload = `message ${n}`;
      const done = device.publish('plant/p1/pump-1/t', payload, { qos: 1 });
      settled.push(
        done.then(
          () => acknowledged.add(payload),
          () => {},
        ),
      );
    }
    const arrived = (): string[] =>
      broker.packets.flatMap((packet) => (packet.cmd === 'publish' ? [`${packet.payload}`] : []));
    await waitFor('all messages at the broker', () => arrived().length === 60);
    // It acknowledges a part, then its machine is gone.
    const ids = broker.packets.flatMap((packet) => (packet.cmd === 'publish' ? [packet.messageId ?? 0] : []));
    for (const messageId of ids.slice(0, 25)) broker.send({ cmd: 'puback', messageId });
    await waitFor('the acknowledgements at the client', () => acknowledged.size === 25);
    broker.socket.resetAndDestroy();
    await device.waitClosed();
    await Promise.all(settled);
    assert.deepEqual([...acknowledged], arrived().slice(0, 25), 'the gate acknowledges nothing by itself');
  });
}

test('messages that mosquitto acknowledged in the middle of a stream outlive its restart', { skip }, async () => {
  await using dir = tempDir();
  const config = ['persistence true', `persistence_location ${dir.path}/`, 'max_queued_messages 0'];
  await using broker = await startMosquitto({ config });
  await using gate = await startTestGate({ broker: broker.port });
  const tls = await (await testPki()).device('pump-1');
  const durable = {
    port: broker.port,
    clientId: 'durable',
    more: { clean: false, properties: { sessionExpiryInterval: 3600 } },
  };
  {
    await using subscriber = await connectMqtt(durable);
    await subscriber.subscribe('#', 2);
  }
  const acknowledged = new Set<string>();
  for (let round = 0; round < 2; round++) {
    await using device = await connectMqtt({ port: gate.port(), clientId: 'pump-1', tls });
    let stopped: Promise<void> | undefined;
    for (let n = 0; !device.closed; n++) {
      const payload = `round ${round} message ${n}`;
      const qos = n % 2 === 0 ? 1 : 2;
      const code = await device.publish('plant/p1/pump-1/t', payload, { qos }).catch(() => undefined);
      if (code !== undefined && code < 0x80) acknowledged.add(payload);
      if (n === 100) stopped = broker.stop();
    }
    await stopped;
    assert.ok(acknowledged.size > 100 * (round + 1));
    await broker.restart();
  }
  await using subscriber = await connectMqtt(durable);
  await subscriber.messages(acknowledged.size);
  const arrived = new Set(subscriber.received.map(({ payload }) => `${payload}`));
  assert.deepEqual(
    [...acknowledged].filter((payload) => !arrived.has(payload)),
    [],
  );
});

test('the second address is used while the first is down, and the first again when it is back', {
  skip: skip || withoutPaho(),
}, async () => {
  await using first = await startMosquitto();
  await using second = await startMosquitto();
  const addresses = [`127.0.0.1:${first.port}`, `127.0.0.1:${second.port}`];
  await using gate = await startTestGate({ broker: first.port, listener: { upstream: { addresses } } });
  const tls = writeCredentials(gate.dir, 'pump-1', await (await testPki()).device('pump-1'));
  const topic = 'plant/p1/pump-1/t';
  const send = (payload: string) =>
    paho({ port: gate.port(), clientId: 'pump-1', version: 4, tls, publish: [[topic, payload, 1]] });
  await using atSecond = await connectMqtt({ port: second.port, clientId: 'inside' });
  await atSecond.subscribe('#', 1);
  await first.kill();
  assert.equal((await send('to the second')).acknowledged, 1);
  await atSecond.messages(1);
  await first.restart();
  await using atFirst = await connectMqtt({ port: first.port, clientId: 'inside' });
  await atFirst.subscribe('#', 1);
  assert.equal((await send('to the first')).acknowledged, 1);
  const [message] = await atFirst.messages(1);
  assert.equal(`${message?.payload}`, 'to the first');
  assert.equal(atSecond.received.length, 1);
  await first.kill();
  await second.kill();
  assert.deepEqual(await send('to nobody'), { connack: 3, granted: [], acknowledged: 0, messages: [] });
});

test('an address where nobody listens costs no rejection as long as another answers', async () => {
  await using sink = await startSink();
  const addresses = [`127.0.0.1:${await freePort()}`, `127.0.0.1:${sink.port}`];
  await using gate = await startTestGate({ broker: sink.port, listener: { upstream: { addresses } } });
  const tls = await (await testPki()).device('pump-1');
  await using device = await connectMqtt({ port: gate.port(), clientId: 'pump-1', tls });
  assert.equal(device.connack?.reasonCode, 0);
  await gate.gate.close();
  assert.deepEqual(gate.gate.hub.query(), []);
});
