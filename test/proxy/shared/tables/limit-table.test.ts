import assert from 'node:assert/strict';
import test from 'node:test';
import {
  createShared,
  driveClock,
  type LimitHandle,
  type LimitTable,
  openLimits,
} from '../../../../proxy/shared/tables/index.ts';
import { Lock } from '../../../../proxy/shared/tables/lock.ts';
import { CONTROL } from '../../../../proxy/shared/tables/state.ts';
import type { SharedLimits } from '../../../../proxy/shared/tables/types.ts';

const T0 = 5_000;

function setUp(workers = 2, slots = 64) {
  const state = createShared({ workers, slots, clientIds: 64, series: 64, addresses: 64 });
  const clock = driveClock(state);
  clock.set(T0);
  const tables = Array.from({ length: workers }, (_, worker) => openLimits(state, worker));
  return { state, clock, tables, first: tables[0] as LimitTable, second: tables[1] as LimitTable };
}

function acquire(table: LimitTable, principal: string, limits: Partial<SharedLimits>): LimitHandle {
  const handle = table.acquire('devices', principal, limits);
  assert.ok(handle !== 'table-full');
  return handle;
}

test('what has no limit is granted', () => {
  const handle = acquire(setUp().first, 'p', {});
  for (const kind of ['publish', 'bytes', 'requests'] as const) assert.equal(handle.take(kind, 1e12, 0, T0), 0);
  assert.equal(handle.takeHandshake(T0), true);
  for (let i = 0; i < 100; i++) assert.equal(handle.connect(), true);
  assert.equal(handle.connections(), 100);
});

test('an empty bucket gives the wait, and refuses when it is too long without taking anything', () => {
  const handle = acquire(setUp().first, 'p', { publish: { perSecond: 10, burst: 2 } });
  assert.equal(handle.take('publish', 2, 0, T0), 0);
  assert.equal(handle.take('publish', 1, 99, T0), -1);
  assert.equal(handle.take('publish', 1, 100, T0), 100);
  assert.equal(handle.take('publish', 1, 199, T0), -1);
  assert.equal(handle.take('publish', 1, 200, T0), 200);
});

test('more than the burst is granted against a full bucket and charged in full', () => {
  const handle = acquire(setUp().first, 'p', { bytes: { perSecond: 1000, burst: 1000 } });
  assert.equal(handle.take('bytes', 5000, 0, T0), 0);
  assert.equal(handle.take('bytes', 1, 3999, T0), -1);
  assert.equal(handle.take('bytes', 1, 0, T0 + 4001), 0);
  assert.equal(handle.take('bytes', 5000, 0, T0 + 4001), -1);
});

test('a number of tokens that is none is an error, and gives nothing back', () => {
  const handle = acquire(setUp().first, 'p', { publish: { perSecond: 1, burst: 1000 } });
  for (const n of [-1, Number.NaN, Number.POSITIVE_INFINITY]) {
    assert.throws(() => handle.take('publish', n, 0, T0), RangeError);
  }
});

test('a key is one bucket on all workers, and different keys are different buckets', () => {
  const { first, second } = setUp();
  const limits = { requests: { perSecond: 1, burst: 1 } };
  assert.equal(acquire(first, 'p', limits).take('requests', 1, 0, T0), 0);
  assert.equal(acquire(second, 'p', limits).take('requests', 1, 0, T0), -1);
  assert.equal(acquire(second, 'q', limits).take('requests', 1, 0, T0), 0);
  const other = second.acquire('gateways', 'p', limits);
  assert.ok(other !== 'table-full');
  assert.equal(other.take('requests', 1, 0, T0), 0);
});

test('identity and principal cannot be shifted into each other', () => {
  const { first } = setUp();
  const limits: SharedLimits = { handshakes: { perSecond: 1, burst: 1 } };
  for (const [identity, principal] of [
    ['ab', 'c'],
    ['a', 'bc'],
    ['a', 'b\0c'],
    ['a\0b', 'c'],
    ['', 'abc'],
  ] as const) {
    const handle = first.acquire(identity, principal, limits);
    assert.ok(handle !== 'table-full');
    assert.equal(handle.takeHandshake(T0), true, `${identity}|${principal}`);
  }
});

