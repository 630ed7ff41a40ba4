import { HEADROOM } from './inlet.ts';

const SIZE = 256 * 1024;
/** One TLS record at most comes in one read. */
const RECORD = 16 * 1024;
const POOL = 4;

/** Who owns a batch in the arena. `take` returns true when the memory is free again. */
export interface BatchOwner {
  take(buf: Buffer, start: number, end: number): boolean;
}

/**
 * The worker's gathering buffer: decrypted records of one connection are collected and handed
 * over as one batch, so that a burst costs one scan and one write. Handed over when another
 * connection's record arrives, when it is full, and at the end of the event-loop turn
 * (setImmediate: microtasks and nextTick run between two records and would not gather).
 */
export class Arena {
  #buf: Buffer = Buffer.allocUnsafeSlow(HEADROOM + SIZE);
  #end = HEADROOM;
  #owner: BatchOwner | null = null;
  #scheduled = false;
  readonly #pool: Buffer[] = [];

  /** Copies `n` bytes of a record that belongs to `owner`. */
  receive(owner: BatchOwner, record: Uint8Array, n: number): void {
    if (this.#owner !== owner) {
      if (this.#owner !== null) this.flush();
      this.#owner = owner;
      if (!this.#scheduled) {
        this.#scheduled = true;
        setImmediate(this.#onTurnEnd);
      }
    }
    let from = 0;
    while (n - from > SIZE + HEADROOM - this.#end) {
      const part = SIZE + HEADROOM - this.#end;
      this.#buf.set(record.subarray(from, from + part), this.#end);
      this.#end += part;
      from += part;
      this.flush();
      this.#owner = owner;
    }
    this.#buf.set(from === 0 && n === record.length ? record : record.subarray(from, n), this.#end);
    this.#end += n - from;
    if (this.#end > HEADROOM + SIZE - RECORD) this.flush();
  }

  /** Hands the batch over now, if it is `owner`'s (or anybody's, without an argument). */
  flush(owner?: BatchOwner): void {
    const current = this.#owner;
    if (current === null || (owner !== undefined && owner !== current)) return;
    const end = this.#end;
    this.#owner = null;
    this.#end = HEADROOM;
    if (end === HEADROOM) return;
    const buf = this.#buf;
    // While the owner works on the batch nothing else may write into it.
    this.#buf = this.#pool.pop() ?? Buffer.allocUnsafeSlow(HEADROOM + SIZE);
    if (current.take(buf, HEADROOM, end) && this.#pool.length < POOL) this.#pool.push(buf);
  }

  #onTurnEnd = (): void => {
    this.#scheduled = false;
    this.flush();
  };
}
