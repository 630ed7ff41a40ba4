import assert from 'node:assert/strict';
import test from 'node:test';
import type { Cluster } from '../../../../proxy/data-plane/cluster/cluster.ts';
import { ClusterSet } from '../../../../proxy/data-plane/cluster/cluster-set.ts';
import { KafkaGate, type KafkaGatePlan } from '../../../../proxy/data-plane/cluster/kafka-gate.ts';

const BOOTSTRAP = [{ host: 'kafka-1', port: 9092 }];
const PLAN: KafkaGatePlan = {
  name: 'orders',
  upstream: { bootstrap: BOOTSTRAP, metadataInterval: 30_000, connectTimeout: 1000 },
  advertise: {
    host: 'gate.example.com',
    ports: { first: 9094, last: 9095 },
    bindPorts: { first: 9094, last: 9095 },
    firstNodeId: 1,
  },
  kafka: { memory: 1000, maxFrameSize: 400 },
  timeouts: { upstream: 20 },
};

/** Clusters that know node 1, and never answer for any other. */
function clusters(): { set: ClusterSet; closed: () => number } {
  let closed = 0;
  const cluster = {
    start() {},
    close: () => closed++,
    addressOf: (node: number) =>
      node === 1 ? Promise.resolve({ host: '10.0.0.1', port: 9092 }) : new Promise<undefined>(() => {}),
  };
  return { set: new ClusterSet(() => cluster as unknown as Cluster), closed: () => closed };
}

test('a client that means no broker gets the bootstrap list, one that means a broker gets that one', async () => {
  const gate = new KafkaGate(PLAN, clusters().set, 9093, 1);
  assert.deepEqual(await gate.target(undefined), {
    metadataInterval: 30_000,
    connectTimeout: 1000,
    addresses: BOOTSTRAP,
  });
  assert.deepEqual(await gate.target(1), {
    metadataInterval: 30_000,
    connectTimeout: 1000,
    addresses: [{ host: '10.0.0.1', port: 9092 }],
  });
});

test('a broker that cannot be learnt in time is a failure in words, not a wait without end', async () => {
  const gate = new KafkaGate(PLAN, clusters().set, 9093, 1);
  const target = await gate.target(2);
  assert.deepEqual('cause' in target && target.cause, 'upstream-down');
});

test('the memory is shared among the planes, and is enough for one frame at least', () => {
  for (const [planes, free] of [
    [1, 1000],
    [2, 500],
    [4, 400],
  ] as const) {
    const gate = new KafkaGate(PLAN, clusters().set, 9093, planes);
    assert.equal(gate.backend().memory.free, free);
    assert.equal(gate.backend().memory, gate.backend().memory, 'one for all sessions');
  }
});

test('the cluster is closed when neither a generation nor a session uses it', () => {
  const { set, closed } = clusters();
  const gate = new KafkaGate(PLAN, set, 9093, 1);
  const backend = gate.backend();
  gate.release();
  assert.equal(closed(), 0);
  backend.release();
  assert.equal(closed(), 1);
});

test('clients are told the gate’s own address for each broker', () => {
  const backend = new KafkaGate(PLAN, clusters().set, 9093, 1).backend();
  assert.deepEqual(backend.advertised(2), { host: 'gate.example.com', port: 9095 });
  assert.equal(backend.advertised(3), undefined);
});
