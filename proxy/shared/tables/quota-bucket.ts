import { nanoseconds } from '../../../policies/limits/gcra.ts';
import { QUOTA_SAMPLES, QUOTA_WINDOW, quotaThrottle } from '../../../policies/limits/kafka-quota.ts';
import type { SharedRate } from './types.ts';

/** Bits of a cell that count; those above hold the number of the sample, which repeats after half a year. */
const COUNT_BITS = 40n;
const MAX_COUNT = 2 ** 40 - 1;
const NUMBERS = 2 ** 23;

/**
 * One worker's end of a Kafka quota that all workers share. Samples begin at full windows of the shared clock, so that a
 * cell can tell by itself of which one it is; Kafka's begin with the first request of each.
 */
export class QuotaBucket {
  readonly rate: SharedRate;
  readonly #cells: BigInt64Array;
  /** First cell of the samples. */
  readonly #first: number;
  readonly #arrivals: BigInt64Array;
  /** Cell that says until when the samples count. */
  readonly #until: number;
  #last = 0;

  constructor(cells: BigInt64Array, first: number, arrivals: BigInt64Array, until: number, rate: SharedRate) {
    this.rate = rate;
    this.#cells = cells;
    this.#first = first;
    this.#arrivals = arrivals;
    this.#until = until;
  }

  take(n: number, maxWaitMs: number, nowMs: number): number {
    if (!(n >= 0 && Number.isFinite(n))) throw new RangeError(`cannot take ${n} tokens`);
    const window = Math.floor(nowMs / QUOTA_WINDOW);
    this.#last = this.#first + (window % QUOTA_SAMPLES);
    this.#add(Math.ceil(n), window);
    const wait = this.#throttle(window, nowMs);
    if (wait > maxWaitMs) {
      this.refund(n);
      return -1;
    }
    // The slot belongs to its key for as long as there is something to remember; one window more, as the time of
    // another worker's batch may be a little older.
    Atomics.store(this.#arrivals, this.#until, nanoseconds((window + QUOTA_SAMPLES + 1) * QUOTA_WINDOW));
    return wait;
  }

  /** Takes back what the last `take` has recorded. */
  refund(n: number): void {
    for (;;) {
      const cell = Atomics.load(this.#cells, this.#last);
      const less = cell - BigInt(Math.min(Math.ceil(n), countOf(cell)));
      if (Atomics.compareExchange(this.#cells, this.#last, cell, less) === cell) return;
    }
  }

  /** Nothing is on lease. */
  giveBack(): void {}

  #add(n: number, window: number): void {
    for (;;) {
      const cell = Atomics.load(this.#cells, this.#last);
      const before = ageOf(cell, window) === 0 ? countOf(cell) : 0;
      const next = (BigInt(window % NUMBERS) << COUNT_BITS) | BigInt(Math.min(before + n, MAX_COUNT));
      if (Atomics.compareExchange(this.#cells, this.#last, cell, next) === cell) return;
    }
  }

  #throttle(window: number, nowMs: number): number {
    let used = 0;
    let oldest = 0;
    for (let i = 0; i < QUOTA_SAMPLES; i++) {
      const cell = Atomics.load(this.#cells, this.#first + i);
      const age = ageOf(cell, window);
      if (age >= QUOTA_SAMPLES || countOf(cell) === 0) continue;
      used += countOf(cell);
      oldest = Math.max(oldest, age);
    }
    return quotaThrottle(used, this.rate.perSecond, nowMs - (window - oldest) * QUOTA_WINDOW);
  }
}

function countOf(cell: bigint): number {
  return Number(cell & BigInt(MAX_COUNT));
}

/** Windows since that of a cell. */
function ageOf(cell: bigint, window: number): number {
  return (window - Number(cell >> COUNT_BITS) + NUMBERS) % NUMBERS;
}
