import { COUNTERS } from '../../../adapters/seam.ts';
import { epochOf, FIRST_FREE, OVERFLOW, OVERFLOW_BLOCK, OVERFLOW_SINGLE, seriesKey, slotsOf } from './series.ts';
import { checkColumn, type SharedState } from './state.ts';
import type { Counter, SeriesInfo, WorkerCounters } from './types.ts';

/**
 * Opens the counters of one worker. Each slot has one writer, this thread, so a plain addition
 * will do; the main thread reads whole aligned words. `announce` is called once for each new
 * series; the worker posts it to the main thread.
 */
export function openCounters(
  state: SharedState,
  worker: number,
  announce: (series: SeriesInfo) => void,
): WorkerCounters {
  return new Counters(state, checkColumn(state, worker), announce);
}

class Slot implements Counter {
  readonly #slots: Float64Array;

  constructor(slots: Float64Array) {
    this.#slots = slots;
  }

  add(n: number): void {
    this.#slots[0] = (this.#slots[0] as number) + n;
  }
}

class Counters implements WorkerCounters {
  readonly #state: SharedState;
  readonly #worker: number;
  readonly #epoch: number;
  readonly #announce: (series: SeriesInfo) => void;
  readonly #blocks = new Map<string, Float64Array>();
  readonly #singles = new Map<string, Counter>();
  #next = FIRST_FREE;
  #overflowBlock: Float64Array | undefined;
  #overflowSingle: Counter | undefined;

  constructor(state: SharedState, worker: number, announce: (series: SeriesInfo) => void) {
    this.#state = state;
    this.#worker = worker;
    this.#epoch = epochOf(state, worker);
    this.#announce = announce;
  }

  block(labels: { readonly listener: string; readonly identity: string }): Float64Array {
    const key = seriesKey('', labels);
    let block = this.#blocks.get(key);
    if (block !== undefined) return block;
    const slot = this.#reserve(COUNTERS);
    if (slot === undefined) {
      const overflow = { listener: OVERFLOW, identity: OVERFLOW };
      this.#overflowBlock ??= this.#open(OVERFLOW_BLOCK, 'block', '', overflow);
      return this.#overflowBlock;
    }
    block = this.#open(slot, 'block', '', { listener: labels.listener, identity: labels.identity });
    this.#blocks.set(key, block);
    return block;
  }

  count(name: string, labels: Readonly<Record<string, string>>): Counter {
    const key = seriesKey(name, labels);
    let counter = this.#singles.get(key);
    if (counter !== undefined) return counter;
    const slot = this.#reserve(1);
    if (slot === undefined) {
      this.#overflowSingle ??= new Slot(this.#open(OVERFLOW_SINGLE, 'single', OVERFLOW, {}));
      return this.#overflowSingle;
    }
    counter = new Slot(this.#open(slot, 'single', name, { ...labels }));
    this.#singles.set(key, counter);
    return counter;
  }

  #reserve(length: number): number | undefined {
    if (this.#next + length > this.#state.series) return undefined;
    const slot = this.#next;
    this.#next += length;
    return slot;
  }

  #open(slot: number, kind: SeriesInfo['kind'], name: string, labels: SeriesInfo['labels']): Float64Array {
    this.#announce({ worker: this.#worker, epoch: this.#epoch, slot, kind, name, labels });
    return slotsOf(this.#state, this.#worker, slot, kind === 'block' ? COUNTERS : 1);
  }
}
