/**
 * Kafka's client quotas as pure arithmetic (Rate, SampledStat and QuotaUtils of Apache Kafka; KIP-13, KIP-219): what was
 * used is summed over samples, and who used more than the bound allows waits until the average is back at it.
 */

/** Samples over which a rate is averaged, the one under way among them (`quota.window.num`). */
export const QUOTA_SAMPLES = 11;
/** Milliseconds of one sample (`quota.window.size.seconds`). */
export const QUOTA_WINDOW = 1000;

/** Milliseconds of which a client is thought to have come at least: one that is new is averaged over these, not over none. */
export const QUOTA_SPAN = (QUOTA_SAMPLES - 1) * QUOTA_WINDOW;

/**
 * Milliseconds that a client is to wait.
 *
 * @param used Sum of the samples, with what was used now.
 * @param bound Per second.
 * @param elapsed Milliseconds since the oldest sample began.
 */
export function quotaThrottle(used: number, bound: number, elapsed: number): number {
  const full = Math.floor(elapsed / QUOTA_WINDOW);
  const window = elapsed + Math.max(0, QUOTA_SAMPLES - 1 - full) * QUOTA_WINDOW;
  const rate = (used * 1000) / window;
  return rate > bound ? Math.round(((rate - bound) / bound) * window) : 0;
}
