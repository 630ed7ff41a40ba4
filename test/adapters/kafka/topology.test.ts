import assert from 'node:assert/strict';
import test from 'node:test';
import type { MetadataResponse } from '../../../adapters/kafka/codec/schemas/metadata.ts';
import { type Asked, ClusterTopology } from '../../../adapters/kafka/topology.ts';

const A = 'AAAAAAAAAAAAAAAAAAAAAQ';
const B = 'AAAAAAAAAAAAAAAAAAAAAg';
const ZERO = 'AAAAAAAAAAAAAAAAAAAAAA';

type Topic = [code: number, name: string | null, id?: string];

function answer(topics: Topic[], rest: Partial<MetadataResponse> = {}): MetadataResponse {
  return {
    brokers: [{ nodeId: 1, host: 'b1', port: 9092, rack: null }],
    clusterId: 'c1',
    controllerId: 1,
    topics: topics.map(([errorCode, name, topicId]) => ({
      errorCode,
      name,
      ...(topicId === undefined ? {} : { topicId }),
      partitions: [],
    })),
    ...rest,
  };
}

function learned(topics: Topic[], asked: Asked = 'all-topics'): ClusterTopology {
  const topology = new ClusterTopology();
  topology.learn(answer(topics), asked, 0);
  return topology;
}

test('a topic id is learned with its name', () => {
  const topology = learned([
    [0, 'orders', A],
    [0, 'bills', B],
  ]);
  assert.deepEqual([topology.nameOf(A), topology.nameOf(B), topology.knownIds], ['orders', 'bills', 2]);
});

/** What must not be believed, whoever answers it. */
const UNBELIEVED: Record<string, Topic> = {
  'an id that is echoed beside a name with error 42 (Metadata 10 and 11)': [42, 'allowed', A],
  'an id of a topic that may not be described': [29, 'orders', A],
  'an unknown id': [100, null, A],
  'an id whose topic is in trouble': [-1, 'orders', A],
  'an id without a name': [0, null, A],
  'an id with an empty name': [0, '', A],
  'an id with a name that no topic can have': [0, 'a b', A],
  'an id with a name that is too long': [0, 'a'.repeat(250), A],
  'an id with the name of a folder': [0, '..', A],
};

for (const [what, topic] of Object.entries(UNBELIEVED)) {
  test(`not learned: ${what}`, () => {
    const topology = learned([topic, [0, 'bills', B]]);
    assert.deepEqual([topology.nameOf(A), topology.nameOf(B), topology.topics?.names], [undefined, 'bills', ['bills']]);
  });
}

test('the zero id stands for no topic', () => {
  const topology = learned([[0, 'orders', ZERO]]);
  assert.equal(topology.nameOf(ZERO), undefined);
  assert.deepEqual(topology.topics?.names, ['orders']);
});

test('an id never changes its name: the first answer holds', () => {
  const topology = learned([
    [0, 'orders', A],
    [0, 'secrets', A],
  ]);
  topology.learn(answer([[0, 'secrets', A]]), [A], 1);
  assert.equal(topology.nameOf(A), 'orders');
});

test('a topic that was made anew has another id, and the old one keeps its name', () => {
  const topology = learned([[0, 'orders', A]]);
  topology.learn(answer([[0, 'orders', B]]), 'all-topics', 1);
  assert.deepEqual([topology.nameOf(A), topology.nameOf(B)], ['orders', 'orders']);
});

test('what was asked for and not told is unknown for two seconds', () => {
  const topology = new ClusterTopology();
  topology.learn(answer([[100, null, A]]), [A, B], 1000);
  for (const id of [A, B]) {
    assert.deepEqual(
      [topology.isUnknown(id, 1000), topology.isUnknown(id, 2999), topology.isUnknown(id, 3000)],
      [true, true, false],
    );
  }
});

test('what is known is never unknown, before or after', () => {
  const topology = new ClusterTopology();
  topology.learn(answer([]), [A], 0);
  topology.learn(answer([[0, 'orders', A]]), 'brokers', 1);
  assert.equal(topology.isUnknown(A, 1), false);
  topology.learnUnknown([A], 2);
  assert.equal(topology.isUnknown(A, 2), false);
});

test('an id that nobody asked for is not called unknown', () => {
  const topology = learned([[100, null, A]], 'brokers');
  assert.equal(topology.isUnknown(A, 0), false);
});

