/** Killed, stuck or faulty: a data plane costs at most its own connections, and its place is taken again. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { openLimits } from '../../proxy/shared/tables/index.ts';
import { startAedes } from '../support/aedes.ts';
import { startMosquitto } from '../support/mosquitto.ts';
import { mosquittoPub } from '../support/mosquitto-clients.ts';
import { connectMqtt, type TestClient } from '../support/mqtt-client.ts';
import { type ObservedGate, startObservedGate } from '../support/observed-gate.ts';
import { paho, withoutPaho } from '../support/paho.ts';
import { testPki, writeCredentials } from '../support/pki.ts';
import { without } from '../support/require-tool.ts';
import { waitFor, within } from '../support/wait.ts';

const pki = await testPki();

/** Milliseconds: a heartbeat is missed after 5 s, looked at every 0.5 s. */
const STUCK = 12_000;

const LIMITED = { limits: { connections: 1 } };

async function device(gate: ObservedGate, name: string): Promise<TestClient> {
  return connectMqtt({ port: gate.port(), clientId: name, version: 4, tls: await pki.device(name) });
}

/** Connects until worker 0 and worker 1 have one session each; says who is where. */
async function oneOnEach(gate: ObservedGate): Promise<[TestClient, TestClient]> {
  const first = await device(gate, 'first');
  const worker = gate.gauge(0, 'sessions') === 1 ? 0 : 1;
  const second = await device(gate, 'second');
  assert.equal(gate.gauge(1 - worker, 'sessions'), 1, 'the acceptor gives the next one to the other worker');
  return worker === 0 ? [first, second] : [second, first];
}

const name = (client: TestClient): string => client.raw.options.clientId ?? '';
const publish = (client: TestClient): Promise<number> => client.publish(`plant/p1/${name(client)}/t`, 'x', { qos: 1 });

for (const { hook, reason, deadline } of [
  { hook: 'exit', reason: 'exit', deadline: undefined },
  { hook: 'loop', reason: 'heartbeat', deadline: STUCK },
] as const) {
  test(`a worker that meets ${hook} is replaced; the other one's connections live, client ids and limits are free at once`, async () => {
    await using broker = await startAedes();
    await using gate = await startObservedGate({ broker: broker.port, device: LIMITED, more: { workers: 2 } });
    const [lost, lives] = await oneOnEach(gate);
    await using _lost = lost;
    await using _lives = lives;
    assert.deepEqual([await publish(lost), await publish(lives)], [0, 0]);
    const before = {
      forwarded: gate.metric('headgate_publishes_forwarded_total'),
      accepted: gate.metric('headgate_connections_accepted_total'),
      handshakes: gate.metric('headgate_handshakes_total'),
    };
    assert.deepEqual(before, { forwarded: 2, accepted: 2, handshakes: 2 });

    gate.gate.planes.send(0, { type: 'test-hook', hook });
    await waitFor(
      'the replacement',
      () => gate.metric('headgate_worker_replacements_total', { reason }) === 1,
      deadline,
    );
    await lost.waitClosed();
    assert.equal(gate.gauge(0, 'live'), 0, 'what the dead worker held is given back');
    assert.equal(await publish(lives), 0);

    // The limit is one connection each: without the release these would be refused.
    await using back = await device(gate, name(lost));
    assert.equal(await publish(back), 0);
    await waitFor('both workers', () => gate.metric('headgate_workers_alive') === 2);
    await using third = await device(gate, 'third');
    assert.equal(await publish(third), 0);
    await using fourth = await device(gate, 'fourth');
    assert.equal(await publish(fourth), 0);
    assert.ok(gate.gauge(0, 'sessions') > 0, 'the new worker serves');
    assert.equal(gate.metric('headgate_publishes_forwarded_total'), before.forwarded + 4);
    assert.equal(gate.metric('headgate_handshakes_total'), before.handshakes + 3);
    assert.equal(gate.rejections('limit-connections') + gate.rejections('client-id-taken'), 0);
    assert.equal(lives.closed, false);
  });
}

test('a worker that dies again and again comes back each time, with the generation then in force', async () => {
  await using broker = await startAedes();
  await using gate = await startObservedGate({ broker: broker.port, more: { workers: 2 } });
  await using lives = await device(gate, 'lives');
  const worker = gate.gauge(0, 'sessions') === 1 ? 1 : 0;
  let forwarded = 0;
  for (let death = 1; death <= 3; death++) {
    gate.gate.planes.send(worker, { type: 'test-hook', hook: 'exit' });
    gate.configure({ broker: broker.port, more: { workers: 2, maxConnections: 100 + death } });
    await waitFor('the death', () => gate.metric('headgate_worker_replacements_total') === death);
    // A reload without the dead worker: it must come back with this generation.
    const reloaded = await gate.gate.reload();
    assert.deepEqual(reloaded.errors, []);
    await waitFor('both workers', () => gate.metric('headgate_workers_alive') === 2);
    assert.equal(await publish(lives), 0);
    const total = gate.metric('headgate_publishes_forwarded_total');
    assert.equal(total, ++forwarded, 'counters go on');
  }
  const clients = await Promise.all(['k1', 'k2', 'k3'].map((id) => device(gate, id)));
  await waitFor('sessions on the new worker', () => gate.gauge(worker, 'sessions') >= 1);
  for (const client of clients) await client[Symbol.asyncDispose]();
});

