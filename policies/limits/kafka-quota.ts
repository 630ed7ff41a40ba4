/**
 * Kafka's client quotas as pure arithmetic (Rate, SampledStat and QuotaUtils of Apache Kafka): what was used is summed over
 * samples, and a client that used more than the bound allows waits until the average is back at it. KIP-13 has the samples,
 * KIP-219 says that the response is sent at once and the connection is muted for the throttle time. KIP-124's quota of
 * requests is a share of broker time, which nobody in front of a broker can measure: here requests are counted.
 */

/** Samples over which a rate is averaged, the one under way among them (`quota.window.num`). */
export const QUOTA_SAMPLES = 11;
/** Milliseconds of one sample (`quota.window.size.seconds`). */
export const QUOTA_WINDOW = 1000;

/** Milliseconds over which a client is averaged at least, however new it is: the samples before the one under way. */
export const QUOTA_SPAN = (QUOTA_SAMPLES - 1) * QUOTA_WINDOW;

/**
 * Milliseconds that a client is to wait, rounded to the nearest as Kafka does; 0: none.
 *
 * @param used Sum of the samples, with what was used now, in requests or bytes.
 * @param bound Of the same per second, above 0.
 * @param elapsed Milliseconds since the oldest sample began.
 */
export function quotaThrottle(used: number, bound: number, elapsed: number): number {
  const full = Math.floor(elapsed / QUOTA_WINDOW);
  const window = elapsed + Math.max(0, QUOTA_SAMPLES - 1 - full) * QUOTA_WINDOW;
  const rate = (used * 1000) / window;
  return rate > bound ? Math.round(((rate - bound) / bound) * window) : 0;
}
