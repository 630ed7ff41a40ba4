import { COUNTER, COUNTERS } from '../../../adapters/seam.ts';
import { epochOf, nextEpoch, OVERFLOW, seriesKey, slotsOf } from './series.ts';
import { checkColumn, type SharedState } from './state.ts';
import type { CounterSample, SeriesInfo } from './types.ts';

/** A series of one living worker; `keys` and `samples` name its slots in order. */
interface Live {
  readonly slots: Float64Array;
  readonly keys: readonly string[];
  readonly names: readonly Omit<CounterSample, 'value'>[];
}

type Sums = Map<string, CounterSample>;

const OVERFLOW_KEY = seriesKey(OVERFLOW, {});

/**
 * The main thread's view of all counters, summed by name and labels over the living workers and
 * those that were replaced: values never fall.
 */
export class CounterReader {
  readonly #state: SharedState;
  readonly #live: readonly Map<number, Live>[];
  readonly #retired: Sums = new Map();

  constructor(state: SharedState) {
    this.#state = state;
    this.#live = Array.from({ length: state.columns }, () => new Map());
  }

  /** Takes note of a series that a worker announced; one of a former life of its column is ignored. */
  define(series: SeriesInfo): void {
    const worker = checkColumn(this.#state, series.worker);
    if (series.epoch !== epochOf(this.#state, worker)) return;
    const names = namesOf(series);
    this.#live[worker]?.set(series.slot, {
      slots: slotsOf(this.#state, worker, series.slot, names.length),
      keys: names.map(({ name, labels }) => seriesKey(name, labels)),
      names,
    });
  }

  snapshot(): CounterSample[] {
    const sums: Sums = new Map(this.#retired);
    for (const worker of this.#live) addUp(worker, sums, Number.POSITIVE_INFINITY);
    return [...sums.values()];
  }

  /**
   * Keeps what a worker had counted and frees its slots. To be called after the worker's thread
   * has ended and before a new one gets its column. What it counted in series whose announcement
   * was lost with it is lost too.
   */
  retire(worker: number): void {
    const live = this.#live[checkColumn(this.#state, worker)];
    if (live === undefined) return;
    addUp(live, this.#retired, this.#state.columns * this.#state.series);
    live.clear();
    slotsOf(this.#state, worker, 0, this.#state.series).fill(0);
    nextEpoch(this.#state, worker);
  }
}

/** Adds the values of a worker to `sums`; above `most` names into one that is called overflow. */
function addUp(live: Map<number, Live>, sums: Sums, most: number): void {
  for (const { slots, keys, names } of live.values()) {
    for (let i = 0; i < keys.length; i++) {
      const isKnown = sums.has(keys[i] as string) || sums.size < most;
      const key = isKnown ? (keys[i] as string) : OVERFLOW_KEY;
      const { name, labels } = isKnown ? (names[i] as (typeof names)[number]) : { name: OVERFLOW, labels: {} };
      sums.set(key, { name, labels, value: (sums.get(key)?.value ?? 0) + (slots[i] as number) });
    }
  }
}

function namesOf(series: SeriesInfo): Omit<CounterSample, 'value'>[] {
  if (series.kind === 'single') return [{ name: series.name, labels: series.labels }];
  const names = new Array<Omit<CounterSample, 'value'>>(COUNTERS);
  for (const [name, index] of Object.entries(COUNTER)) names[index] = { name, labels: series.labels };
  return names;
}
