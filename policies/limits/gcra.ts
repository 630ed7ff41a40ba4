/**
 * The generic cell rate algorithm (ITU-T I.371, virtual scheduling) as pure arithmetic. The
 * whole state of a bucket is one number, the theoretical arrival time (TAT): the moment at
 * which the bucket is full again. It is a bigint of integer nanoseconds, so that it fits a
 * cell of a BigInt64Array and can be advanced by compare-and-swap:
 *
 *     for (;;) {
 *       const tat = Atomics.load(cells, i);
 *       const wait = waitNs(tat, now, n, bucket);
 *       if (wait > maxWait) return REFUSED;
 *       if (Atomics.compareExchange(cells, i, tat, charge(tat, now, n, bucket)) === tat) return wait;
 *     }
 *
 * `tat <= now`: full. `tat - now === burstNs`: empty. Beyond that: reserved by those who wait.
 * Rounding is always against the taker (a charge is rounded up, a refund down), so that no
 * sequence of calls is granted more than `burst + rate * time`.
 */
import type { Rate } from '../types.ts';

export const NS_PER_SECOND = 1_000_000_000;
/** Nanoseconds of a millisecond. */
export const NS_PER_MS = 1_000_000;

/** A charge moves the TAT by at most this much (73 years), so that it cannot overflow an int64 cell. */
const MAX_STEP_NS = 2 ** 61;

/** A rate with its constants computed once. */
export interface Bucket {
  /** Nanoseconds in which one token flows back; not an integer in general. */
  readonly nsPerToken: number;
  /** Tokens of a full bucket, at least one. */
  readonly burst: number;
  /** Nanoseconds from empty to full. */
  readonly burstNs: number;
}

/** A burst below one token counts as one. @throws RangeError when the rate is not positive and finite, or the burst not finite */
export function bucketOf(rate: Rate): Bucket {
  const nsPerToken = NS_PER_SECOND / rate.perSecond;
  if (!(nsPerToken > 0 && Number.isFinite(nsPerToken))) throw new RangeError('the rate of a bucket must be positive');
  if (!Number.isFinite(rate.burst)) throw new RangeError('the burst of a bucket must be finite');
  const burst = Math.max(1, rate.burst);
  return { nsPerToken, burst, burstNs: Math.floor(burst * nsPerToken) };
}

/**
 * Milliseconds of a clock as the nanoseconds these functions count in. To the nearest: a whole number of
 * nanoseconds that went through milliseconds may come back a trifle too small, and must not lose one by it.
 */
export function nanoseconds(ms: number): bigint {
  return BigInt(Math.round(ms * NS_PER_MS));
}

/** Nanoseconds by which `n` tokens move the TAT, rounded up; never more than a cell can hold. */
export function costNs(n: number, bucket: Bucket): number {
  return Math.min(Math.ceil(n * bucket.nsPerToken), MAX_STEP_NS);
}

/**
 * Nanoseconds until `n` tokens may be taken; 0: now. More tokens than the bucket holds are
 * granted against a full bucket (and charged in full), else they could never pass.
 */
export function waitNs(tat: bigint, now: bigint, n: number, bucket: Bucket): number {
  const ahead = tat > now ? Number(tat - now) : 0;
  const needed = n >= bucket.burst ? bucket.burstNs : Math.min(costNs(n, bucket), bucket.burstNs);
  return Math.max(0, ahead + needed - bucket.burstNs);
}

/** The TAT after `n` tokens were taken, now or as a reservation. */
export function charge(tat: bigint, now: bigint, n: number, bucket: Bucket): bigint {
  return (tat > now ? tat : now) + BigInt(costNs(n, bucket));
}

/** The TAT after `n` tokens that were charged and not used flow back. Never more than full: a TAT in the past counts as now. */
export function refund(tat: bigint, n: number, bucket: Bucket): bigint {
  return tat - BigInt(Math.min(Math.floor(n * bucket.nsPerToken), MAX_STEP_NS));
}

/** Tokens in the bucket: `burst` when full, negative while reservations are open. */
export function available(tat: bigint, now: bigint, bucket: Bucket): number {
  return tat > now ? bucket.burst - Number(tat - now) / bucket.nsPerToken : bucket.burst;
}

/** Has everything flowed back? A cell that was never written is full. */
export function isFull(tat: bigint, now: bigint): boolean {
  return tat <= now;
}
