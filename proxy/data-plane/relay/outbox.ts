/** Injected bytes that may wait for the end of a half-forwarded frame. */
const MAX_WAITING = 1024 * 1024;

/**
 * What one call of a session sends in one direction, gathered so that a burst leaves in one
 * write: adjacent ranges of the caller's buffer are merged into one view; anything else is
 * joined once, in order, when the call is over.
 */
export class Outbox {
  #buf: Buffer | null = null;
  #start = 0;
  #end = 0;
  #parts: Uint8Array[] | null = null;
  #rest = 0;
  #waiting: Uint8Array[] | null = null;
  #waitingBytes = 0;

  get empty(): boolean {
    return this.#buf === null && this.#parts === null;
  }

  /** True while a frame of the sender is only half forwarded. */
  get insideFrame(): boolean {
    return this.#rest > 0;
  }

  /** Original bytes; `rest` more of the same frame will follow. Throws when the session breaks its own announcement. */
  range(buf: Buffer, start: number, end: number, rest: number): void {
    const size = end - start;
    if (this.#rest > 0 && size + rest !== this.#rest) throw new Error('half-forwarded frame changed its size');
    this.#rest = rest;
    if (this.#buf === buf && this.#end === start) {
      this.#end = end;
    } else {
      this.#spill();
      this.#buf = buf;
      this.#start = start;
      this.#end = end;
    }
    if (rest === 0 && this.#waiting !== null) this.#release();
  }

  /** Built bytes; wait for the boundary inside a half-forwarded frame. False: the bound is exceeded. */
  inject(bytes: Uint8Array): boolean {
    if (this.#rest > 0) {
      this.#waitingBytes += bytes.length;
      if (this.#waitingBytes > MAX_WAITING) return false;
      this.#waiting ??= [];
      this.#waiting.push(bytes);
      return true;
    }
    this.#spill();
    this.#parts ??= [];
    this.#parts.push(bytes);
    return true;
  }

  /** The gathered bytes as one buffer and whether they are a view of the caller's buffer. Empties the box. */
  take(): { readonly bytes: Buffer; readonly borrowed: boolean } {
    if (this.#parts === null) {
      const bytes = (this.#buf as Buffer).subarray(this.#start, this.#end);
      this.#buf = null;
      return { bytes, borrowed: true };
    }
    this.#spill();
    const parts = this.#parts;
    this.#parts = null;
    const only = parts.length === 1 ? parts[0] : undefined;
    // A single part is built bytes that the session gave away.
    const bytes = only === undefined ? Buffer.concat(parts) : Buffer.from(only.buffer, only.byteOffset, only.length);
    return { bytes, borrowed: false };
  }

  #spill(): void {
    if (this.#buf === null) return;
    this.#parts ??= [];
    this.#parts.push(this.#buf.subarray(this.#start, this.#end));
    this.#buf = null;
  }

  #release(): void {
    this.#spill();
    this.#parts ??= [];
    this.#parts.push(...(this.#waiting as Uint8Array[]));
    this.#waiting = null;
    this.#waitingBytes = 0;
  }
}
