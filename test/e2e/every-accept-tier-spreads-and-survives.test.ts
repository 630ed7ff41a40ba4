/** How connections reach the workers: exact balance, two address families, a port that is taken, descriptors that run out. */
import assert from 'node:assert/strict';
import { connect as connectTcp, type Socket } from 'node:net';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { openLog } from '../../proxy/control-plane/telemetry/log.ts';
import { startGate } from '../../proxy/gate.ts';
import { startAedes } from '../support/aedes.ts';
import { Child, runChild } from '../support/child.ts';
import { freePort } from '../support/free-port.ts';
import { writeGate } from '../support/gate-config.ts';
import { startMosquitto } from '../support/mosquitto.ts';
import { mosquittoPub } from '../support/mosquitto-clients.ts';
import { connectMqtt } from '../support/mqtt-client.ts';
import { startObservedGate } from '../support/observed-gate.ts';
import { paho, withoutPaho } from '../support/paho.ts';
import { testPki, writeCredentials } from '../support/pki.ts';
import { connectRaw, type RawClient } from '../support/raw-client.ts';
import { without } from '../support/require-tool.ts';
import { tempDir } from '../support/temp-dir.ts';
import { waitFor } from '../support/wait.ts';

const pki = await testPki();
const PROGRAM = join(import.meta.dirname, '../../bin/headgate.mjs');
const hasIpv6 = Object.values(networkInterfaces()).some((list) => list?.some(({ address }) => address === '::1'));
const silent = () => openLog({ level: 'error', format: 'json' }, { write: () => {} });

for (const workers of [2, 4]) {
  test(`transfer gives ${workers} workers the same number of connections, also when they come all at once`, async () => {
    await using gate = await startObservedGate({ broker: 1, more: { workers, accept: 'transfer' } });
    assert.equal(gate.metric('headgate_accept_tier', { tier: 'transfer' }), 1);
    const tls = await pki.device('pump-1');
    const loads = () => Array.from({ length: workers }, (_, i) => gate.gauge(i, 'live'));
    const clients = await Promise.all(Array.from({ length: 20 }, () => connectRaw({ port: gate.port(), tls })));
    assert.deepEqual(loads(), Array(workers).fill(20 / workers));
    for (const client of clients.splice(0)) await client[Symbol.asyncDispose]();
    await gate.idle();
    // All connections of one worker leave: the next ones go there until the balance is exact again.
    const onFirst: RawClient[] = [];
    for (let i = 0; i < workers * 4; i++) {
      const before = gate.gauge(0, 'live');
      const client = await connectRaw({ port: gate.port(), tls });
      (gate.gauge(0, 'live') > before ? onFirst : clients).push(client);
    }
    assert.equal(onFirst.length, 4);
    for (const client of onFirst) await client[Symbol.asyncDispose]();
    await waitFor('them to be gone', () => gate.gauge(0, 'live') === 0);
    for (let i = 0; i < 4; i++) clients.push(await connectRaw({ port: gate.port(), tls }));
    assert.deepEqual(loads(), Array(workers).fill(4));
    for (const client of clients) await client[Symbol.asyncDispose]();
  });
}

for (const { accept, workers, tier } of [
  { accept: 'single', workers: 1, tier: 'single' },
  { accept: 'auto', workers: 0, tier: 'single' },
  { accept: 'auto', workers: 2, tier: 'transfer' },
  { accept: 'reuse-port', workers: 2, tier: process.platform === 'linux' ? 'reuse-port' : 'transfer' },
]) {
  test(`accept: ${accept} with ${workers} workers is the tier ${tier}; it serves, reloads, and a second instance is refused`, async () => {
    await using broker = await startAedes();
    await using dir = tempDir();
    const port = await freePort();
    const options = { broker: broker.port, port, more: { workers, accept } };
    await using gate = await startObservedGate(options);
    assert.equal(gate.metric('headgate_accept_tier', { tier }), 1);
    const tls = await pki.device('pump-1');
    const clients = await Promise.all(Array.from({ length: 8 }, () => connectRaw({ port, tls })));
    await waitFor('all of them', () => gate.total('sessions') === 8);
    for (const client of clients) await client[Symbol.asyncDispose]();
    const file = await writeGate(dir, options);
    await assert.rejects(
      startGate({ file, log: silent() }),
      new RegExp(`cannot listen on 127\\.0\\.0\\.1:${port}: EADDRINUSE`),
    );
    gate.configure({ ...options, more: { ...options.more, maxConnections: 500 } });
    assert.deepEqual((await gate.gate.reload()).errors, []);
    await using device = await connectMqtt({ port, clientId: 'pump-1', version: 4, tls });
    await device.publish('plant/p1/pump-1/t', 'x', { qos: 1 });
  });
}

