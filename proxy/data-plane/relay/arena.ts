import { HEADROOM } from './inlet.ts';

const SIZE = 256 * 1024;
/** One TLS record at most comes in one read. */
const RECORD = 16 * 1024;
/** Buffers kept for reuse: fresh memory costs a page fault per 4 KiB. */
const SPARE = 8;

/** Who owns a batch in the arena. `take` returns true when the memory is free again, else it is given back with `recycle`. */
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
  /** Null while a batch is handed over. */
  #buf: Buffer | null = Buffer.allocUnsafeSlow(HEADROOM + SIZE);
  #end = HEADROOM;
  #owner: BatchOwner | null = null;
  #scheduled = false;
  readonly #spare: Buffer[] = [];

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
      this.#append(record.subarray(from, from + part));
      from += part;
      this.flush();
      this.#owner = owner;
    }
    this.#append(from === 0 && n === record.length ? record : record.subarray(from, n));
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
    // While the owner works on the batch nothing else may write into it. One buffer, as long as it
    // comes back: its memory stays in the processor's cache.
    const buf = this.#buf as Buffer;
    this.#buf = null;
    const free = current.take(buf, HEADROOM, end);
    if (free) this.#buf ??= buf;
  }

  /** Takes back a buffer that an owner had kept. Nothing may read it any more. */
  recycle(buf: Buffer): void {
    if (this.#spare.length < SPARE) this.#spare.push(buf);
  }

  #append(bytes: Uint8Array): void {
    this.#buf ??= this.#spare.pop() ?? Buffer.allocUnsafeSlow(HEADROOM + SIZE);
    this.#buf.set(bytes, this.#end);
    this.#end += bytes.length;
  }

  #onTurnEnd = (): void => {
    this.#scheduled = false;
    this.flush();
  };
}
