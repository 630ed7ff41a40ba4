/** Buckets, quotas and topic windows at their edges: what is leased, recorded, remembered, and for how long. */
import assert from 'node:assert/strict';
import test from 'node:test';
import {
  createShared,
  driveClock,
  GroupHandles,
  type LimitTable,
  openLimits,
} from '../../../../proxy/shared/tables/index.ts';
import { LEASE_IDLE, LeasedBucket, type Leases } from '../../../../proxy/shared/tables/leased-bucket.ts';
import { Lock } from '../../../../proxy/shared/tables/lock.ts';
import { CONTROL } from '../../../../proxy/shared/tables/state.ts';
import { MAX_TOPICS, TopicWindow, topicKey } from '../../../../proxy/shared/tables/topic-window.ts';
import type { SharedLimits } from '../../../../proxy/shared/tables/types.ts';

const T0 = 1_700_000_000;
const ANY = Number.POSITIVE_INFINITY;
const QUOTA: SharedLimits = { bytes: { perSecond: 1000, burst: 10_000, quota: 'kafka' } };

function setUp() {
  const state = createShared({ workers: 2, slots: 16, clientIds: 64, series: 64, addresses: 64 });
  const clock = driveClock(state);
  clock.set(T0);
  return { state, clock, first: openLimits(state, 0), second: openLimits(state, 1) };
}

function acquire(table: LimitTable, limits: SharedLimits, name = 'p') {
  const handle = table.acquire('i', name, limits);
  assert.ok(handle !== 'table-full');
  return handle;
}

test('what is no number of tokens is taken of no bucket', () => {
  for (const limits of [QUOTA, { bytes: { perSecond: 1, burst: 1 } }]) {
    const handle = acquire(setUp().first, limits);
    for (const n of [-1, Number.NaN, ANY]) assert.throws(() => handle.take('bytes', n, ANY, T0), RangeError, String(n));
    assert.equal(handle.take('bytes', 1, 0, T0), 0, 'nothing was taken');
  }
});

test('a quota is charged whole units, and so much that a sample cannot hold it is still too much', () => {
  const requests = acquire(setUp().first, { requests: { perSecond: 1, burst: 10, quota: 'kafka' } });
  for (let n = 0; n < 10; n++) assert.equal(requests.take('requests', 0.5, 0, T0), 0);
  assert.equal(requests.take('requests', 0.5, 0, T0), -1);

  const bytes = acquire(setUp().first, QUOTA);
  assert.equal(bytes.take('bytes', 2 ** 41, 0, T0), -1);
  assert.equal(bytes.take('bytes', 1000, 0, T0 + 1000), 0, 'what was refused is not recorded');
  assert.ok(bytes.take('bytes', 2 ** 41, ANY, T0 + 1000) > 0);
  assert.equal(bytes.take('bytes', 1, 0, T0 + 1000), -1);
});

test('the slot of a quota belongs to its key for one window longer than its samples count', () => {
  const { first, clock } = setUp();
  const gone = acquire(first, QUOTA);
  gone.take('bytes', 1, ANY, T0);
  gone.release();
  for (let i = 0; i < 15; i++) acquire(first, {}, `other${i}`);
  for (const [ms, free] of [
    [1_500, false],
    [10_500, false],
    [11_999, false],
    [12_000, true],
  ] as const) {
    clock.set(T0 + ms);
    assert.equal(first.acquire('i', 'one more', {}) !== 'table-full', free, `${ms} ms`);
  }
});

test('a lease that is spent to its last token is not renewed before the next', () => {
  const { first, second } = setUp();
  const [one, two] = [first, second].map((table) => acquire(table, { publish: { perSecond: 1, burst: 1000 } }));
  assert.deepEqual([one?.take('publish', 1, 0, T0), one?.take('publish', 9, 0, T0)], [0, 0]);
  assert.equal(two?.take('publish', 990, 0, T0), 0);
});

test('a bucket stands once among the leases, and goes back when it was idle since its last token', () => {
  const leases: Leases = [];
  const cells = new BigInt64Array(new SharedArrayBuffer(8));
  const bucket = new LeasedBucket(cells, 0, { perSecond: 1000, burst: 1000 }, 4096, leases);
  for (let n = 0; n < 25; n++) assert.equal(bucket.take(1, 0, T0), 0);
  assert.deepEqual(leases, [bucket]);
  bucket.take(1, 0, T0 + 80);
  assert.equal(bucket.sweep(T0 + LEASE_IDLE), false, 'it was used 20 ms ago');
  assert.equal(bucket.sweep(T0 + 80 + LEASE_IDLE), true);
});