test('the list of topics is sorted as Kafka sorts: by UTF-16 code units; names are there once', () => {
  const topology = learned([
    [0, 'b'],
    [0, 'a.b'],
    [0, 'B'],
    [0, 'a-b'],
    [0, 'b'],
    [0, '_'],
  ]);
  assert.deepEqual(topology.topics, { names: ['B', '_', 'a-b', 'a.b', 'b'], time: 0 });
});

test('only a response with all topics is a list of topics', () => {
  const topology = new ClusterTopology();
  topology.learn(answer([[0, 'orders', A]]), [A], 5);
  assert.equal(topology.topics, null);
  topology.learn(answer([[0, 'bills', B]]), 'all-topics', 7);
  topology.learn(answer([]), 'brokers', 9);
  assert.deepEqual(topology.topics, { names: ['bills'], time: 7 });
});

test('brokers come, go and change their address', () => {
  const topology = new ClusterTopology();
  const brokers = (...list: [number, string, number][]) => {
    topology.learn(
      answer([], { brokers: list.map(([nodeId, host, port]) => ({ nodeId, host, port, rack: null })) }),
      'brokers',
      0,
    );
    return [...topology.brokers.values()].map(({ node, host, port }) => [node, host, port]);
  };
  assert.deepEqual(brokers([1, 'b1', 9092], [2, 'b2', 9092]).length, 2);
  assert.deepEqual(brokers([2, 'b2', 9192], [3, 'b3', 9092]), [
    [2, 'b2', 9192],
    [3, 'b3', 9092],
  ]);
});

test('a broker that knows no broker yet does not make the others forgotten', () => {
  const topology = learned([]);
  topology.learn(answer([], { brokers: [], controllerId: -1 }), 'brokers', 0);
  assert.deepEqual([topology.brokers.get(1)?.host, topology.controllerId], ['b1', 1]);
});

const UNUSABLE: Record<string, { nodeId: number; host: string; port: number }> = {
  'without a host': { nodeId: 2, host: '', port: 9092 },
  'with port 0': { nodeId: 2, host: 'b2', port: 0 },
  'with port 65536': { nodeId: 2, host: 'b2', port: 65_536 },
  'with a negative node id': { nodeId: -1, host: 'b2', port: 9092 },
};

for (const [what, broker] of Object.entries(UNUSABLE)) {
  test(`a broker ${what} is passed over`, () => {
    const topology = new ClusterTopology();
    const good = { nodeId: 1, host: 'b1', port: 9092, rack: 'r' };
    topology.learn(answer([], { brokers: [{ ...broker, rack: null }, good] }), 'brokers', 0);
    assert.deepEqual([...topology.brokers.values()], [{ node: 1, host: 'b1', port: 9092, rack: 'r' }]);
  });
}

test('a response that is an error as a whole teaches nothing', () => {
  const topology = new ClusterTopology();
  topology.learn(answer([[0, 'orders', A]], { errorCode: 129 }), 'all-topics', 0);
  assert.deepEqual(
    [topology.nameOf(A), topology.topics, topology.brokers.size, topology.clusterId],
    [undefined, null, 0, null],
  );
});

test('another cluster behind the address: what the old one said is forgotten', () => {
  const topology = learned([[0, 'orders', A]]);
  topology.learnUnknown([B], 0);
  topology.learn(answer([], { clusterId: 'c2' }), 'brokers', 1);
  assert.deepEqual(
    [topology.clusterId, topology.nameOf(A), topology.isUnknown(B, 1), topology.topics],
    ['c2', undefined, false, null],
  );
});

test('a response without a cluster id is one of the same cluster', () => {
  const topology = learned([[0, 'orders', A]]);
  topology.learn(answer([], { clusterId: null }), 'brokers', 1);
  assert.deepEqual([topology.clusterId, topology.nameOf(A)], ['c1', 'orders']);
});

test('the ids that were used last are kept when there are too many', () => {
  const id = (n: number) => n.toString().padStart(22, 'x');
  const topology = new ClusterTopology();
  for (let n = 0; n < 100_000; n += 1000) {
    const topics = Array.from({ length: 1000 }, (_, i): Topic => [0, `t${n + i}`, id(n + i)]);
    topology.learn(answer(topics), 'brokers', 0);
  }
  assert.equal(topology.nameOf(id(0)), 't0');
  topology.learn(answer([[0, 'orders', A]]), 'brokers', 0);
  assert.deepEqual(
    [topology.knownIds, topology.nameOf(id(0)), topology.nameOf(id(1)), topology.nameOf(A)],
    [100_000, 't0', undefined, 'orders'],
  );
});