test('connections of one worker share a handle until the last one lets go', () => {
  const { first } = setUp();
  const one = acquire(first, 'p', {});
  assert.equal(acquire(first, 'p', {}), one);
  one.release();
  assert.equal(acquire(first, 'p', {}), one);
  one.release();
  one.release();
  assert.notEqual(acquire(first, 'p', {}), one);
});

test('a lease that lies idle for 100 ms goes back, one in use does not', () => {
  const { first, second } = setUp();
  const limits = { publish: { perSecond: 0.001, burst: 1000 } };
  const one = acquire(first, 'p', limits);
  const two = acquire(second, 'p', limits);
  assert.equal(one.take('publish', 1, 0, T0), 0);
  assert.equal(two.take('publish', 990, 0, T0), 0);
  assert.equal(two.take('publish', 1, 0, T0), -1);
  first.sweep(T0 + 99);
  assert.equal(two.take('publish', 1, 0, T0), -1);
  first.sweep(T0 + 100);
  assert.equal(two.take('publish', 9, 0, T0), 0);
  assert.equal(one.take('publish', 1, 0, T0), -1);
});

test('the last release returns the lease', () => {
  const { first, second } = setUp();
  const limits = { publish: { perSecond: 0.001, burst: 1000 } };
  const one = acquire(first, 'p', limits);
  assert.equal(one.take('publish', 1, 0, T0), 0);
  one.release();
  assert.equal(acquire(second, 'p', limits).take('publish', 999, 0, T0), 0);
});

test('handshakes are never leased', () => {
  const { first, second } = setUp();
  const limits = { handshakes: { perSecond: 0.1, burst: 1000 } };
  const one = acquire(first, 'p', limits);
  const two = acquire(second, 'p', limits);
  assert.equal(one.takeHandshake(T0), true);
  let granted = 0;
  while (two.takeHandshake(T0)) granted++;
  assert.equal(granted, 999);
  assert.equal(one.takeHandshake(T0), false);
  assert.equal(one.takeHandshake(T0 + 10_000), true);
});

test('new limits hold at once and the bucket stays as empty as it was', () => {
  const { first } = setUp();
  const handle = acquire(first, 'p', { publish: { perSecond: 10, burst: 1000 }, connections: 1 });
  assert.equal(handle.take('publish', 1000, 0, T0), 0);
  assert.equal(handle.connect(), true);
  assert.equal(handle.connect(), false);
  handle.update({ publish: { perSecond: 100, burst: 1000 }, connections: 2 });
  assert.equal(handle.take('publish', 1, 0, T0), -1);
  assert.equal(handle.connect(), true);
  assert.equal(handle.connect(), false);
  handle.update({});
  assert.equal(handle.take('publish', 1e9, 0, T0), 0);
  assert.equal(handle.connect(), true);
});

test('a change of limits returns the lease at the old rate', () => {
  const { first, second } = setUp();
  const limits = { publish: { perSecond: 0.001, burst: 1000 } };
  const one = acquire(first, 'p', limits);
  assert.equal(one.take('publish', 1, 0, T0), 0);
  one.update({});
  assert.equal(acquire(second, 'p', limits).take('publish', 999, 0, T0), 0);
});

test('a bucket survives that nobody holds it', () => {
  const { first, second, clock } = setUp();
  const limits = { publish: { perSecond: 1, burst: 10 } };
  const one = acquire(first, 'p', limits);
  assert.equal(one.take('publish', 10, 0, T0), 0);
  one.release();
  clock.advance(5000);
  assert.equal(acquire(second, 'p', limits).take('publish', 6, 0, T0 + 5000), -1);
  assert.equal(acquire(second, 'p', limits).take('publish', 5, 0, T0 + 5000), 0);
});

