import { COUNTERS } from '../../../adapters/seam.ts';
import { EPOCH, GAUGE_WORDS, type SharedState } from './state.ts';

/** Where the counters go that found no slot; the first slots of each worker's region. */
export const OVERFLOW = 'overflow';
export const OVERFLOW_BLOCK = 0;
export const OVERFLOW_SINGLE = COUNTERS;
export const FIRST_FREE = COUNTERS + 1;

/** One text for one set of labels, whatever their order. */
export function seriesKey(name: string, labels: Readonly<Record<string, string>>): string {
  return JSON.stringify([name, ...Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1))]);
}

/** The slots `[slot, slot + length)` of a worker's region. */
export function slotsOf(state: SharedState, worker: number, slot: number, length: number): Float64Array {
  return new Float64Array(state.counters, (worker * state.series + slot) * 8, length);
}

export function epochOf(state: SharedState, worker: number): number {
  return Atomics.load(new Int32Array(state.gauges), worker * GAUGE_WORDS + EPOCH);
}

export function nextEpoch(state: SharedState, worker: number): void {
  Atomics.add(new Int32Array(state.gauges), worker * GAUGE_WORDS + EPOCH, 1);
}
