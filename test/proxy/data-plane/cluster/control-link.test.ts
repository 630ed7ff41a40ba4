import assert from 'node:assert/strict';
import test from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { API } from '../../../../adapters/kafka/apis/index.ts';
import { frameResponse } from '../../../../adapters/kafka/codec/message.ts';
import type { ApiVersionsRequest } from '../../../../adapters/kafka/codec/schemas/api-versions.ts';
import type { MetadataRequest } from '../../../../adapters/kafka/codec/schemas/metadata.ts';
import { Cluster } from '../../../../proxy/data-plane/cluster/cluster.ts';
import { VERSION } from '../../../../proxy/shared/version.ts';
import { DrivenTiming } from '../../../support/driven-timing.ts';
import { freePort } from '../../../support/free-port.ts';
import { testPki } from '../../../support/pki.ts';
import { waitFor, within } from '../../../support/wait.ts';
import { asked } from './support/callbacks.ts';
import { FakeBroker, fakeCluster, type Received } from './support/fake-broker.ts';
import { ObservedCluster } from './support/observed-cluster.ts';

const PAUSE = 100;

test('ApiVersions comes first and says who asks; then the brokers, in the newest version of both', async () => {
  await using broker = await FakeBroker.start(fakeCluster(), 1);
  using gate = await new ObservedCluster([broker]).up();
  const [versions, metadata] = broker.requests as [Received, Received];
  assert.deepEqual([versions.api.key, versions.clientId], [API.apiVersions, 'headgate']);
  const { clientSoftwareName, clientSoftwareVersion } = versions.body as ApiVersionsRequest;
  assert.deepEqual([clientSoftwareName, clientSoftwareVersion], ['headgate', VERSION]);
  assert.deepEqual([metadata.api.key, metadata.version], [API.metadata, 13]);
  const { topics, allowAutoTopicCreation } = metadata.body as MetadataRequest;
  assert.deepEqual([topics, allowAutoTopicCreation], [[], false]);
  assert.deepEqual(gate.cluster.brokers(), [{ node: 1, host: '127.0.0.1', port: broker.port, rack: null }]);
  assert.deepEqual([gate.states, gate.failures], [[true], []]);
});

test('an older broker is asked in its own newest version', async () => {
  await using broker = await FakeBroker.start(fakeCluster(), 1);
  broker.metadata = [0, 9];
  using _gate = await new ObservedCluster([broker]).up();
  assert.equal(broker.requests[1]?.version, 9);
});

test('a broker that does not know our ApiVersions is asked in version 0', async () => {
  await using broker = await FakeBroker.start(fakeCluster(), 1);
  broker.script = ({ api, version, correlationId }) => {
    if (api.key !== API.apiVersions || version === 0) return undefined;
    const apiKeys = [{ apiKey: API.apiVersions, minVersion: 0, maxVersion: 0 }];
    return frameResponse(api, 0, correlationId, { errorCode: 35, apiKeys });
  };
  using gate = await new ObservedCluster([broker]).up();
  assert.deepEqual(
    broker.requests.map(({ api, version }) => [api.key, version]),
    [
      [API.apiVersions, 3],
      [API.apiVersions, 0],
      [API.metadata, 13],
    ],
  );
  assert.deepEqual(gate.failures, []);
});

test('a broker that says nothing is left after ten seconds', async () => {
  const cluster = fakeCluster();
  await using silent = await FakeBroker.start(cluster, 1);
  await using good = await FakeBroker.start(cluster, 2);
  silent.script = () => 'nothing';
  using gate = new ObservedCluster([silent, good]);
  gate.cluster.start();
  await waitFor('it was asked', () => silent.requests.length === 1 && gate.timing.set.includes(10_000));
  gate.timing.advance(9999);
  assert.deepEqual(gate.failures, []);
  gate.timing.advance(1);
  await waitFor('the other one answered', () => gate.cluster.state === 'up');
  assert.deepEqual(gate.failures, ['deadline']);
});

test('a dead first broker is no hindrance', async () => {
  await using good = await FakeBroker.start(fakeCluster(), 1);
  using gate = await new ObservedCluster([await freePort(), good]).up();
  assert.deepEqual([gate.failures, gate.states], [['dial'], [true]]);
});

