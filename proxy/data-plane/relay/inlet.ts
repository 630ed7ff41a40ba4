/** Room in front of a read buffer for what an earlier call left over. */
export const HEADROOM = 8192;

/** What an inlet feeds: one direction of a session. */
export interface Consumer {
  /** Returns how far it consumed; `[used, end)` is offered again with more. */
  consume(buf: Buffer, start: number, end: number): number;
  /** Size of the incomplete frame at the first unconsumed byte, 0 when unknown. */
  frameSize(): number;
  /** True when nothing may be parsed for now. */
  stopped(): boolean;
}

/**
 * One direction's bytes between a shared read buffer and a session: keeps what the session left
 * over (copied: the read buffer is reused) and offers it again, contiguous, with more bytes.
 * Small left-overs are put into the headroom in front of the next bytes; a large frame is
 * gathered in a buffer of its exact size.
 */
export class Inlet {
  readonly #consumer: Consumer;
  #carry: Buffer | null = null;
  #filled = 0;

  constructor(consumer: Consumer) {
    this.#consumer = consumer;
  }

  /** Bytes held back. */
  get pending(): number {
    return this.#filled;
  }

  /** Takes `[start, end)`; at least HEADROOM bytes before `start` are free to be overwritten. */
  offer(buf: Buffer, start: number, end: number): void {
    let from = start;
    if (this.#filled > 0) {
      if (this.#consumer.stopped()) {
        this.#append(buf, from, end);
        return;
      }
      from = this.#fill(buf, from, end);
      if (from < 0) return;
    }
    this.#feed(buf, from, end);
  }

  /** Offers what was held back once more, after the reason to stop is gone. */
  replay(): void {
    if (this.#carry === null || this.#consumer.stopped()) return;
    const carry = this.#carry.subarray(0, this.#filled);
    this.#drop();
    this.#feed(carry, 0, carry.length);
  }

  /** Joins left-over and new bytes. Returns where to go on in `buf`, or -1 when everything is used up. */
  #fill(buf: Buffer, start: number, end: number): number {
    const carry = this.#carry as Buffer;
    const missing = carry.length - this.#filled;
    if (missing > 0) {
      const n = Math.min(missing, end - start);
      buf.copy(carry, this.#filled, start, start + n);
      this.#filled += n;
      if (n < missing) return -1;
      this.#drop();
      const used = this.#consumer.consume(carry, 0, carry.length);
      if (used < carry.length) this.#keep(carry, used, carry.length);
      if (this.#filled === 0) return start + n;
      this.#append(buf, start + n, end);
      return -1;
    }
    if (this.#filled <= HEADROOM && start >= this.#filled) {
      const from = start - this.#filled;
      carry.copy(buf, from, 0, this.#filled);
      this.#drop();
      return from;
    }
    const joined = Buffer.allocUnsafeSlow(this.#filled + end - start);
    carry.copy(joined, 0, 0, this.#filled);
    buf.copy(joined, this.#filled, start, end);
    this.#drop();
    this.#feed(joined, 0, joined.length);
    return -1;
  }

  #feed(buf: Buffer, start: number, end: number): void {
    if (start === end) return;
    const used = this.#consumer.stopped() ? start : this.#consumer.consume(buf, start, end);
    if (used < end) this.#keep(buf, used, end);
  }

  #keep(buf: Buffer, start: number, end: number): void {
    const left = end - start;
    const size = this.#consumer.stopped() ? 0 : this.#consumer.frameSize();
    this.#carry = Buffer.allocUnsafeSlow(size > HEADROOM ? Math.max(size, left) : left);
    buf.copy(this.#carry, 0, start, end);
    this.#filled = left;
  }

  #append(buf: Buffer, start: number, end: number): void {
    if (start === end) return;
    const carry = this.#carry as Buffer;
    const joined = Buffer.allocUnsafeSlow(this.#filled + end - start);
    carry.copy(joined, 0, 0, this.#filled);
    buf.copy(joined, this.#filled, start, end);
    this.#carry = joined;
    this.#filled = joined.length;
  }

  #drop(): void {
    this.#carry = null;
    this.#filled = 0;
  }
}
