import assert from 'node:assert/strict';
import test from 'node:test';
import {
  createShared,
  GAUGE,
  type LimitHandle,
  openAddressBuckets,
  openClientIds,
  openLimits,
  openWorkers,
  releaseDead,
  type SharedState,
} from '../../../../proxy/shared/tables/index.ts';
import type { SharedLimits } from '../../../../proxy/shared/tables/types.ts';
import { Crew } from './support/crew.ts';

const limits: SharedLimits = { publish: { perSecond: 1000, burst: 1000 } };

function setUp(): SharedState {
  return createShared({ workers: 2, slots: 64, clientIds: 64, series: 32, addresses: 64 });
}

function acquire(state: SharedState, worker: number, principal: string, connections?: number): LimitHandle {
  const table = openLimits(state, worker);
  const handle = table.acquire('identity', principal, connections === undefined ? limits : { ...limits, connections });
  assert.ok(handle !== 'table-full');
  return handle;
}

function claimOf(handle: LimitHandle, clientId: string, principal: string) {
  return { listener: 'l', clientId, identity: 'identity', principal, session: 1, handle };
}

test('what a dead worker held is free: connections, references, client ids, gauges', () => {
  const state = setUp();
  const workers = openWorkers(state);
  const dead = acquire(state, 0, 'p', 2);
  const alive = acquire(state, 1, 'p', 2);
  const registry = openClientIds(state, 1);
  openClientIds(state, 0).claim(claimOf(dead, 'd', 'p'));
  assert.equal(alive.connect(), true);
  assert.deepEqual(registry.claim(claimOf(alive, 'e', 'p')), { result: 'connections' });
  workers.add(0, GAUGE.live, 5);
  workers.add(0, GAUGE.sent, 9);
  workers.beat(0, 77);
  workers.add(1, GAUGE.sent, 3);

  releaseDead(state, 0);
  assert.equal(alive.connections(), 1);
  assert.deepEqual(registry.claim(claimOf(alive, 'e', 'p')), { result: 'granted' });
  const other = acquire(state, 1, 'q');
  assert.deepEqual(registry.claim(claimOf(other, 'd', 'q')), { result: 'granted' });
  assert.deepEqual([workers.load(0), workers.get(0, GAUGE.live), workers.lastBeat(0)], [0, 0, undefined]);
  assert.equal(workers.load(1), 3);
});

test('a slot that only a dead worker held can be used again', () => {
  const state = createShared({ workers: 2, slots: 16, clientIds: 16, series: 32, addresses: 16 });
  const dead = openLimits(state, 0);
  for (let i = 0; i < 16; i++) {
    const handle = dead.acquire('identity', `p${i}`, {});
    assert.ok(handle !== 'table-full' && handle.connect());
  }
  const alive = openLimits(state, 1);
  assert.equal(alive.acquire('identity', 'q', limits), 'table-full');
  releaseDead(state, 0);
  assert.equal(alive.used(), 0);
  assert.notEqual(alive.acquire('identity', 'q', limits), 'table-full');
});

test('a session that was taken over from a dead worker keeps its count', () => {
  const state = setUp();
  const dead = acquire(state, 0, 'p', 1);
  const alive = acquire(state, 1, 'p', 1);
  const registry = openClientIds(state, 1);
  openClientIds(state, 0).claim(claimOf(dead, 'd', 'p'));
  assert.equal(registry.claim(claimOf(alive, 'd', 'p')).result, 'taken-over');
  releaseDead(state, 0);
  assert.equal(alive.connections(), 1);
  assert.equal(registry.release(claimOf(alive, 'd', 'p')), true);
  assert.equal(alive.connections(), 0);
});

for (const sealed of [false, true]) {
  test(`a worker that dies ${sealed ? 'behind' : 'before'} its commit leaves a whole table and a free lock`, async () => {
    const state = setUp();
    const words = new Int32Array(state.tables);
    const far = words.length - 1;
    await using crew = new Crew(state, 1);
    assert.equal(
      await crew.run(0, 'holdLockForEver', {
        writes: [
          [far, 5],
          [far - 1, 6],
        ],
        sealed,
      }),
      'begun',
    );
    await crew.terminate(0);
    releaseDead(state, 0);
    assert.deepEqual([words[far], words[far - 1]], sealed ? [5, 6] : [0, 0]);
    const handle = acquire(state, 1, 'p');
    assert.equal(handle.connect(), true);
  });
}

test('workers that are killed in the middle of everything leave tables that add up', async () => {
  for (let round = 0; round < 6; round++) {
    const state = setUp();
    await using crew = new Crew(state, 2);
    const key = { principal: 'p', limits };
    assert.deepEqual(await Promise.all([crew.run(0, 'stormForEver', key), crew.run(1, 'stormForEver', key)]), [
      'begun',
      'begun',
    ] as never);
    await crew.terminate(0);
    releaseDead(state, 0);
    await crew.terminate(1);
    releaseDead(state, 1);
    const table = openLimits(state, 0);
    assert.equal(table.used(), 0);
    const registry = openClientIds(state, 0);
    const handle = acquire(state, 0, 'stranger');
    for (let i = 0; i < 5; i++) {
      for (let j = 0; j < 7; j++) {
        assert.deepEqual(registry.claim(claimOf(handle, `id-${i}-${j}`, 'stranger')), { result: 'granted' });
      }
    }
    assert.equal(handle.connections(), 35);
    assert.equal(openAddressBuckets(state).take('192.0.2.7', 1, 1, 1e6), true);
  }
});

test('to release a worker that left nothing changes nothing', () => {
  const state = setUp();
  const handle = acquire(state, 1, 'p');
  handle.connect();
  releaseDead(state, 0);
  assert.equal(handle.connections(), 1);
  assert.throws(() => releaseDead(state, 2), RangeError);
});