test('a reload that meets the death of a worker half-way ends in one generation everywhere', async () => {
  await using broker = await startAedes();
  await using gate = await startObservedGate({ broker: broker.port, more: { workers: 2 } });
  for (let turn = 1; turn <= 5; turn++) {
    gate.configure({ broker: broker.port, more: { workers: 2, maxConnections: 100 + turn } });
    gate.gate.planes.send(turn % 2, { type: 'test-hook', hook: 'exit' });
    await gate.gate.reload(); // may be refused: a worker it waited for ended
    await waitFor('the replacement', () => gate.metric('headgate_worker_replacements_total') === turn);
    await waitFor('both workers', () => gate.metric('headgate_workers_alive') === 2);
    const again = await gate.gate.reload();
    assert.deepEqual(again.errors, []);
    const clients = await Promise.all(['r1', 'r2', 'r3', 'r4'].map((id) => device(gate, `${id}-${turn}`)));
    for (const client of clients) assert.equal(await publish(client), 0);
    for (const client of clients) await client[Symbol.asyncDispose]();
  }
});

test('once a death is known no connection is lost while the replacement starts', async () => {
  await using broker = await startAedes();
  await using gate = await startObservedGate({ broker: broker.port, more: { workers: 2 } });
  for (let death = 1; death <= 3; death++) {
    gate.gate.planes.send(0, { type: 'test-hook', hook: 'exit' });
    await waitFor('the death', () => gate.metric('headgate_worker_replacements_total') === death);
    let served = 0;
    // On past its return: the first ones it is given are the critical ones.
    for (let after = 0; after < 5; after += gate.metric('headgate_workers_alive') === 2 ? 1 : 0) {
      await using client = await device(gate, `s${served++}`);
      assert.equal(await publish(client), 0);
    }
  }
});

test('workers that die during the drain do not keep the process', async () => {
  await using broker = await startAedes();
  const drain = { delay: '0s', deadline: '1h' };
  await using gate = await startObservedGate({ broker: broker.port, more: { workers: 2, drain } });
  const clients = await Promise.all(['d1', 'd2', 'd3', 'd4', 'd5', 'd6'].map((id) => device(gate, id)));
  const drained = gate.gate.drain();
  await waitFor('the drain to begin', () => clients.some(({ closed }) => closed));
  assert.ok(clients.some(({ closed }) => !closed));
  for (const worker of [0, 1]) gate.gate.planes.send(worker, { type: 'test-hook', hook: 'exit' });
  await within('the end of the drain', drained);
  for (const client of clients) await client.waitClosed();
});

test('a fault in the event loop of a worker is counted and costs no connection that was not at work', async () => {
  await using broker = await startAedes();
  await using gate = await startObservedGate({ broker: broker.port, more: { workers: 2 } });
  const [mine, others] = await oneOnEach(gate);
  await using _mine = mine;
  await using _others = others;
  for (let fault = 1; fault <= 3; fault++) {
    gate.gate.planes.send(0, { type: 'test-hook', hook: 'throw' });
    await waitFor(`fault ${fault}`, () => gate.metric('headgate_worker_errors_total', { worker: '0' }) === fault);
  }
  assert.equal(await publish(others), 0);
  assert.equal(gate.metric('headgate_worker_replacements_total'), 0);
  assert.match(String(gate.logged('a fault cost one connection')[0]?.['fault']), /test hook/);
  await using newcomer = await device(gate, 'newcomer');
  assert.equal(await publish(newcomer), 0);
  // At most the connection that ran last was lost, and then it was said.
  assert.ok(gate.rejections('internal-error') <= 1);
  assert.equal(mine.closed, gate.rejections('internal-error') === 1);
});

test('through mosquitto: mosquitto_pub and paho get in while a worker is dead', {
  skip: without('mosquitto', 'mosquitto_pub') || withoutPaho(),
}, async () => {
  await using broker = await startMosquitto();
  await using gate = await startObservedGate({ broker: broker.port, more: { workers: 2 } });
  const cli = writeCredentials(gate.dir, 'cli', await pki.device('cli'));
  const python = writeCredentials(gate.dir, 'python', await pki.device('python'));
  gate.gate.planes.send(0, { type: 'test-hook', hook: 'exit' });
  const { output } = await mosquittoPub({
    port: gate.port(),
    clientId: 'cli',
    topic: 'plant/p1/cli/t',
    message: 'x',
    qos: 1,
    tls: cli,
  });
  assert.match(output, /received PUBACK/);
  gate.gate.planes.send(1, { type: 'test-hook', hook: 'exit' });
  await waitFor('both to be replaced', () => gate.metric('headgate_worker_replacements_total') === 2);
  await waitFor('both workers', () => gate.metric('headgate_workers_alive') === 2);
  const result = await paho({
    port: gate.port(),
    clientId: 'python',
    tls: python,
    publish: [['plant/p1/python/t', 'x', 1]],
  });
  assert.equal(result.acknowledged, 1);
  assert.equal(openLimits(gate.gate.shared, 0).used(), 0, 'no slot of a dead worker stays taken');
});