test('a full table refuses, and a slot is free again when nobody holds it and its buckets are full', () => {
  const { first, clock } = setUp(1, 16);
  const limits = { publish: { perSecond: 1, burst: 10 } };
  const handles = Array.from({ length: 16 }, (_, i) => acquire(first, `p${i}`, limits));
  assert.equal(first.acquire('devices', 'one more', {}), 'table-full');
  assert.equal(first.used(), 16);
  const leaving = handles[7] as LimitHandle;
  assert.equal(leaving.take('publish', 10, 0, T0), 0);
  assert.equal(leaving.connect(), true);
  leaving.release();
  clock.advance(10_000);
  assert.equal(first.acquire('devices', 'one more', {}), 'table-full', 'a connection is counted');
  leaving.disconnect();
  clock.set(T0 + 9999);
  assert.equal(first.acquire('devices', 'one more', {}), 'table-full', 'the bucket is not full');
  clock.set(T0 + 10_000);
  assert.equal(first.used(), 15);
  const fresh = acquire(first, 'one more', limits);
  assert.equal(fresh.connections(), 0);
  assert.equal(fresh.take('publish', 10, 0, T0 + 10_000), 0);
  assert.equal(first.acquire('devices', 'and one', {}), 'table-full');
});

test('a slot that another worker holds is not free', () => {
  const { first, second } = setUp(2, 16);
  const handles = Array.from({ length: 16 }, (_, i) => acquire(first, `p${i}`, {}));
  const kept = acquire(second, 'p3', {});
  for (const handle of handles) handle.release();
  for (let i = 0; i < 15; i++) acquire(first, `q${i}`, {});
  assert.equal(first.acquire('devices', 'q15', {}), 'table-full');
  kept.release();
  acquire(first, 'q15', {});
});

test('a release that cannot get the lock is made good by the next sweep, unless the handle is in use again', () => {
  const { state, first } = setUp();
  const handle = acquire(first, 'p', {});
  const other = new Lock(state, CONTROL.structureLock, 9);
  for (const isUsedAgain of [true, false]) {
    other.enter();
    handle.release();
    other.leave();
    if (isUsedAgain) assert.equal(acquire(first, 'p', {}), handle);
    first.sweep(T0);
    assert.equal(first.used(), isUsedAgain ? 1 : 0);
  }
  assert.notEqual(acquire(first, 'p', {}), handle);
});

test('limits that make no bucket are an error and hold nothing', () => {
  const { first } = setUp(1, 16);
  const bad: SharedLimits = { publish: { perSecond: 0, burst: 1 } };
  for (let i = 0; i < 17; i++) assert.throws(() => first.acquire('devices', `p${i}`, bad), RangeError);
  assert.equal(first.used(), 0);
});

test('sizes that make no table are named', () => {
  for (const options of [{ workers: -1 }, { workers: 1, slots: 1000 }, { workers: 1, series: 3 }, { workers: 1.5 }]) {
    assert.throws(() => createShared(options), RangeError);
  }
  assert.equal(createShared({ workers: 0, slots: 16, clientIds: 16 }).columns, 1);
  assert.throws(() => openLimits(createShared({ workers: 1, slots: 16, clientIds: 16 }), 1), RangeError);
});

test('listeners draw from the same buckets with limits of their own, and each keeps the slot', () => {
  const { first, second, clock } = setUp();
  const at = (listener: string, perSecond: number): LimitHandle => {
    const handle = first.acquire(
      'devices',
      'p',
      { publish: { perSecond, burst: perSecond }, connections: 1 },
      listener,
    );
    assert.ok(handle !== 'table-full');
    return handle;
  };
  const slow = at('slow', 10);
  const fast = at('fast', 100);
  assert.notEqual(slow, fast);
  // Half of what the fast one may send leaves half of what the slow one may send.
  assert.equal(fast.take('publish', 50, 0, T0), 0);
  assert.equal(slow.take('publish', 5, 0, T0), 0);
  assert.equal(slow.take('publish', 1, 0, T0), -1);
  assert.equal(fast.take('publish', 1, 0, T0), -1);
  assert.deepEqual([slow.connect(), fast.connect()], [true, false]);
  slow.disconnect();
  clock.advance(60_000);
  fast.release();
  assert.equal(second.used(), 1, 'the other listener holds it');
  slow.release();
  assert.equal(second.used(), 0);
});
