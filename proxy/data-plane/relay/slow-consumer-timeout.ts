/** Backlog in bytes up to which a client may take any time: while it lasts, neither side is read. */
const MAX_UNTIMED = 2 * 1024 * 1024;
/** Bytes per second that a client must take of a larger backlog. */
const MIN_RATE = 64 * 1024;
/** Milliseconds before a client counts as too slow. */
const GRACE = 30_000;

/**
 * How long a client may take to read a large response. One message may be as large as its protocol's
 * limit, and lies in memory until the client has read it.
 */
export class SlowConsumerTimeout {
  #since = 0;

  /**
   * To be asked from time to time: is the client to be ended?
   * @param backlog bytes that it has not taken
   * @param now milliseconds
   */
  isOver(backlog: number, now: number): boolean {
    if (backlog <= MAX_UNTIMED) {
      this.#since = 0;
      return false;
    }
    if (this.#since === 0) this.#since = now;
    return now - this.#since > GRACE + (backlog / MIN_RATE) * 1000;
  }
}
