import { bucketOf, charge, isFull, nanoseconds, waitNs } from '../../../policies/limits/gcra.ts';
import { type Key, type KeyHash, openKeyHash } from './key-hash.ts';
import { Lock, MAIN_OWNER, SharedLockError } from './lock.ts';
import { CONTROL, checkColumn, type SharedState } from './state.ts';
import type { AddressBuckets } from './types.ts';

/** Entries that one address may have, next to each other. */
const WINDOW = 16;

/**
 * Opens the admission buckets, from the main thread (no `worker`) or from a worker.
 * The table is bounded and never full: an address takes the place of one whose bucket is full
 * again, else of the one that was silent longest (which thereby gets a full bucket: forgetting
 * favours the client).
 */
export function openAddressBuckets(state: SharedState, worker?: number): AddressBuckets {
  return new Addresses(state, worker === undefined ? MAIN_OWNER : checkColumn(state, worker) + 1);
}

class Addresses implements AddressBuckets {
  readonly #lock: Lock;
  readonly #keys: Int32Array;
  /** Even cells: theoretical arrival time, ns. */
  readonly #arrivals: BigInt64Array;
  /** Odd cells of the same memory: last use, ms. */
  readonly #uses: Float64Array;
  readonly #mask: number;
  readonly #hash: KeyHash;

  constructor(state: SharedState, owner: number) {
    this.#lock = new Lock(state, CONTROL.addressLock, owner);
    this.#keys = new Int32Array(state.addressKeys);
    this.#arrivals = new BigInt64Array(state.addressTimes);
    this.#uses = new Float64Array(state.addressTimes);
    this.#mask = state.addresses - 1;
    this.#hash = openKeyHash(state);
  }

  take(addressKey: string, perSecond: number, burst: number, nowMs: number): boolean {
    const bucket = bucketOf({ perSecond, burst });
    const now = nanoseconds(nowMs);
    const key = this.#hash('address', addressKey, '');
    try {
      this.#lock.enter();
    } catch (error) {
      if (error instanceof SharedLockError) return false;
      throw error;
    }
    try {
      const entry = this.#find(key, now);
      const tat = this.#arrivals[2 * entry] as bigint;
      this.#uses[2 * entry + 1] = nowMs;
      if (waitNs(tat, now, 1, bucket) > 0) return false;
      this.#arrivals[2 * entry] = charge(tat, now, 1, bucket);
      return true;
    } finally {
      this.#lock.leave();
    }
  }

  /** The entry of `key`, made if there is none. Half of the hash is the name: a collision costs two strangers one bucket. */
  #find(key: Key, now: bigint): number {
    let place = -1;
    let oldest = Number.POSITIVE_INFINITY;
    for (let n = 0; n < WINDOW; n++) {
      const entry = ((key[0] as number) + n) & this.#mask;
      if (this.#keys[2 * entry] === key[2] && this.#keys[2 * entry + 1] === key[3]) return entry;
      const isFree = isFull(this.#arrivals[2 * entry] as bigint, now);
      const use = isFree ? Number.NEGATIVE_INFINITY : (this.#uses[2 * entry + 1] as number);
      if (use >= oldest) continue;
      oldest = use;
      place = entry;
    }
    this.#keys[2 * place] = key[2] as number;
    this.#keys[2 * place + 1] = key[3] as number;
    this.#arrivals[2 * place] = 0n;
    return place;
  }
}