test('no broker at all: down, with the reason; attempts go on with longer and longer pauses', async () => {
  const port = await freePort();
  using gate = await new ObservedCluster([port]).down();
  assert.equal(gate.cluster.state, 'down');
  assert.match(gate.cluster.lastError, new RegExp(`127\\.0\\.0\\.1:${port}: ECONNREFUSED`));
  const pauses: number[] = [];
  for (let round = 2; round <= 9; round++) {
    const [pause = 0] = gate.timing.set;
    pauses.push(pause);
    gate.timing.advance(pause - 1);
    assert.equal(gate.states.length, round - 1);
    gate.timing.advance(1);
    await waitFor(`round ${round}`, () => gate.states.length === round && gate.timing.set.length > 0);
  }
  assert.deepEqual(pauses, [100, 200, 400, 800, 1600, 3200, 5000, 5000]);
  assert.ok(gate.states.every((up) => !up));
});

test('chance is in the pause', async () => {
  using gate = new ObservedCluster([await freePort()]);
  gate.timing.chance = 0.5;
  await gate.down();
  assert.deepEqual(gate.timing.set, [150]);
});

test('a broker that comes up later is found, and what was before is forgotten', async () => {
  const port = await freePort();
  using gate = await new ObservedCluster([port]).down(3);
  await using broker = await FakeBroker.start(fakeCluster(), 1, { port });
  gate.timing.advance(10_000);
  await waitFor('up', () => gate.cluster.state === 'up');
  assert.deepEqual(gate.states, [false, false, false, true]);
  broker.drop();
  await waitFor('the shortest pause', () => gate.timing.set[0] === PAUSE);
  await broker[Symbol.asyncDispose]();
  gate.timing.advance(PAUSE);
  await waitFor('down again', () => gate.cluster.state === 'down');
  await waitFor('the shortest pause again', () => gate.timing.set[0] === PAUSE);
});

test('a lost connection is made anew after a short pause, and is not called down', async () => {
  await using broker = await FakeBroker.start(fakeCluster(), 1);
  using gate = await new ObservedCluster([broker]).up();
  gate.timing.advance(20_000);
  broker.drop();
  await waitFor('the pause began', () => gate.timing.set.includes(PAUSE));
  assert.equal(gate.cluster.state, 'up');
  gate.timing.advance(PAUSE);
  await waitFor('a new connection', () => gate.states.length === 2);
  assert.deepEqual([gate.states, gate.failures, broker.connections], [[true, true], ['closed'], 2]);
});

test('a connection that is lost over and over is made anew ever more seldom, until one lasts', async () => {
  await using broker = await FakeBroker.start(fakeCluster(), 1);
  using gate = await new ObservedCluster([broker]).up();
  for (const [i, pause] of [100, 200, 400].entries()) {
    broker.drop();
    await waitFor(`pause ${i}`, () => gate.timing.set.length === 1 && gate.timing.set[0] === pause);
    gate.timing.advance(pause);
    await waitFor(`connection ${i}`, () => gate.states.length === i + 2);
  }
  gate.timing.advance(10_000);
  broker.drop();
  await waitFor('the shortest pause', () => gate.timing.set[0] === PAUSE);
});

test('the broker that was lost is tried last', async () => {
  const cluster = fakeCluster();
  await using one = await FakeBroker.start(cluster, 1);
  await using two = await FakeBroker.start(cluster, 2);
  using gate = await new ObservedCluster([one, two]).up();
  one.drop();
  await waitFor('the pause began', () => gate.timing.set.includes(PAUSE));
  gate.timing.advance(PAUSE);
  await waitFor('the other one', () => two.connections === 1 && gate.states.length === 2);
  assert.equal(one.connections, 1);
});

test('brokers that were learned are reached when the bootstrap list is gone', async () => {
  const cluster = fakeCluster();
  await using learned = await FakeBroker.start(cluster, 2);
  const bootstrap = await FakeBroker.start(cluster, 1);
  using gate = await new ObservedCluster([bootstrap]).up();
  await bootstrap[Symbol.asyncDispose]();
  await waitFor('the pause began', () => gate.timing.set.includes(PAUSE));
  gate.timing.advance(PAUSE);
  await waitFor('the learned one', () => gate.states.length === 2);
  assert.equal(learned.connections, 1);
});