test('a topic that draws again counts as the newest', () => {
  const window = new TopicWindow();
  for (let topic = 0; topic < MAX_TOPICS; topic++) window.add(topic, topic === 0 ? 0 : 10);
  window.add(0, 20);
  assert.equal(window.look(-1, 15), 'new', 'all but one of them are forgotten');
});

test('topics are known by 53 bits', () => {
  const topics = Array.from({ length: 200 }, (_, i) => Buffer.from(`plant/${i}`));
  const keys = topics.map((topic) => topicKey(topic, 0, topic.length));
  assert.equal(new Set(keys).size, 200);
  assert.ok(Math.max(...keys) > 2 ** 52);
  assert.ok(keys.every((key) => Number.isSafeInteger(key) && key >= 0));
});

test('a topic that waits for its token is known from the moment at which the token comes', () => {
  const handle = acquire(setUp().first, { topics: { perSecond: 1, burst: 1 } });
  const take = (topic: string, now: number) => handle.takeTopic(Buffer.from(topic), 0, topic.length, ANY, T0 + now);
  assert.deepEqual([take('a', 0), take('b', 0), take('b', 1_999)], [0, 1000, 0]);
});

test('a sweep returns what is idle and keeps the others in sight', () => {
  const { first, second } = setUp();
  const rate = { perSecond: 0.001, burst: 1000 };
  const [one, two] = [first, second].map((table) => acquire(table, { publish: rate, bytes: rate }));
  one?.take('publish', 1, 0, T0);
  one?.take('bytes', 1, 0, T0 + 50);
  first.sweep(T0 + LEASE_IDLE);
  assert.equal(two?.take('publish', 999, 0, T0 + LEASE_IDLE), 0);
  assert.equal(two?.take('bytes', 999, 0, T0 + LEASE_IDLE), -1, 'was used 50 ms ago');
  first.sweep(T0 + 50 + LEASE_IDLE);
  assert.equal(two?.take('bytes', 999, 0, T0 + 50 + LEASE_IDLE), 0);
});

test('one more disconnect than connections leaves no room for one more', () => {
  const handle = acquire(setUp().first, { connections: 1 });
  handle.disconnect();
  assert.deepEqual([handle.connections(), handle.connect(), handle.connect()], [0, true, false]);
});

test('a new generation may change the burst alone', () => {
  const handle = acquire(setUp().first, { publish: { perSecond: 1, burst: 10 } });
  assert.equal(handle.take('publish', 10, 0, T0), 0);
  handle.update({ publish: { perSecond: 1, burst: 20 } });
  assert.equal(handle.take('publish', 10, 0, T0), 0);
  assert.equal(handle.take('publish', 1, 0, T0), -1);
});

test('where the name of a listener ends and that of a principal begins is not guessed', () => {
  const { first } = setUp();
  const limits = { publish: { perSecond: 1, burst: 1 } };
  for (const [principal, listener] of [
    ['bc', 'a'],
    ['c', 'ab'],
  ] as const) {
    const handle = first.acquire('i', principal, limits, listener);
    assert.ok(handle !== 'table-full');
    assert.equal(handle.take('publish', 1, 0, T0), 0);
  }
});

test('a handle that was released once too often is in use all the same when it is acquired again', () => {
  const { state, first } = setUp();
  const handle = acquire(first, {});
  const other = new Lock(state, CONTROL.structureLock, 9);
  other.enter();
  handle.release();
  handle.release();
  other.leave();
  assert.equal(acquire(first, {}), handle);
  first.sweep(T0);
  assert.equal(first.used(), 1);
});

test('of the waits of a principal and its groups the longest counts, wherever it stands', () => {
  for (const rates of [
    [1, 10, 10],
    [10, 1, 10],
    [10, 10, 1],
  ]) {
    const { first } = setUp();
    const [own, a, b] = rates.map((perSecond) => ({ publish: { perSecond, burst: 1, onExceed: 'throttle' } }) as const);
    const handle = acquire(first, { ...own });
    const groups = GroupHandles.acquire(first, [
      { group: 'a', ...a },
      { group: 'b', ...b },
    ]);
    assert.ok(groups !== 'table-full');
    const take = () => groups.take(handle, handle.take('publish', 1, ANY, T0), 'publish', 1, ANY, T0);
    assert.deepEqual([take(), take()], [0, 1000], rates.join());
  }
});
