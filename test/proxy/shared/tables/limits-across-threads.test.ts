import assert from 'node:assert/strict';
import test from 'node:test';
import type { LimitKind } from '../../../../adapters/seam.ts';
import type { Rate } from '../../../../policies/types.ts';
import { createShared, driveClock, openLimits } from '../../../../proxy/shared/tables/index.ts';
import type { SharedLimits } from '../../../../proxy/shared/tables/types.ts';
import { Crew } from './support/crew.ts';

const WORKERS = 4;

function stopped() {
  const state = createShared({ workers: WORKERS, slots: 64, clientIds: 64, series: 64, addresses: 64 });
  const clock = driveClock(state);
  clock.set(1_000_000);
  return { state, clock };
}

function limitsOf(kind: string, rate: Rate): SharedLimits {
  return { [kind]: rate };
}

const sum = (values: number[]) => values.reduce((a, b) => a + b, 0);

const rates: { kind: LimitKind; rate: Rate; n: number }[] = [
  { kind: 'publish', rate: { perSecond: 50, burst: 250 }, n: 1 },
  { kind: 'publish', rate: { perSecond: 10_000, burst: 20_000 }, n: 1 },
  { kind: 'publish', rate: { perSecond: 3, burst: 3 }, n: 1 },
  { kind: 'requests', rate: { perSecond: 777, burst: 1111 }, n: 1 },
  { kind: 'bytes', rate: { perSecond: 20 << 20, burst: 20 << 20 }, n: 1000 },
  { kind: 'bytes', rate: { perSecond: 65_536, burst: 327_680 }, n: 100 },
];
for (const { kind, rate, n } of rates) {
  test(`four threads are granted what ${rate.perSecond} ${kind}/s allow, and never more`, async () => {
    const { state, clock } = stopped();
    await using crew = new Crew(state, WORKERS);
    let granted = 0;
    for (let step = 0; step <= 40; step++) {
      granted += sum(await crew.runAll('drain', { principal: 'p', limits: limitsOf(kind, rate), kind, n }));
      const allowance = rate.burst + (rate.perSecond * step * 50) / 1000;
      assert.ok(granted <= allowance, `step ${step}: ${granted} > ${allowance}`);
      assert.ok(granted >= 0.98 * allowance - n, `step ${step}: ${granted} is far below ${allowance}`);
      clock.advance(50);
    }
  });
}

test('no update is lost when four threads drain one bucket', async () => {
  const { state } = stopped();
  await using crew = new Crew(state, WORKERS);
  const limits = limitsOf('publish', { perSecond: 1000, burst: 200_000 });
  const granted = await crew.runAll('drain', { principal: 'p', limits, kind: 'publish', n: 1 });
  assert.equal(sum(granted), 200_000);
});

test('reservations of four threads stand in one line, each with its own place', async () => {
  const { state } = stopped();
  await using crew = new Crew(state, WORKERS);
  const limits = limitsOf('publish', { perSecond: 1000, burst: 1 });
  const waits = (await crew.runAll('reserve', { principal: 'p', limits, times: 500 })).flat().sort((a, b) => a - b);
  assert.deepEqual(
    waits,
    Array.from({ length: 2000 }, (_, i) => i),
  );
});

test('handshakes are exact over four threads', async () => {
  const { state } = stopped();
  await using crew = new Crew(state, WORKERS);
  const limits = limitsOf('handshakes', { perSecond: 0.1, burst: 333 });
  assert.equal(sum(await crew.runAll('handshakes', { principal: 'p', limits, times: 300 })), 333);
});

test('connections that stay are exactly as many as the limit', async () => {
  const { state } = stopped();
  await using crew = new Crew(state, WORKERS);
  const limits: SharedLimits = { connections: 40_001 };
  assert.equal(sum(await crew.runAll('connect', { principal: 'p', limits, times: 20_000 })), 40_001);
});

test('the connection limit holds while four threads come and go', async () => {
  const { state } = stopped();
  await using crew = new Crew(state, WORKERS);
  const limits: SharedLimits = { connections: 1 };
  const inside = new SharedArrayBuffer(4);
  const results = await crew.runAll('connectAndLeave', { principal: 'p', limits, rounds: 20_000, inside, limit: 1 });
  assert.equal(sum(results.map((result) => result.violations)), 0);
  assert.ok(sum(results.map((result) => result.entered)) > 0);
  const handle = openLimits(state, 0).acquire('identity', 'p', limits);
  assert.ok(handle !== 'table-full');
  assert.equal(handle.connections(), 0);
});
