/**
 * A limit belongs to the principal: all its connections on all workers share one budget, which
 * holds within 2 %. What a client over its limit meets is what `onExceed` says, and nobody else
 * feels it.
 */
import assert from 'node:assert/strict';
import test from 'node:test';
import type { Packet } from 'mqtt-packet';
import { driveClock, GAUGE, openWorkers } from '../../proxy/shared/tables/index.ts';
import { startAedes } from '../support/aedes.ts';
import { startTestGate, type TestGate } from '../support/gate.ts';
import type { GateOptions, Section } from '../support/gate-config.ts';
import { mosquittoPub } from '../support/mosquitto-clients.ts';
import { ConnectError, connectMqtt, type TestClient } from '../support/mqtt-client.ts';
import { type SinkConnection, startSink } from '../support/mqtt-sink.ts';
import { paho, withoutPaho } from '../support/paho.ts';
import { testPki, writeCredentials } from '../support/pki.ts';
import { without } from '../support/require-tool.ts';
import { waitFor } from '../support/wait.ts';
import { workersLooked } from '../support/workers-looked.ts';

const VERSIONS = [4, 5] as const;
const TOLERANCE = 0.02;
const TOPIC = 'fleet/t';

/** A gate with 2 workers in which certificates of plant `fleet` are the principal of their name, with any client id. */
function fleet(limits: Section, workers = 2): Omit<GateOptions, 'broker'> {
  return {
    identities: [
      {
        name: 'fleet',
        when: { trust: 'devices', subject: { O: 'Acme' }, san: { uri: 'spiffe://acme/fleet/{device}' } },
        principal: '{device}',
        roles: ['fleet'],
      },
    ],
    roles: { fleet: { mqtt: { clientId: 'any', allow: [{ publish: 'fleet/#' }] }, limits } },
    more: { workers },
    listener: { mqtt: { receiveMaximum: 65535 } },
  };
}

/** Four connections of one principal, two on each worker. */
async function four(gate: TestGate, version: 4 | 5, stack: AsyncDisposableStack): Promise<TestClient[]> {
  const tls = await (await testPki()).device('truck', 'fleet');
  const clients: TestClient[] = [];
  for (let n = 0; n < 4; n++) {
    const more = { keepalive: 600 };
    clients.push(stack.use(await connectMqtt({ port: gate.port(), clientId: `c${n}`, version, tls, more })));
  }
  const workers = openWorkers(gate.gate.shared);
  assert.deepEqual([workers.get(0, GAUGE.live), workers.get(1, GAUGE.live)], [2, 2]);
  return clients;
}

function assertNear(actual: number, expected: number, what: string): void {
  assert.ok(Math.abs(actual - expected) <= expected * TOLERANCE, `${what}: ${actual} instead of ${expected}`);
}

