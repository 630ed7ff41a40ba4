import assert from 'node:assert/strict';
import test from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { API } from '../../../../adapters/kafka/apis/index.ts';
import { freePort } from '../../../support/free-port.ts';
import { waitFor, within } from '../../../support/wait.ts';
import { asked, counter } from './support/callbacks.ts';
import { FakeBroker, fakeCluster } from './support/fake-broker.ts';
import { ObservedCluster } from './support/observed-cluster.ts';

const A = 'AAAAAAAAAAAAAAAAAAAAAQ';
const B = 'AAAAAAAAAAAAAAAAAAAAAg';
const C = 'AAAAAAAAAAAAAAAAAAAAAw';

/** One broker, up, with the topics `orders` (A) and `bills` (B). */
async function oneBroker() {
  const state = fakeCluster();
  state.topics.set('orders', A).set('bills', B);
  const broker = await FakeBroker.start(state, 1);
  const gate = await new ObservedCluster([broker]).up();
  const { cluster } = gate;
  const dispose = async () => {
    gate[Symbol.dispose]();
    await broker[Symbol.asyncDispose]();
  };
  return { state, broker, gate, cluster, [Symbol.asyncDispose]: dispose };
}

test('a topic id is looked up', async () => {
  await using t = await oneBroker();
  await within(
    'the answer',
    asked((done) => t.cluster.resolveTopics([A], done)),
  );
  assert.equal(t.cluster.topology.nameOf(A), 'orders');
  assert.deepEqual(t.broker.asked, ['brokers', [A]]);
});

test('what is asked in one turn is one request, and all are called back', async () => {
  await using t = await oneBroker();
  const resolve = (...ids: string[]) => asked((done) => t.cluster.resolveTopics(ids, done));
  // Microtasks run between the reads of several connections in one turn.
  const all = [[A], [A, B], [B], [C]].map(async (ids, i) => {
    for (let n = 0; n < i * 20; n++) await undefined;
    return resolve(...ids);
  });
  await within('the answers', Promise.all(all));
  assert.deepEqual(t.broker.asked, ['brokers', [A, B, C]]);
});

test('what is asked while it is looked up joins; what is new is asked next', async () => {
  await using t = await oneBroker();
  t.broker.script = ({ api }) => (api.key === API.metadata ? 'nothing' : undefined);
  const [first, folded, later] = [counter(), counter(), counter()];
  t.cluster.resolveTopics([A], first.done);
  await waitFor('the question', () => t.broker.asked.length === 2);
  t.cluster.resolveTopics([A], folded.done);
  t.cluster.resolveTopics([B], later.done);
  await turn();
  assert.equal(t.broker.asked.length, 2);
  const [socket] = t.broker.sockets;
  t.broker.script = () => undefined;
  socket?.write(t.broker.reply(t.broker.requests.at(-1) as (typeof t.broker.requests)[0]));
  await waitFor('all answers', () => later.calls === 1);
  assert.deepEqual([first.calls, folded.calls, t.broker.asked], [1, 1, ['brokers', [A], [B]]]);
});

test('an id that the cluster does not know is unknown for a while, then asked for again', async () => {
  await using t = await oneBroker();
  const resolve = () =>
    within(
      'the answer',
      asked((done) => t.cluster.resolveTopics([C], done)),
    );
  await resolve();
  assert.deepEqual(
    [t.cluster.topology.nameOf(C), t.cluster.topology.isUnknown(C, t.gate.timing.now())],
    [undefined, true],
  );
  await resolve();
  assert.equal(t.broker.asked.length, 2);
  t.state.topics.set('new', C);
  t.gate.timing.advance(2000);
  await resolve();
  assert.equal(t.cluster.topology.nameOf(C), 'new');
});

test('a poisoned answer teaches nothing: the id of one topic beside the name of another, with an error', async () => {
  await using t = await oneBroker();
  t.broker.script = (request) => {
    if (t.broker.asked.length < 2 || request.api.key !== API.metadata) return undefined;
    const topics = [{ errorCode: 42, name: 'orders', topicId: C, isInternal: false, partitions: [] }];
    return t.broker.metadataReply(request, { topics });
  };
  await within(
    'the answer',
    asked((done) => t.cluster.resolveTopics([C], done)),
  );
  assert.deepEqual([t.cluster.topology.nameOf(C), t.cluster.topology.isUnknown(C, 0)], [undefined, true]);
});

test('brokers without topic ids know none, and are not asked', async () => {
  const state = fakeCluster();
  await using broker = await FakeBroker.start(state, 1);
  broker.metadata = [0, 11];
  using gate = await new ObservedCluster([broker]).up();
  await within(
    'the answer',
    asked((done) => gate.cluster.resolveTopics([A], done)),
  );
  assert.deepEqual([gate.cluster.topology.isUnknown(A, 0), broker.asked], [true, ['brokers']]);
});

test('the list of all topics is fetched once for all who ask, and again for who asks later', async () => {
  await using t = await oneBroker();
  const all = () => asked((done) => t.cluster.describeAll(done));
  await within('the answers', Promise.all([all(), all(), all()]));
  assert.deepEqual(
    [t.cluster.topology.topics?.names, t.broker.asked],
    [
      ['bills', 'orders'],
      ['brokers', 'all-topics'],
    ],
  );
  t.gate.timing.advance(1);
  t.state.topics.delete('orders');
  await within('the second answer', all());
  assert.deepEqual(t.cluster.topology.topics, { names: ['bills'], time: 1 });
});

