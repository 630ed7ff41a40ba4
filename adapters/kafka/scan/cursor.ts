import { int16At, int32At } from '../codec/big-endian.ts';
import { type KafkaError, malformed } from '../error.ts';

/** Thrown where the bytes that have arrived end before the frame does; caught by the scanner. */
export const NEEDS_MORE = new Error('more bytes are needed');

const MAX_STRING = 32_767;

/**
 * Walks a frame of which a part may not have arrived yet: what lies behind `end` but within
 * `frameEnd` is NEEDS_MORE, what lies behind `frameEnd` is malformed. Used where records are
 * stepped over without being read (Produce, Fetch); everything else goes through codec/message.ts.
 * One object per scanner, used again for every frame.
 */
export class Cursor {
  buf: Buffer = EMPTY;
  /** First byte of the frame: positions in errors count from it. */
  base = 0;
  at = 0;
  /** What has arrived. */
  end = 0;
  frameEnd = 0;

  set(buf: Buffer, base: number, at: number, end: number, frameEnd: number): void {
    this.buf = buf;
    this.base = base;
    this.at = at;
    this.end = end < frameEnd ? end : frameEnd;
    this.frameEnd = frameEnd;
  }

  /** Steps over `n` bytes and returns where they begin. */
  skip(n: number, what: string): number {
    const at = this.at;
    if (n > this.end - at) this.#short(n, what);
    this.at = at + n;
    return at;
  }

  int16(what: string): number {
    return int16At(this.buf, this.skip(2, what));
  }

  int32(what: string): number {
    return int32At(this.buf, this.skip(4, what));
  }

  /** Unsigned, minimal, at most 32 bits. */
  uvarint(what: string): number {
    const first = this.buf[this.skip(1, what)] as number;
    if (first < 0x80) return first;
    let value = first & 0x7f;
    let factor = 128;
    for (let i = 1; i < 5; i++) {
      const byte = this.buf[this.skip(1, what)] as number;
      value += (byte & 0x7f) * factor;
      if (byte < 0x80) {
        if (byte === 0 || value > 0xffff_ffff) throw this.fail(`${what} is not in its shortest form`);
        return value;
      }
      factor *= 128;
    }
    throw this.fail(`${what} has more than five bytes`);
  }

  /** Length of a string; -1: null. The string begins at `at`. */
  stringLength(flexible: boolean, what: string): number {
    const length = flexible ? this.uvarint(what) - 1 : this.int16(what);
    if (length < -1 || length > MAX_STRING) throw this.fail(`${what} has the length ${length}`);
    return length;
  }

  /** Number of elements; -1: null. Each takes at least one byte. */
  count(flexible: boolean, what: string): number {
    const n = flexible ? this.uvarint(what) - 1 : this.int32(what);
    if (n < -1 || n > this.frameEnd - this.at) throw this.fail(`${what}: ${n} elements`);
    return n;
  }

  /** Size of a byte field; -1: null. The bytes need not have arrived. */
  size(flexible: boolean, what: string): number {
    const n = flexible ? this.uvarint(what) - 1 : this.int32(what);
    if (n < -1 || n > this.frameEnd - this.at) throw this.fail(`${what}: ${n} bytes`);
    return n;
  }

  /** A section of tagged fields whose content does not matter: ascending, unique, inside the frame. */
  tags(what: string): void {
    // Almost always there are none.
    if (this.at < this.end && this.buf[this.at] === 0) {
      this.at++;
      return;
    }
    let last = -1;
    for (let n = this.uvarint(what); n > 0; n--) {
      const tag = this.uvarint(what);
      if (tag <= last) throw this.fail(`${what}: tag ${tag} after tag ${last}`);
      last = tag;
      this.skip(this.uvarint(what), what);
    }
  }

  fail(message: string): KafkaError {
    return malformed(message, this.at - this.base);
  }

  #short(n: number, what: string): never {
    if (n > this.frameEnd - this.at) throw this.fail(`the frame ends within ${what}`);
    throw NEEDS_MORE;
  }
}

const EMPTY = Buffer.alloc(0);
