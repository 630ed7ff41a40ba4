/**
 * A device whose network died reconnects while its old connection still stands at the gate and at
 * the broker. With `connections: 1` it gets in all the same, whichever worker holds the old one;
 * another identity does not get in with its client id.
 */
import assert from 'node:assert/strict';
import test from 'node:test';
import { GAUGE, openWorkers } from '../../proxy/shared/tables/index.ts';
import { startTestGate, type TestGate } from '../support/gate.ts';
import type { GateOptions } from '../support/gate-config.ts';
import { type Mosquitto, startMosquitto } from '../support/mosquitto.ts';
import { mosquittoPub } from '../support/mosquitto-clients.ts';
import { ConnectError, connectMqtt, type TestClient } from '../support/mqtt-client.ts';
import { startSink } from '../support/mqtt-sink.ts';
import { paho, withoutPaho } from '../support/paho.ts';
import { testPki, writeCredentials } from '../support/pki.ts';
import { without } from '../support/require-tool.ts';
import { waitFor } from '../support/wait.ts';

const skip = without('mosquitto', 'mosquitto_pub');
const VERSIONS = [4, 5] as const;
const WORKERS = 2;

const GATE: Omit<GateOptions, 'broker'> = {
  device: { limits: { connections: 1 } },
  identities: [
    {
      // May call itself anything, so also what a device is called.
      name: 'tools',
      when: { trust: 'devices', subject: { O: 'Acme' }, san: { uri: 'spiffe://acme/tools/{tool}' } },
      principal: '{tool}',
      roles: ['tool'],
    },
  ],
  roles: { tool: { mqtt: { clientId: 'any', allow: [{ publish: 'tools/#' }] } } },
  more: { workers: WORKERS },
};

/** Connections that each worker holds, and how many it was ever given. */
const gauge = (gate: TestGate, which: 'live' | 'received'): number[] =>
  Array.from({ length: WORKERS }, (_, worker) => openWorkers(gate.gate.shared).get(worker, GAUGE[which]));
const live = (gate: TestGate): number => gauge(gate, 'live').reduce((sum, count) => sum + count);

/** Index of the worker that took the connection which `connect` makes. */
async function workerOf<T>(gate: TestGate, connect: () => Promise<T>): Promise<{ worker: number; client: T }> {
  const before = gauge(gate, 'received');
  const client = await connect();
  const worker = gauge(gate, 'received').findIndex((count, n) => count > (before[n] as number));
  return { worker, client };
}

/** The network of the client is gone: it reads and sends nothing more, and nobody is told. */
function cut(client: TestClient): void {
  client.raw.stream.pause();
}

async function publishes(broker: Mosquitto, device: TestClient, topic: string): Promise<void> {
  await using inside = await connectMqtt({ port: broker.port, clientId: `inside-${topic.replaceAll('/', '-')}` });
  await inside.subscribe(topic, 1);
  assert.equal(await device.publish(topic, 'back', { qos: 1 }), 0);
  await inside.messages(1);
}