test('a known broker is told without a question', async () => {
  await using t = await oneBroker();
  const address = await t.cluster.addressOf(1);
  assert.deepEqual([address?.host, address?.port, t.broker.asked], ['127.0.0.1', t.broker.port, ['brokers']]);
});

test('a broker that is not known yet is asked for once by all; one that does not exist is not told', async () => {
  await using t = await oneBroker();
  t.state.brokers.set(7, { host: 'b7', port: 9092 });
  const found = Promise.all([t.cluster.addressOf(7), t.cluster.addressOf(7), t.cluster.addressOf(8)]);
  const [seven, again, eight] = await within('the addresses', found);
  assert.deepEqual([seven?.host, again?.host, eight, t.broker.asked], ['b7', 'b7', undefined, ['brokers', 'brokers']]);
});

test('brokers go and change their address with any answer', async () => {
  await using t = await oneBroker();
  t.state.brokers.set(2, { host: 'b2', port: 9092 });
  await within(
    'the first list',
    asked((done) => t.cluster.describeAll(done)),
  );
  assert.equal((await t.cluster.addressOf(2))?.port, 9092);
  t.state.brokers.set(2, { host: 'b2', port: 9192 });
  await within(
    'the second list',
    asked((done) => t.cluster.describeAll(done)),
  );
  assert.equal((await t.cluster.addressOf(2))?.port, 9192);
  t.state.brokers.delete(2);
  await within(
    'the third list',
    asked((done) => t.cluster.describeAll(done)),
  );
  assert.equal(await t.cluster.addressOf(2), undefined);
  assert.deepEqual(
    t.cluster.brokers().map(({ node }) => node),
    [1],
  );
});

test('a question whose broker dies is asked of the next one', async () => {
  const state = fakeCluster();
  state.topics.set('orders', A);
  await using one = await FakeBroker.start(state, 1);
  await using _two = await FakeBroker.start(state, 2);
  using gate = await new ObservedCluster([one]).up();
  one.script = ({ api }) => (api.key === API.metadata ? 'close' : undefined);
  const answer = asked((done) => gate.cluster.resolveTopics([A], done));
  await waitFor('the pause', () => gate.timing.set.includes(100));
  gate.timing.advance(100);
  await within('the answer', answer);
  assert.equal(gate.cluster.topology.nameOf(A), 'orders');
});

/** Every way to ask; each calls back once. */
function askAll({ cluster }: ObservedCluster) {
  const [ids, list, address] = [counter(), counter(), counter()];
  cluster.resolveTopics([A], ids.done);
  cluster.describeAll(list.done);
  void cluster.addressOf(9).then(address.done);
  return () => [ids.calls, list.calls, address.calls];
}

test('who asks before the first connection waits for it', async () => {
  const state = fakeCluster();
  state.topics.set('orders', A);
  await using _broker = await FakeBroker.start(state, 1);
  using gate = new ObservedCluster([_broker]);
  const calls = askAll(gate);
  gate.cluster.start();
  await waitFor('all answers', () => calls().every((n) => n === 1));
  assert.equal(gate.cluster.topology.nameOf(A), 'orders');
});

test('when no broker can be reached, who waits goes on', async () => {
  using gate = new ObservedCluster([await freePort()]);
  const calls = askAll(gate);
  await gate.down();
  await waitFor('all are called back', () => calls().every((n) => n === 1));
});

test('a silent broker holds nobody longer than five seconds', async () => {
  await using t = await oneBroker();
  t.broker.script = () => 'nothing';
  const calls = askAll(t.gate);
  await waitFor('the question', () => t.broker.asked.length === 2);
  t.gate.timing.advance(4999);
  await turn();
  assert.deepEqual(calls(), [0, 0, 0]);
  t.gate.timing.advance(1);
  await waitFor('all are called back', () => calls().every((n) => n === 1));
});

test('closing calls back all who wait, once; who asks afterwards is called back too', async () => {
  await using t = await oneBroker();
  t.broker.script = () => 'nothing';
  const calls = askAll(t.gate);
  await waitFor('the question', () => t.broker.asked.length === 2);
  t.cluster.resolveTopics([B], () => {});
  t.cluster.close();
  t.cluster.close();
  assert.deepEqual(t.gate.timing.set, []);
  await waitFor('all are called back', () => calls().every((n) => n === 1));
  const after = askAll(t.gate);
  await waitFor('all are called back afterwards', () => after().every((n) => n === 1));
  t.gate.timing.advance(60_000);
  await turn();
  assert.deepEqual([calls(), after(), t.gate.timing.set], [[1, 1, 1], [1, 1, 1], []]);
});

test('nobody is called back within the call, whatever the state', async () => {
  await using t = await oneBroker();
  const check = () => {
    const one = counter();
    t.cluster.resolveTopics([A], one.done);
    t.cluster.resolveTopics([], one.done);
    t.cluster.describeAll(one.done);
    assert.equal(one.calls, 0);
    return one;
  };
  const open = check();
  await waitFor('three answers', () => open.calls === 3);
  t.cluster.close();
  const closed = check();
  await waitFor('three calls', () => closed.calls === 3);
});
