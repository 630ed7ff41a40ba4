import assert from 'node:assert/strict';
import test from 'node:test';
import { Cluster } from '../../../../proxy/data-plane/cluster/cluster.ts';
import { ClusterSet } from '../../../../proxy/data-plane/cluster/cluster-set.ts';
import type { KafkaUpstream } from '../../../../proxy/shared/listener-plan.ts';
import { DrivenTiming } from '../../../support/driven-timing.ts';
import { freePort } from '../../../support/free-port.ts';
import { counter } from './support/callbacks.ts';

const OBSERVER = { state: () => {}, failed: () => {}, answered: () => {}, fault: () => {} };

function upstream(port: number, part: Partial<KafkaUpstream> = {}): KafkaUpstream {
  return { bootstrap: [{ host: '127.0.0.1', port }], connectTimeout: 1000, metadataInterval: 30_000, ...part };
}

/** Clusters that note when they are started and closed. */
function setUp() {
  const [started, closed] = [counter(), counter()];
  class Noted extends Cluster {
    override start(): void {
      started.done();
    }
    override close(): void {
      closed.done();
    }
  }
  const set = new ClusterSet((_listener, target) => new Noted(target, new DrivenTiming(), OBSERVER));
  return { set, started, closed };
}

test('the same listener with the same upstream keeps its cluster', async () => {
  const { set, started, closed } = setUp();
  const port = await freePort();
  const before = set.acquire('orders', upstream(port));
  const after = set.acquire('orders', upstream(port));
  assert.equal(after.cluster, before.cluster);
  before.release();
  before.release();
  assert.deepEqual([started.calls, closed.calls, set.size], [1, 0, 1]);
  after.release();
  assert.deepEqual([closed.calls, set.size], [1, 0]);
});

const CHANGES: Record<string, Partial<KafkaUpstream>> = {
  'another bootstrap list': { bootstrap: [{ host: '127.0.0.1', port: 1 }] },
  TLS: { tls: { ca: 'pem', pins: [] } },
  'another interval': { metadataInterval: 1000 },
};

for (const [what, change] of Object.entries(CHANGES)) {
  test(`${what} makes a new cluster; the old one goes with its last use`, async () => {
    const { set, closed } = setUp();
    const port = await freePort();
    const before = set.acquire('orders', upstream(port));
    const after = set.acquire('orders', upstream(port, change));
    assert.notEqual(after.cluster, before.cluster);
    before.release();
    assert.deepEqual([closed.calls, set.size], [1, 1]);
  });
}

test('two listeners have two clusters, even with one upstream', async () => {
  const { set } = setUp();
  const port = await freePort();
  assert.notEqual(set.acquire('a', upstream(port)).cluster, set.acquire('b', upstream(port)).cluster);
});

test('a cluster that was closed is not handed out again', async () => {
  const { set, started } = setUp();
  const port = await freePort();
  const first = set.acquire('orders', upstream(port));
  first.release();
  assert.notEqual(set.acquire('orders', upstream(port)).cluster, first.cluster);
  assert.equal(started.calls, 2);
});

test('closing closes all; leases that are left do no harm', async () => {
  const { set, closed } = setUp();
  const port = await freePort();
  const lease = set.acquire('a', upstream(port));
  set.acquire('b', upstream(port));
  set.close();
  assert.deepEqual([closed.calls, set.size], [2, 0]);
  const anew = set.acquire('a', upstream(port));
  lease.release();
  assert.equal(set.size, 1);
  anew.release();
});
