const FIRST_BACKOFF = 100;
const MAX_BACKOFF = 30_000;
/** A worker that lived so long is replaced after the first back-off again. */
const HEALTHY = 60_000;

/** How long the replacement of one worker waits: twice as long after each crash in a row. All times in milliseconds. */
export class ReplacementBackoff {
  #started = 0;
  #crashes = 0;

  /** @param now any monotonic clock */
  started(now: number): void {
    this.#started = now;
  }

  /** The worker ended: milliseconds until it is started anew. */
  ended(now: number): number {
    this.#crashes = now - this.#started > HEALTHY ? 0 : this.#crashes + 1;
    return Math.min(MAX_BACKOFF, FIRST_BACKOFF * 2 ** Math.max(0, this.#crashes - 1));
  }
}
