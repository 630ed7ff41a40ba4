import { nanoseconds } from '../../../policies/limits/gcra.ts';
import { CONTROL, type SharedState } from './state.ts';
import type { Clock, DrivenClock } from './types.ts';

/** The clock of this thread. In Node `performance.now()` counts from the start of the process in every thread. */
export function openClock(state: SharedState): Clock {
  const control = new Int32Array(state.control);
  const driven = new BigInt64Array(state.drivenTime);
  const real = () => performance.now();
  const now = () =>
    Atomics.load(control, CONTROL.clockDriven) === 0 ? performance.now() : Number(Atomics.load(driven, 0)) / 1e6;
  return { now, real };
}

/** Switches the clock of all threads to one that only this object moves. It starts at the present time. */
export function driveClock(state: SharedState): DrivenClock {
  const driven = new BigInt64Array(state.drivenTime);
  Atomics.store(driven, 0, nanoseconds(openClock(state).now()));
  Atomics.store(new Int32Array(state.control), CONTROL.clockDriven, 1);
  return {
    set: (ms) => void Atomics.store(driven, 0, nanoseconds(ms)),
    advance: (ms) => void Atomics.add(driven, 0, nanoseconds(ms)),
  };
}
