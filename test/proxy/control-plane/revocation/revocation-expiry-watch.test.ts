import assert from 'node:assert/strict';
import test from 'node:test';
import { BehaviorSubject, VirtualTimeScheduler } from 'rxjs';
import { watchRevocationExpiry } from '../../../../proxy/control-plane/revocation/revocation-expiry-watch.ts';

const HOUR = 3_600_000;

/** Looks from 0 on; `told` holds the times at which something ran out. */
function watching(start: readonly number[]) {
  const clock = new VirtualTimeScheduler();
  const changes$ = new BehaviorSubject<null>(null);
  const told: number[] = [];
  const state = { expiries: start };
  const watch = { expiries: () => state.expiries, changes$, onExpiry: () => void told.push(clock.now()) };
  const subscription = watchRevocationExpiry(watch, clock);
  const until = (time: number): void => {
    clock.maxFrames = time;
    clock.flush();
  };
  return { clock, told, until, state, changes$, subscription };
}

const RUNS: readonly (readonly [what: string, expiries: readonly number[], told: readonly number[]])[] = [
  ['no list', [], []],
  ['one list, a millisecond after its last one', [90_000], [90_001]],
  ['two that run out together, once', [90_000, 90_000], [90_001]],
  ['each of several, in whatever order', [2 * HOUR, 30_000, HOUR], [30_001, HOUR + 1, 2 * HOUR + 1]],
  ['one that had run out before', [-1], []],
  ['one that runs out at the start', [0], [1]],
];

for (const [what, expiries, expected] of RUNS) {
  test(`told: ${what}`, () => {
    const { told, until } = watching(expiries);
    until(3 * HOUR);
    assert.deepEqual(told, expected);
  });
}

test('what comes into force later is waited for from then on, what is replaced in time is not told', () => {
  const { told, until, state, changes$ } = watching([HOUR]);
  until(10_000);
  state.expiries = [20_000, 15_000];
  changes$.next(null);
  until(15_001);
  assert.deepEqual(told, [15_001]);
  state.expiries = [3 * HOUR];
  changes$.next(null);
  until(2 * HOUR);
  assert.deepEqual(told, [15_001]);
  // It had run out before it came.
  state.expiries = [HOUR];
  changes$.next(null);
  until(3 * HOUR);
  assert.deepEqual(told, [15_001]);
});

test('nothing is told once nobody listens', () => {
  const { told, until, subscription } = watching([1000]);
  until(500);
  subscription.unsubscribe();
  until(HOUR);
  assert.deepEqual(told, []);
});

test('no timer is longer than a minute: the clock may be set, and those of Node hold no months', () => {
  const delays: number[] = [];
  class Clock extends VirtualTimeScheduler {
    override schedule: VirtualTimeScheduler['schedule'] = (work, delay = 0, state) => {
      delays.push(delay);
      return super.schedule(work, delay, state);
    };
  }
  const clock = new Clock();
  const watch = { expiries: () => [60 * 24 * HOUR], changes$: new BehaviorSubject(null), onExpiry() {} };
  const subscription = watchRevocationExpiry(watch, clock);
  clock.maxFrames = HOUR;
  clock.flush();
  subscription.unsubscribe();
  assert.ok(delays.length >= 60);
  assert.equal(Math.max(...delays), 60_000);
});