for (const version of VERSIONS) {
  test(`publish with reject: 4 connections on 2 workers are granted the rate and the burst, MQTT ${version}`, async () => {
    await using sink = await startSink();
    await using gate = await startTestGate({
      broker: sink.port,
      ...fleet({ publish: '200/s', burst: '2s', onExceed: 'reject' }),
    });
    const clock = driveClock(gate.gate.shared);
    await using stack = new AsyncDisposableStack();
    const clients = await four(gate, version, stack);
    // Every message that arrives is acknowledged; every other one is answered by the gate.
    const granted = () => countPublishes(sink.connections.map((one) => one.packets));
    for (const one of sink.connections) acknowledge(one);
    for (let second = 0; second <= 4; second++) {
      // Over the limit with every client alone already in the first second.
      await Promise.all(
        clients.flatMap((client) => Array.from({ length: 150 }, () => client.publish(TOPIC, 'x', { qos: 1 }))),
      );
      assertNear(granted(), 400 + second * 200, `after ${second} s`);
      clock.advance(1000);
    }
    const rejection = await gate.rejection('limit-publish');
    assert.equal(rejection.principal, 'truck');
    assert.equal(rejection.sent, version === 5 ? 'PUBACK 0x97' : 'PUBACK');
  });

  test(`publish with throttle: the flood is spread over time, nothing is lost, MQTT ${version}`, async () => {
    await using sink = await startSink();
    await using gate = await startTestGate({ broker: sink.port, ...fleet({ publish: '500/s', burst: '1s' }) });
    const clock = driveClock(gate.gate.shared);
    await using stack = new AsyncDisposableStack();
    const clients = await four(gate, version, stack);
    const arrived = () => countPublishes(sink.connections.map((one) => one.packets));
    for (const client of clients) for (let n = 0; n < 750; n++) client.raw.publish(TOPIC, `${n}`);
    await spread(gate, clock, arrived, 500, 500, 3000);
    for (const { packets } of sink.connections) {
      const payloads = packets.flatMap((packet) => (packet.cmd === 'publish' ? [`${packet.payload}`] : []));
      assert.deepEqual(
        payloads,
        Array.from({ length: 750 }, (_, n) => `${n}`),
      );
    }
    assert.deepEqual(gate.gate.hub.query(), [], 'back-pressure is no rejection');
  });

  test(`bytes with throttle: the same for the bytes of what is published, MQTT ${version}`, async () => {
    await using sink = await startSink();
    await using gate = await startTestGate({ broker: sink.port, ...fleet({ bytes: '200KiB/s', burst: '1s' }) });
    const clock = driveClock(gate.gate.shared);
    await using stack = new AsyncDisposableStack();
    const clients = await four(gate, version, stack);
    const arrived = () => sink.connections.reduce((sum, { count }) => sum + count, 0);
    const payload = Buffer.alloc(1000);
    // Fixed header of 3 bytes, topic with its length, and in MQTT 5 the length of the properties.
    const size = 3 + 2 + TOPIC.length + (version === 5 ? 1 : 0) + payload.length;
    for (const client of clients) for (let n = 0; n < 250; n++) client.raw.publish(TOPIC, payload);
    await spread(gate, clock, arrived, 204_800, 204_800, 1000 * size);
  });

  test(`onExceed decides what one client over its limit sees, MQTT ${version}`, async (t) => {
    for (const onExceed of ['throttle', 'reject', 'disconnect'] as const) {
      for (const limit of [{ publish: '1/s' }, { bytes: '200B/s' }]) {
        const kind = 'publish' in limit ? 'publish' : 'bytes';
        await t.test(`${kind}, ${onExceed}`, async () => {
          await using sink = await startSink();
          const limits = { ...limit, burst: '1s', onExceed };
          await using gate = await startTestGate({ broker: sink.port, ...fleet(limits, 0) });
          const clock = driveClock(gate.gate.shared);
          const tls = await (await testPki()).device('truck', 'fleet');
          const more = { keepalive: 600 };
          await using client = await connectMqtt({ port: gate.port(), clientId: 'c', version, tls, more });
          acknowledge(await sink.connection('c'));
          clock.advance(60_000);
          const publish = () => client.publish(TOPIC, Buffer.alloc(150), { qos: 1 });
          assert.equal(await publish(), 0);
          const second = publish();
          const arrived = () => countPublishes(sink.connections.map((one) => one.packets));
          if (onExceed === 'throttle') {
            assert.equal(await second, 0, 'it is sent with the next token reserved');
            let answered = false;
            const third = publish().finally(() => {
              answered = true;
            });
            await workersLooked(gate);
            assert.equal(`${arrived()} ${answered}`, '2 false');
            clock.advance(1000);
            assert.equal(await third, 0);
            assert.deepEqual(gate.gate.hub.query(), []);
          } else if (onExceed === 'reject') {
            assert.equal(await second, version === 5 ? 0x97 : 0);
            const { cause, sent } = await gate.rejection(`limit-${kind}`);
            assert.equal(`${cause} ${sent}`, `limit-${kind} PUBACK${version === 5 ? ' 0x97' : ''}`);
            assert.equal(arrived(), 1);
            clock.advance(1000);
            assert.equal(await publish(), 0);
            assert.equal(arrived(), 2);
          } else {
            await assert.rejects(second);
            await client.waitClosed();
            const code = kind === 'publish' ? 0x96 : 0x97;
            assert.equal(client.disconnectCode, version === 5 ? code : undefined);
            const { sent } = await gate.rejection(`limit-${kind}`);
            assert.equal(sent, version === 5 ? `DISCONNECT 0x${code.toString(16)}` : undefined);
            assert.equal(arrived(), 1);
          }
        });
      }
    }
  });

  test(`one connection too many is refused with the code for it, MQTT ${version}`, async () => {
    await using sink = await startSink();
    await using gate = await startTestGate({ broker: sink.port, ...fleet({ connections: 4 }) });
    await using stack = new AsyncDisposableStack();
    const clients = await four(gate, version, stack);
    const tls = await (await testPki()).device('truck', 'fleet');
    const fifth = { port: gate.port(), clientId: 'fifth', version, tls };
    // On either worker.
    for (let n = 0; n < 2; n++) {
      await assert.rejects(
        connectMqtt(fifth),
        (error) => error instanceof ConnectError && error.reasonCode === (version === 5 ? 0x97 : 3),
      );
    }
    const { principal, sent } = await gate.rejection('limit-connections');
    assert.equal(`${principal} ${sent}`, `truck CONNACK ${version === 5 ? '0x97' : 3}`);
    assert.equal(sink.connections.length, 4, 'the broker was not dialled');
    // Another principal has connections of its own.
    await using _van = await connectMqtt({
      ...fifth,
      clientId: 'van',
      tls: await (await testPki()).device('van', 'fleet'),
    });
    await clients[0]?.end();
    await waitFor('the place to be free', () =>
      connectMqtt(fifth).then(
        (client) => client.end().then(() => true),
        () => false,
      ),
    );
  });

  test(`handshakes above the limit are refused whatever the worker, MQTT ${version}`, async () => {
    await using sink = await startSink();
    await using gate = await startTestGate({ broker: sink.port, ...fleet({ handshakes: '6/min' }) });
    const clock = driveClock(gate.gate.shared);
    const tls = await (await testPki()).device('truck', 'fleet');
    const options = { port: gate.port(), clientId: 'c', version, tls };
    for (let n = 0; n < 6; n++) await (await connectMqtt(options)).end();
    const refused = (error: unknown) =>
      error instanceof ConnectError && error.reasonCode === (version === 5 ? 0x9f : 3);
    for (let n = 0; n < 2; n++) await assert.rejects(connectMqtt(options), refused);
    assert.equal((await gate.rejection('limit-handshakes')).principal, 'truck');
    assert.equal(sink.connections.length, 6);
    clock.advance(10_000);
    await (await connectMqtt(options)).end();
    await assert.rejects(connectMqtt(options), refused);
  });
}