test('a second process on the same port ends with 1 and clear words', async () => {
  await using dir = tempDir();
  const port = await freePort();
  await using _gate = await startObservedGate({ broker: 1, port });
  const file = await writeGate(dir, { broker: 1, port, more: { workers: 2 } });
  const { code, stderr } = await runChild(process.execPath, [PROGRAM, 'run', '--config', file]);
  assert.equal(code, 1);
  assert.match(stderr, new RegExp(`headgate.*cannot start: cannot listen on 127\\.0\\.0\\.1:${port}: EADDRINUSE`));
});

for (const workers of [0, 2]) {
  test(`IPv4 and IPv6 at once with ${workers} workers, each with its own address in the events`, {
    skip: !hasIpv6 && 'this machine has no ::1',
  }, async () => {
    await using broker = await startAedes();
    const listen = ['127.0.0.1:0', '[::1]:0'];
    await using gate = await startObservedGate({ broker: broker.port, listener: { listen }, more: { workers } });
    const bound = gate.gate.addresses('mqtt');
    assert.deepEqual(
      bound.map(({ host }) => host),
      ['127.0.0.1', '::1'],
    );
    const tls = await pki.device('pump-1');
    for (const { host, port } of bound) {
      await using device = await connectMqtt({ host, port, clientId: 'pump-1', version: 4, tls });
      await device.publish(`elsewhere/${host}`, 'x', { qos: 1 });
      const event = await waitFor('the event', () =>
        gate.gate.hub.query().find(({ resource }) => resource === `elsewhere/${host}`),
      );
      assert.ok(event.peer.includes(host), event.peer);
    }
  });
}

for (const workers of [0, 2]) {
  test(`descriptors that run out bring ${workers} workers not down, and they recover`, {
    skip: without('bash'),
  }, async () => {
    await using dir = tempDir();
    await using broker = await startAedes();
    const port = await freePort();
    const listener = { admission: { exempt: ['127.0.0.0/8'] }, timeouts: { handshake: '30s' } };
    const file = await writeGate(dir, { broker: broker.port, port, listener, more: { workers } });
    const command = `ulimit -n ${workers === 0 ? 64 : 96}; exec "$@"`;
    await using gate = new Child('bash', ['-c', command, 'bash', process.execPath, PROGRAM, 'run', '--config', file]);
    await gate.printed('"listening"');
    const sockets = new Set<Socket>();
    for (let i = 0; i < 150; i++) {
      const socket = connectTcp({ port, host: '127.0.0.1' });
      socket.on('error', () => {}); // refused ones are what this is about
      sockets.add(socket);
    }
    await waitFor('descriptors to run out', () => [...sockets].some((socket) => socket.destroyed) || settled(sockets));
    const tls = await pki.device('pump-1');
    await assert.rejects(connectMqtt({ port, clientId: 'pump-1', version: 4, tls, deadline: 1500 }));
    assert.equal(gate.alive, true);
    for (const socket of sockets) socket.destroy();
    const device = await waitFor('the gate to recover', () =>
      connectMqtt({ port, clientId: 'pump-1', version: 4, tls, deadline: 2000 }).catch(() => undefined),
    );
    assert.equal(await device.publish('plant/p1/pump-1/t', 'x', { qos: 1 }), 0);
    await device[Symbol.asyncDispose]();
    assert.equal((await gate.end('SIGTERM')).code, 0);
  });
}

/** All have an answer of the kernel: connected or refused. */
function settled(sockets: ReadonlySet<Socket>): boolean {
  return [...sockets].every((socket) => !socket.connecting);
}

test('mosquitto_pub and paho reach mosquitto through four workers', {
  skip: without('mosquitto', 'mosquitto_pub') || withoutPaho(),
}, async () => {
  await using broker = await startMosquitto();
  await using gate = await startObservedGate({ broker: broker.port, more: { workers: 4 } });
  const tls = writeCredentials(gate.dir, 'pump-1', await pki.device('pump-1'));
  const publish = {
    port: gate.port(),
    clientId: 'pump-1',
    topic: 'plant/p1/pump-1/t',
    message: 'x',
    qos: 1,
    tls,
  } as const;
  for (const version of [4, 5] as const) {
    assert.match((await mosquittoPub({ ...publish, version })).output, /received PUBACK/);
    const order = { port: gate.port(), clientId: 'pump-1', version, tls };
    assert.equal((await paho({ ...order, publish: [[publish.topic, 'x', 1]] })).acknowledged, 1);
  }
});