test('the brokers are asked for again after each interval', async () => {
  const cluster = fakeCluster();
  await using broker = await FakeBroker.start(cluster, 1);
  using gate = await new ObservedCluster([broker], { metadataInterval: 7000 }).up();
  for (const round of [2, 3]) {
    await waitFor('the interval began', () => gate.timing.set.includes(7000));
    cluster.brokers.set(round, { host: `b${round}`, port: 9092 });
    gate.timing.advance(6999);
    assert.equal(gate.cluster.topology.brokers.has(round), false);
    gate.timing.advance(1);
    await waitFor('the brokers were asked for', () => gate.cluster.topology.brokers.has(round));
  }
  assert.deepEqual(broker.asked, ['brokers', 'brokers', 'brokers']);
  await waitFor('the interval began', () => gate.timing.set.includes(7000));
  gate.timing.advance(3500);
  await within(
    'a list',
    asked((done) => gate.cluster.describeAll(done)),
  );
  assert.deepEqual(gate.timing.set, [7000]);
  gate.timing.advance(3500);
  await turn();
  assert.equal(broker.asked.length, 4, 'any answer begins the interval anew');
});

test('mutual TLS to the broker, and no plain word before it', async () => {
  const pki = await testPki();
  const [server, client] = [await pki.server(), await pki.device('headgate')];
  const tls = { cert: server.cert, key: server.key, ca: client.ca, requestCert: true, rejectUnauthorized: true };
  await using broker = await FakeBroker.start(fakeCluster(), 1, { tls });
  const material = { pins: [], ca: server.ca, certificate: client.cert, key: client.key };
  using gate = await new ObservedCluster([broker], { tls: material }).up();
  assert.deepEqual(gate.states, [true]);
});

test('a broker that does not accept our certificate, and one that we do not accept', async () => {
  const pki = await testPki();
  const [server, stranger] = [await pki.server(), await pki.foreigner('headgate')];
  const tls = { cert: server.cert, key: server.key, ca: server.ca, requestCert: true, rejectUnauthorized: true };
  await using broker = await FakeBroker.start(fakeCluster(), 1, { tls });
  const refused = { pins: [], ca: server.ca, certificate: stranger.cert, key: stranger.key };
  using theirs = await new ObservedCluster([broker], { tls: refused }).down();
  // Node's server ends such a connection after the handshake, without an alert.
  assert.deepEqual([theirs.states, theirs.failures, broker.requests], [[false], ['closed'], []]);
  using ours = await new ObservedCluster([broker], { tls: { pins: [], ca: pki.foreign.cert } }).down();
  assert.deepEqual([ours.states, ours.failures, broker.requests], [[false], ['dial'], []]);
});

test('a fault of ours is told, costs the connection and not the link', async () => {
  await using broker = await FakeBroker.start(fakeCluster(), 1);
  const timing = new DrivenTiming();
  const faults: unknown[] = [];
  const fault = new Error('a fault');
  const upstream = {
    bootstrap: [{ host: '127.0.0.1', port: broker.port }],
    connectTimeout: 5000,
    metadataInterval: 30_000,
  };
  const cluster = new Cluster(upstream, timing, {
    state: () => {},
    failed: () => {},
    answered: () => {
      if (faults.length === 0) throw fault;
    },
    fault: (error) => faults.push(error),
  });
  cluster.start();
  await waitFor('the pause', () => timing.set.length === 1 && timing.set[0] === PAUSE);
  await waitFor('the connection is closed', () => broker.sockets.size === 0);
  timing.advance(PAUSE);
  await waitFor('up', () => cluster.state === 'up');
  assert.deepEqual(faults, [fault]);
  cluster.close();
});

test('closing ends the connection, the timers and the attempts', async () => {
  await using broker = await FakeBroker.start(fakeCluster(), 1);
  using gate = await new ObservedCluster([broker]).up();
  gate.cluster.close();
  await waitFor('the connection is closed', () => broker.sockets.size === 0);
  assert.deepEqual([gate.timing.set, gate.states, gate.failures], [[], [true], []]);
  gate.timing.advance(60_000);
  assert.equal(broker.connections, 1);
});

for (const [when, part] of Object.entries({
  'while a broker is dialled': { dialling: true },
  'in a pause': { dialling: false },
})) {
  test(`closing ${when} leaves nothing behind`, async () => {
    using gate = new ObservedCluster([await freePort()]);
    if (part.dialling) gate.cluster.start();
    else await gate.down();
    const { length } = gate.states;
    gate.cluster.close();
    await waitFor('no timer is left', () => gate.timing.set.length === 0);
    gate.timing.advance(60_000);
    await turn();
    assert.deepEqual([gate.states.length, gate.failures.length], [length, length]);
  });
}