test('a client that stands still at its limit does not slow another one on the same worker', async () => {
  await using broker = await startAedes();
  await using gate = await startTestGate({ broker: broker.port, ...fleet({ publish: '10/s' }, 0) });
  const clock = driveClock(gate.gate.shared);
  const pki = await testPki();
  const port = gate.port();
  await using inside = await connectMqtt({ port: broker.port, clientId: 'inside', version: 4 });
  await inside.subscribe('#', 1);
  const limited = await pki.device('truck', 'fleet');
  await using slow = await connectMqtt({ port, clientId: 'slow', version: 4, tls: limited });
  await using free = await connectMqtt({ port, clientId: 'pump-1', version: 4, tls: await pki.device('pump-1') });
  for (let n = 0; n < 2000; n++) slow.raw.publish(TOPIC, Buffer.alloc(1000));
  const from = (topic: string) => inside.received.filter((message) => message.topic === topic).length;
  await waitFor('the limited client to reach its limit', () => from(TOPIC) >= 10);
  for (let n = 0; n < 300; n++) assert.equal(await free.publish('plant/p1/pump-1/t', `${n}`, { qos: 1 }), 0);
  await waitFor('all messages of the other client', () => from('plant/p1/pump-1/t') === 300);
  assert.ok(from(TOPIC) <= 11, `${from(TOPIC)} of the limited client while its clock stood still`);
  clock.advance(1000);
  await waitFor('the limited client to go on', () => from(TOPIC) >= 20);
});

test('mosquitto_pub and paho are told that they are over the limit', {
  skip: without('mosquitto_pub') || withoutPaho(),
}, async () => {
  await using sink = await startSink();
  const limits = { publish: '1/min', burst: '1min', onExceed: 'reject', connections: 1 };
  await using gate = await startTestGate({ broker: sink.port, ...fleet(limits, 0) });
  driveClock(gate.gate.shared);
  const pki = await testPki();
  const device = await pki.device('truck', 'fleet');
  const port = gate.port();
  const tls = writeCredentials(gate.dir, 'truck', device);
  {
    await using first = await connectMqtt({ port, clientId: 'c', tls: device });
    acknowledge(await sink.connection('c'));
    assert.equal(await first.publish(TOPIC, 'x', { qos: 1 }), 0);
    for (const version of VERSIONS) {
      const refused = await paho({ port, clientId: 'd', version, tls });
      assert.equal(refused.connack, version === 5 ? 0x97 : 3);
    }
  }
  const published = await mosquittoPub({ port, clientId: 'c', topic: TOPIC, message: 'm', qos: 1, tls });
  assert.match(published.output, /received PUBACK \(Mid: 1, RC:151\)/);
});

const countPublishes = (connections: readonly (readonly Packet[])[]): number =>
  connections.reduce((sum, packets) => sum + packets.filter(({ cmd }) => cmd === 'publish').length, 0);

/** The broker acknowledges every message of QoS 1 as it comes. */
function acknowledge(connection: SinkConnection): void {
  let done = 0;
  connection.socket.on('data', () => {
    const { packets } = connection;
    for (const packet of packets.slice(done)) {
      if (packet.cmd === 'publish' && packet.qos === 1) {
        connection.send({ cmd: 'puback', messageId: packet.messageId ?? 0 });
      }
    }
    done = packets.length;
  });
}

/** Moves the clock until `total` has arrived, and holds every second against burst and rate. */
async function spread(
  gate: TestGate,
  clock: ReturnType<typeof driveClock>,
  arrived: () => number,
  burst: number,
  rate: number,
  total: number,
): Promise<void> {
  for (let second = 0; ; second++) {
    const expected = Math.min(total, burst + second * rate);
    await waitFor(`${expected} after ${second} s`, () => arrived() >= expected * (1 - TOLERANCE));
    await workersLooked(gate);
    assertNear(arrived(), expected, `after ${second} s`);
    if (expected === total) break;
    clock.advance(1000);
  }
  // Leases that lie idle in a worker may cost the last few up to the tolerance.
  clock.advance(1000);
  await waitFor('the last ones', () => arrived() === total);
}