for (const version of VERSIONS) {
  for (const place of ['the same worker', 'the other worker'] as const) {
    test(`MQTT ${version}: back in although the old connection lives on ${place}`, { skip }, async () => {
      const pki = await testPki();
      await using broker = await startMosquitto();
      await using gate = await startTestGate({ broker: broker.port, ...GATE });
      await using stack = new AsyncDisposableStack();
      const port = gate.port();
      const tls = await pki.device('pump-1');
      const connect = () => connectMqtt({ port, clientId: 'pump-1', version, tls });

      const old = await workerOf(gate, async () => stack.use(await connect()));
      if (place === 'the same worker') {
        // The acceptor takes the worker with the fewest connections: fill the other one.
        const filler = await pki.device('filler', 'tools');
        for (let n = 0; gauge(gate, 'live')[1 - old.worker] !== 2; n++) {
          stack.use(await connectMqtt({ port, clientId: `filler-${n}`, tls: filler }));
        }
      }
      const others = live(gate) - 1;
      cut(old.client);
      const back = await workerOf(gate, async () => stack.use(await connect()));
      if (place === 'the same worker') assert.equal(back.worker, old.worker);
      else assert.equal(back.worker, 1 - old.worker);

      await publishes(broker, back.client, 'plant/p1/pump-1/t');
      old.client.raw.stream.resume();
      await old.client.waitClosed();
      await waitFor('the old connection to leave the gate', () => live(gate) === others + 1);
      await publishes(broker, back.client, 'plant/p1/pump-1/u');
      assert.equal(back.client.closed, false);
      assert.deepEqual(gate.gate.hub.query({ cause: 'limit-connections' }), []);
    });
  }

  test(`MQTT ${version}: again and again, and the one connection is counted right`, { skip }, async () => {
    const pki = await testPki();
    await using broker = await startMosquitto();
    await using gate = await startTestGate({ broker: broker.port, ...GATE });
    await using stack = new AsyncDisposableStack();
    const tls = await pki.device('pump-1');
    const connect = async () => stack.use(await connectMqtt({ port: gate.port(), clientId: 'pump-1', version, tls }));
    const clients: TestClient[] = [];
    for (let n = 0; n < 8; n++) {
      const client = await connect();
      cut(client);
      clients.push(client);
    }
    const last = clients.pop() as TestClient;
    last.raw.stream.resume();
    await publishes(broker, last, 'plant/p1/pump-1/t');
    for (const client of clients) client.raw.stream.resume();
    for (const client of clients) await client.waitClosed();
    await waitFor('one connection at the gate', () => live(gate) === 1);
    await publishes(broker, last, 'plant/p1/pump-1/u');
    await last.end();
    await waitFor('no connection at the gate', () => live(gate) === 0);
    const after = await connect();
    await publishes(broker, after, 'plant/p1/pump-1/v');
  });

  test(`MQTT ${version}: another identity with that client id is refused before the broker is dialled`, async () => {
    const pki = await testPki();
    await using sink = await startSink();
    await using gate = await startTestGate({ broker: sink.port, ...GATE });
    await using device = await connectMqtt({
      port: gate.port(),
      clientId: 'pump-1',
      version,
      tls: await pki.device('pump-1'),
    });
    const thief = { port: gate.port(), clientId: 'pump-1', version, tls: await pki.device('wrench', 'tools') };
    // On either worker.
    for (let n = 0; n < 2; n++) {
      await using _other = await connectMqtt({ ...thief, clientId: `other-${n}` });
      await assert.rejects(
        connectMqtt(thief),
        (error) => error instanceof ConnectError && error.reasonCode === (version === 5 ? 0x85 : 2),
      );
    }
    const rejection = await gate.rejection('client-id-taken');
    assert.equal(rejection.principal, 'wrench');
    assert.equal(rejection.identity, 'tools');
    assert.equal(rejection.clientId, 'pump-1');
    const asked = sink.connections.filter(({ connect }) => connect?.clientId === 'pump-1');
    assert.equal(asked.length, 1, 'only the device itself reached the broker');
    assert.equal(sink.connections.length, 3);
    assert.equal(device.closed, false);
  });
}

test('a broker that does not end the old session: the gate does, and the will is not its business', async () => {
  const pki = await testPki();
  await using sink = await startSink();
  await using gate = await startTestGate({ broker: sink.port, ...GATE });
  const tls = await pki.device('pump-1');
  await using old = await connectMqtt({ port: gate.port(), clientId: 'pump-1', tls });
  const before = await sink.connection('pump-1');
  await using back = await connectMqtt({ port: gate.port(), clientId: 'pump-1', tls });
  await old.waitClosed();
  assert.equal(old.disconnectCode, 0x8e);
  await waitFor('the end of the old upstream connection', () => before.closed || before.ended);
  assert.equal(before.count, 0, 'no DISCONNECT in the name of the old session');
  assert.equal((await gate.rejection('taken-over')).principal, 'pump-1');
  assert.equal(back.closed, false);
});

test('mosquitto_pub and paho get in over a connection that died', { skip: skip || withoutPaho() }, async () => {
  const pki = await testPki();
  await using broker = await startMosquitto();
  await using gate = await startTestGate({ broker: broker.port, ...GATE });
  const device = await pki.device('pump-1');
  await using old = await connectMqtt({ port: gate.port(), clientId: 'pump-1', tls: device });
  cut(old);
  const tls = writeCredentials(gate.dir, 'pump-1', device);
  const common = { port: gate.port(), clientId: 'pump-1', tls } as const;
  const topic = 'plant/p1/pump-1/t';
  for (const version of VERSIONS) {
    const published = await mosquittoPub({ ...common, version, topic, message: 'm', qos: 1 });
    assert.equal(published.code, 0, published.output);
    const result = await paho({ ...common, version, publish: [[topic, 'p', 1]] });
    assert.equal(result.acknowledged, 1);
  }
});
