/** A read below this is small. */
const SMALL_READ = 16 * 1024;
/** Milliseconds; small reads that follow each other faster are a stream. */
const STREAM_GAP = 0.5;
/** So many of them in a row. */
const STREAM_READS = 4;

/**
 * Tells when the broker sends a stream of small pieces that no request of the client explains:
 * then a pause of a millisecond gathers more per read and write. Request-response traffic is
 * never delayed.
 */
export class ReadCoalescing {
  readonly #clock: () => number;
  #smallReads = 0;
  #lastSmallRead = 0;

  /** `clock`: milliseconds. */
  constructor(clock: () => number) {
    this.#clock = clock;
  }

  /** The client spoke: what the broker sends now may be the response. */
  clientBytes(): void {
    this.#smallReads = 0;
  }

  /** `n` bytes of the broker were read; true: pause before the next read. */
  pauses(n: number): boolean {
    if (n >= SMALL_READ) return false;
    const now = this.#clock();
    const gap = now - this.#lastSmallRead;
    this.#lastSmallRead = now;
    if (gap >= STREAM_GAP) this.#smallReads = 0;
    else this.#smallReads++;
    return this.#smallReads > STREAM_READS;
  }
}
