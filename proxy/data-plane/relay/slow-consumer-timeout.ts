/** Bytes for a client that it may leave lying for as long as it likes: while they lie there, nobody is read. */
const ENOUGH = 2 * 1024 * 1024;
/** Bytes per second that a client takes at least of what is more than that. */
const LEAST_RATE = 64 * 1024;
/** Milliseconds before anybody is too slow. */
const GRACE = 30_000;

/**
 * How long a client may take over a large answer. One message may be as large as its protocol's
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
    if (backlog <= ENOUGH) {
      this.#since = 0;
      return false;
    }
    if (this.#since === 0) this.#since = now;
    return now - this.#since > GRACE + (backlog / LEAST_RATE) * 1000;
  }
}
