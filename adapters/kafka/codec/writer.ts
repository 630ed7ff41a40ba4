import { MAX_STRING } from './reader.ts';

/**
 * Writes the primitive types, in their canonical encoding, into a buffer that grows. Where a type
 * has two encodings, `flexible` chooses the compact one. What cannot be written is a fault of
 * ours: RangeError, or TypeError for a value of another type.
 */
export class Writer {
  #buf: Buffer;
  /** How much is written. */
  at = 0;

  constructor(capacity = 256) {
    this.#buf = Buffer.allocUnsafe(capacity);
  }

  /** What was written: the writer must not be used any more. */
  done(): Buffer {
    return this.#buf.subarray(0, this.at);
  }

  /** Room for `n` bytes; returns where it begins. Only then is #buf the buffer to write to. */
  #room(n: number): number {
    const { at } = this;
    const needed = at + n;
    if (needed > this.#buf.length) {
      const larger = Buffer.allocUnsafe(Math.max(needed, 2 * this.#buf.length));
      this.#buf.copy(larger, 0, 0, at);
      this.#buf = larger;
    }
    this.at = needed;
    return at;
  }

  bool(value: boolean): void {
    if (typeof value !== 'boolean') throw new TypeError('no boolean');
    this.int8(value ? 1 : 0);
  }

  int8(value: number): void {
    if ((value << 24) >> 24 !== value) throw outOfRange('int8', value);
    const at = this.#room(1);
    this.#buf[at] = value;
  }

  int16(value: number): void {
    if ((value << 16) >> 16 !== value) throw outOfRange('int16', value);
    const at = this.#room(2);
    const buf = this.#buf;
    buf[at] = value >> 8;
    buf[at + 1] = value;
  }

  int32(value: number): void {
    if ((value | 0) !== value) throw outOfRange('int32', value);
    const at = this.#room(4);
    const buf = this.#buf;
    buf[at] = value >> 24;
    buf[at + 1] = value >> 16;
    buf[at + 2] = value >> 8;
    buf[at + 3] = value;
  }

  /** Brokers and partitions come in long lists: they are written at once. */
  int32s(list: readonly number[]): void {
    let at = this.#room(4 * list.length);
    const buf = this.#buf;
    for (let i = 0; i < list.length; i++, at += 4) {
      const value = list[i] as number;
      if ((value | 0) !== value) throw outOfRange('int32', value);
      buf[at] = value >> 24;
      buf[at + 1] = value >> 16;
      buf[at + 2] = value >> 8;
      buf[at + 3] = value;
    }
  }

  int64(value: bigint): void {
    const at = this.#room(8);
    this.#buf.writeBigInt64BE(value, at);
  }

  float64(value: number): void {
    if (typeof value !== 'number') throw new TypeError('no number');
    const at = this.#room(8);
    this.#buf.writeDoubleBE(value, at);
  }

  /** From Kafka's text: base64url, 22 characters. */
  uuid(value: string): void {
    const at = this.#room(16);
    if (value.length !== 22 || this.#buf.write(value, at, 16, 'base64url') !== 16) {
      throw new RangeError('a uuid has 22 characters of base64url');
    }
  }

  /** Unsigned, within 32 bits. */
  uvarint(value: number): void {
    let rest = value;
    while (rest > 0x7f) {
      const at = this.#room(1);
      this.#buf[at] = rest | 0x80;
      rest >>>= 7;
    }
    const at = this.#room(1);
    this.#buf[at] = rest;
  }

  string(value: string | null, flexible: boolean, nullable: boolean): void {
    const start = this.at;
    const length = value === null ? -1 : value.length;
    this.#stringLength(length, flexible, nullable);
    if (value === null) return;
    const at = this.#room(length);
    const buf = this.#buf;
    for (let i = 0; i < length; i++) {
      const code = value.charCodeAt(i);
      if (code >= 0x80) {
        this.at = start;
        this.#utf8(value, flexible);
        return;
      }
      buf[at + i] = code;
    }
  }

  #utf8(value: string, flexible: boolean): void {
    if (!value.isWellFormed()) throw new RangeError('a string with half of a surrogate pair');
    const size = Buffer.byteLength(value);
    this.#stringLength(size, flexible, false);
    const at = this.#room(size);
    this.#buf.write(value, at);
  }

  #stringLength(length: number, flexible: boolean, nullable: boolean): void {
    if (length < 0 && !nullable) throw new RangeError('null');
    if (length > MAX_STRING) throw outOfRange('the length of a string', length);
    if (flexible) this.uvarint(length + 1);
    else this.int16(length);
  }

  bytes(value: Uint8Array | null, flexible: boolean, nullable: boolean): void {
    this.count(value === null ? -1 : value.length, flexible, nullable);
    if (value === null) return;
    const at = this.#room(value.length);
    this.#buf.set(value, at);
  }

  /** Number of elements, or of bytes; -1: null. */
  count(n: number, flexible: boolean, nullable: boolean): void {
    if (n < 0 && !nullable) throw new RangeError('null');
    if (flexible) this.uvarint(n + 1);
    else this.int32(n);
  }

  /** In front of a struct that may be null. */
  presence(present: boolean): void {
    this.int8(present ? 1 : -1);
  }

  /** Writes over four bytes: a length that is known only now. */
  patchInt32(at: number, value: number): void {
    this.#buf.writeInt32BE(value, at);
  }

  /** Puts the number of bytes behind `at` in front of them, as a varint. */
  sizeFrom(at: number): void {
    const size = this.at - at;
    const width = size < 0x80 ? 1 : Math.ceil((32 - Math.clz32(size)) / 7);
    this.#room(width);
    this.#buf.copyWithin(at + width, at, at + size);
    this.at = at;
    this.uvarint(size);
    this.at += size;
  }
}

function outOfRange(what: string, value: number): RangeError {
  return new RangeError(`${what}: ${value}`);
}
