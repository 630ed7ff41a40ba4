import {
  type Bucket,
  bucketOf,
  charge,
  NS_PER_MS,
  nanoseconds,
  refund,
  waitNs,
} from '../../../policies/limits/gcra.ts';
import type { Rate } from '../../../policies/types.ts';

/** Milliseconds after which an unused lease goes back. */
export const LEASE_IDLE = 100;
const LEASE_SHARE = 0.01;

/** Buckets with tokens on lease, to be looked at by the next sweep. */
export type Leases = LeasedBucket[];

/**
 * One worker's end of a shared bucket. It takes a lease of tokens from the shared cell and
 * spends it with plain numbers. Tokens are charged when they are leased, so all workers together
 * are never granted more than the bucket holds; in a short window they may exceed it by what lay
 * on lease at its beginning, at most 1 % of the burst for each worker.
 */
export class LeasedBucket {
  readonly rate: Rate;
  readonly #bucket: Bucket;
  readonly #cells: BigInt64Array;
  readonly #cell: number;
  readonly #lease: number;
  readonly #leases: Leases;
  #listed = false;
  #left = 0;
  #usedAt = 0;

  /** @throws {RangeError} for a rate that is not positive and finite */
  constructor(cells: BigInt64Array, cell: number, rate: Rate, maxLease: number, leases: Leases) {
    this.rate = rate;
    this.#bucket = bucketOf(rate);
    this.#cells = cells;
    this.#cell = cell;
    this.#lease = Math.min(Math.max(1, Math.floor(LEASE_SHARE * this.#bucket.burst)), maxLease);
    this.#leases = leases;
  }

  take(n: number, maxWaitMs: number, nowMs: number): number {
    if (n >= 0 && n <= this.#left) {
      this.#left -= n;
      this.#usedAt = nowMs;
      return 0;
    }
    return this.#takeShared(n, maxWaitMs, nowMs);
  }

  #takeShared(n: number, maxWaitMs: number, nowMs: number): number {
    if (!(n >= 0 && Number.isFinite(n))) throw new RangeError(`cannot take ${n} tokens`);
    const now = nanoseconds(nowMs);
    const needed = n - this.#left;
    const wished = Math.max(needed, this.#lease);
    for (;;) {
      const tat = Atomics.load(this.#cells, this.#cell);
      const leasing = wished > needed && waitNs(tat, now, wished, this.#bucket) === 0;
      const wait = leasing ? 0 : waitNs(tat, now, needed, this.#bucket) / NS_PER_MS;
      if (wait > maxWaitMs) return -1;
      const taken = leasing ? wished : needed;
      if (!this.#advance(tat, charge(tat, now, taken, this.#bucket))) continue;
      this.#left += taken - n;
      this.#usedAt = nowMs;
      if (this.#left > 0) this.#list();
      return wait;
    }
  }

  /** Returns the lease when it has been idle; true when nothing is on lease any more. */
  sweep(nowMs: number): boolean {
    if (this.#left > 0 && nowMs - this.#usedAt < LEASE_IDLE) return false;
    this.giveBack();
    this.#listed = false;
    return true;
  }

  /** Returns what is on lease. */
  giveBack(): void {
    const left = this.#left;
    this.#left = 0;
    this.refund(left);
  }

  /** Returns tokens that were granted and will not be used: to all workers, for they may be of a reservation. */
  refund(n: number): void {
    while (n > 0) {
      const tat = Atomics.load(this.#cells, this.#cell);
      if (this.#advance(tat, refund(tat, n, this.#bucket))) return;
    }
  }

  #advance(from: bigint, to: bigint): boolean {
    return Atomics.compareExchange(this.#cells, this.#cell, from, to) === from;
  }

  #list(): void {
    if (this.#listed) return;
    this.#listed = true;
    this.#leases.push(this);
  }
}
