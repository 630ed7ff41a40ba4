/** Milliseconds. */
const MIN_PAUSE = 100;
export const MAX_PAUSE = 10_000;

/**
 * The pause before the next attempt: it doubles with each failure, between 100 ms and 10 s, and
 * half of it is chance, so that many gates do not come back to a broker at once.
 * @param failures in a row, 1 or more
 * @param random [0, 1)
 */
export function pauseAfter(failures: number, random: number): number {
  const most = Math.min(MAX_PAUSE, MIN_PAUSE * 2 ** Math.min(failures, 16));
  return most / 2 + (most / 2) * random;
}
