import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { createShared, type LimitHandle, openLimits } from '../../../../proxy/shared/tables/index.ts';
import type { SharedLimits } from '../../../../proxy/shared/tables/types.ts';

const WORKERS = 3;
const T0 = 1_000_000;

const step = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constant('take' as const), worker: fc.nat(WORKERS - 1), n: fc.nat(40) }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('wait' as const), ms: fc.integer({ min: 1, max: 400 }) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('sweep' as const), worker: fc.nat(WORKERS - 1) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('reopen' as const), worker: fc.nat(WORKERS - 1) }) },
);
const rate = fc.record({ perSecond: fc.integer({ min: 1, max: 2000 }), burst: fc.integer({ min: 40, max: 6000 }) });

function open(burst: SharedLimits) {
  const state = createShared({ workers: WORKERS, slots: 16, clientIds: 16, series: 32, addresses: 16 });
  const tables = Array.from({ length: WORKERS }, (_, worker) => openLimits(state, worker));
  const acquire = (worker: number): LimitHandle => {
    const handle = tables[worker]?.acquire('i', 'p', burst);
    assert.ok(handle !== undefined && handle !== 'table-full');
    return handle;
  };
  return { tables, acquire, handles: tables.map((_, worker) => acquire(worker)) };
}

test('whatever leases come and go, no more is granted than burst + rate * time, and an idle bucket fills up', () => {
  const property = fc.property(
    rate,
    fc.integer({ min: 0, max: 500 }),
    fc.array(step, { maxLength: 120 }),
    (r, maxWait, steps) => {
      const { tables, acquire, handles } = open({ publish: r });
      let now = T0;
      const grants: { at: number; n: number }[] = [];
      for (const each of steps) {
        if (each.kind === 'wait') now += each.ms;
        if (each.kind === 'sweep') tables[each.worker]?.sweep(now);
        if (each.kind === 'reopen') {
          handles[each.worker]?.release();
          handles[each.worker] = acquire(each.worker);
        }
        if (each.kind === 'take') {
          const wait = handles[each.worker]?.take('publish', each.n, maxWait, now) as number;
          assert.ok(wait <= maxWait);
          // What is reserved may be used `wait` later.
          if (wait >= 0) grants.push({ at: now + wait, n: each.n });
        }
      }
      let granted = 0;
      for (const { at, n } of grants.sort((a, b) => a.at - b.at)) {
        granted += n;
        const allowance = r.burst + (r.perSecond * (at - T0)) / 1000;
        assert.ok(granted <= allowance + 1e-6, `${granted} > ${allowance}`);
      }
      // Longest debt, then the time from empty to full, then the idle leases.
      now += maxWait + (r.burst / r.perSecond) * 1000 + 200;
      for (const table of tables) table.sweep(now);
      assert.equal(handles[0]?.take('publish', r.burst, 0, now), 0, 'full');
      assert.ok((handles[1]?.take('publish', 1, Number.POSITIVE_INFINITY, now) as number) > 0, 'and no fuller');
    },
  );
  fc.assert(property, { numRuns: 300 });
});

test('a lease that goes back makes the bucket as full as if it had never been taken', () => {
  const property = fc.property(rate, fc.array(fc.integer({ min: 1, max: 30 }), { maxLength: 40 }), (r, takes) => {
    const { tables, handles } = open({ publish: { ...r, perSecond: 0.001 } });
    let granted = 0;
    takes.forEach((n, i) => {
      if (handles[i % WORKERS]?.take('publish', n, 0, T0) === 0) granted += n;
    });
    for (const table of tables) table.sweep(T0 + 100);
    let rest = 0;
    while (handles[0]?.take('publish', 1, 0, T0) === 0) rest++;
    assert.equal(granted + rest, r.burst);
  });
  fc.assert(property, { numRuns: 300 });
});
