import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import {
  createShared,
  driveClock,
  GroupHandles,
  type LimitHandle,
  type LimitTable,
  openLimits,
} from '../../../../proxy/shared/tables/index.ts';

const T0 = 1_700_000_000;
const QUOTA = { bytes: { perSecond: 1000, burst: 10_000, quota: 'kafka' } } as const;
const ANY = Number.POSITIVE_INFINITY;

function setUp(slots = 16) {
  const state = createShared({ workers: 2, slots, clientIds: 64, series: 64, addresses: 64 });
  const clock = driveClock(state);
  clock.set(T0);
  return { clock, first: openLimits(state, 0), second: openLimits(state, 1) };
}

function acquire(table: LimitTable, limits: Parameters<LimitTable['acquire']>[2] = QUOTA, name = 'p'): LimitHandle {
  const handle = table.acquire('erp', name, limits);
  assert.ok(handle !== 'table-full');
  return handle;
}

test('1200 bytes each second above a quota of 1000: the throttle times of Kafka, on whichever worker', () => {
  const { first, second } = setUp();
  const handles = [acquire(first), acquire(second)];
  const waits = Array.from({ length: 13 }, (_, s) => handles[s % 2]?.take('bytes', 1200, ANY, T0 + s * 1000));
  assert.deepEqual(waits, [0, 0, 0, 0, 0, 0, 0, 0, 800, 2000, 3200, 3200, 3200]);
});

test('one large request waits until the average is back at the quota', () => {
  const handle = acquire(setUp().first);
  assert.equal(handle.take('bytes', 20_000, ANY, T0), 10_000);
  assert.equal(handle.take('bytes', 1, ANY, T0 + 11_000), 0);
});

test('what is refused or given back is not recorded', () => {
  const handle = acquire(setUp().first);
  assert.equal(handle.take('bytes', 10_000, 0, T0), 0);
  for (let n = 0; n < 100; n++) assert.equal(handle.take('bytes', 500, 0, T0), -1);
  assert.equal(handle.take('bytes', 1000, ANY, T0), 1000);
  handle.giveBack('bytes', 1000);
  assert.equal(handle.take('bytes', 1000, ANY, T0), 1000);
});

test('who comes again is remembered for as long as its samples count', () => {
  const { first, second, clock } = setUp();
  const gone = acquire(first);
  assert.equal(gone.take('bytes', 10_000, ANY, T0), 0);
  gone.release();
  for (let i = 0; i < 15; i++) acquire(first, {}, `other${i}`);
  assert.equal(first.acquire('erp', 'one more', {}), 'table-full');
  const again = acquire(second);
  assert.equal(again.take('bytes', 1000, ANY, T0), 1000);
  again.release();
  clock.set(T0 + 12_000);
  assert.notEqual(first.acquire('erp', 'one more', {}), 'table-full');
});

test('a reload makes a quota of a bucket and the other way round', () => {
  const handle = acquire(setUp().first);
  assert.equal(handle.take('bytes', 20_000, ANY, T0), 10_000);
  handle.update({ bytes: { perSecond: 1000, burst: 10_000 } });
  assert.equal(handle.take('bytes', 10_000, 0, T0), 0);
  assert.equal(handle.take('bytes', 1000, 0, T0), -1);
  handle.update(QUOTA);
  assert.equal(handle.take('bytes', 1, 0, T0), -1, 'its samples are still there');
});

test('a group may share a quota; what it refuses is not recorded of its principal either', () => {
  const { first } = setUp();
  const own = acquire(first);
  const shared = { perSecond: 500, burst: 5000, onExceed: 'reject', quota: 'kafka' } as const;
  const group = GroupHandles.acquire(first, [{ group: 'g', bytes: shared }]);
  assert.ok(group !== 'table-full');
  const take = (n: number) => group.take(own, own.take('bytes', n, 0, T0), 'bytes', n, 0, T0);
  assert.equal(take(5000), 0);
  for (let n = 0; n < 10; n++) assert.equal(take(1000), -1);
  assert.equal(own.take('bytes', 5000, 0, T0), 0);
  assert.equal(own.take('bytes', 1, 0, T0), -1);
});

/** Samples as Kafka keeps them: a new one begins with the first request after the last one's second. */
class Samples {
  #all: { start: number; value: number }[] = [];

  record(value: number, now: number): number {
    this.#all = this.#all.filter(({ start }) => now - start < 11_000);
    const current = this.#all.at(-1);
    if (current === undefined || now - current.start >= 1000) this.#all.push({ start: now, value });
    else current.value += value;
    const elapsed = now - (this.#all[0]?.start ?? now);
    const window = elapsed + Math.max(0, 10 - Math.floor(elapsed / 1000)) * 1000;
    const rate = this.#all.reduce((sum, one) => sum + one.value, 0) / (window / 1000);
    return rate > 1000 ? Math.round(((rate - 1000) / 1000) * window) : 0;
  }
}

test('where requests come at full seconds it is what Kafka does', () => {
  const use = fc.array(fc.tuple(fc.nat(4), fc.integer({ min: 1, max: 6000 })), { maxLength: 60 });
  const property = fc.property(use, (uses) => {
    const handle = acquire(setUp().first);
    const kafka = new Samples();
    let now = T0;
    for (const [seconds, bytes] of uses) {
      now += seconds * 1000;
      assert.equal(handle.take('bytes', bytes, ANY, now), kafka.record(bytes, now));
    }
  });
  fc.assert(property, { numRuns: 200 });
});
