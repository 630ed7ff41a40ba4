import { isUtf8 } from 'node:buffer';
import { type KafkaError, malformed } from '../error.ts';
import { int16At, int32At } from './big-endian.ts';
import type { CachedString } from './cached-string.ts';

/** Kafka's own limit for the length of a string, in bytes. */
export const MAX_STRING = 32_767;
/** Elements of all arrays of one message together. */
const MAX_ELEMENTS = 1_000_000;

/**
 * Thrown where bytes break the grammar. What is wrong and where is noted in the reader; the path
 * is put together on the way out, so that reading what is well-formed keeps no account of it.
 */
const BROKEN = new Error('the bytes break the grammar');
const EMPTY = Buffer.alloc(0);
const NONE: number[] = [];

/**
 * Reads the primitive types from `[at, end)`, in their canonical encoding only. Where a type has
 * two encodings, `flexible` chooses the compact one.
 */
export class Reader {
  buf: Buffer = EMPTY;
  at = 0;
  end = 0;
  /** False: values are checked and thrown away; objects, strings and bytes are not made. */
  build = true;
  /** After a failure: the bytes were well-formed as far as they go. */
  ranOut = false;
  #start = 0;
  #elements = 0;
  #message = '';
  #brokenAt = 0;
  #path = '';

  /** Positions in errors count from `start`. */
  open(buf: Buffer, start: number, end: number, build: boolean): void {
    this.buf = buf;
    this.at = start;
    this.end = end;
    this.build = build;
    this.ranOut = false;
    this.#start = start;
    this.#elements = MAX_ELEMENTS;
    this.#path = '';
  }

  /** Lets go of the bytes. */
  close(): void {
    this.buf = EMPTY;
  }

  fail(message: string, at = this.at): never {
    this.#message = message;
    this.#brokenAt = at;
    throw BROKEN;
  }

  /** Notes in which field or element a failure is; called from the inside to the outside. */
  within(step: string): void {
    const path = this.#path;
    this.#path = path === '' || path.startsWith('[') ? step + path : `${step}.${path}`;
  }

  /** What is to be thrown in the place of `error`, caught outside of all fields. */
  failure(error: unknown): unknown {
    return error === BROKEN ? this.#malformed() : error;
  }

  #malformed(): KafkaError {
    const path = this.#path === '' ? '' : `${this.#path}: `;
    return malformed(path + this.#message, this.#brokenAt - this.#start);
  }

  /** Steps over `n` bytes and returns where they begin. */
  take(n: number): number {
    const { at } = this;
    if (n > this.end - at) this.#short(n);
    this.at = at + n;
    return at;
  }

  #short(n: number): never {
    this.ranOut = true;
    this.fail(`${n} bytes needed, ${this.end - this.at} left`);
  }

  bool(): boolean {
    const at = this.take(1);
    const value = this.buf[at] as number;
    if (value > 1) this.fail(`a boolean of ${value}`, at);
    return value === 1;
  }

  int8(): number {
    return ((this.buf[this.take(1)] as number) << 24) >> 24;
  }

  int16(): number {
    return int16At(this.buf, this.take(2));
  }

  int32(): number {
    return int32At(this.buf, this.take(4));
  }

  /** Brokers and partitions come in long lists: they are read at once. */
  int32s(n: number): number[] {
    const at = this.take(4 * n);
    if (!this.build) return NONE;
    const { buf } = this;
    const list = new Array<number>(n);
    for (let i = 0, from = at; i < n; i++, from += 4) list[i] = int32At(buf, from);
    return list;
  }

  int64(): bigint {
    const at = this.take(8);
    return this.build ? this.buf.readBigInt64BE(at) : 0n;
  }

  float64(): number {
    return this.buf.readDoubleBE(this.take(8));
  }

  /** Kafka's text of it: base64url, 22 characters. */
  uuid(): string {
    const at = this.take(16);
    return this.build ? this.buf.toString('base64url', at, at + 16) : '';
  }

  /** Unsigned, within 32 bits, in its shortest form. */
  uvarint(): number {
    const start = this.at;
    const first = this.buf[this.take(1)] as number;
    if (first < 0x80) return first;
    let value = first & 0x7f;
    for (let factor = 0x80; factor <= 0x1000_0000; factor *= 0x80) {
      const byte = this.buf[this.take(1)] as number;
      value += (byte & 0x7f) * factor;
      if (byte >= 0x80) continue;
      if (byte === 0) this.fail('a varint that is not in its shortest form', start);
      if (value > 0xffff_ffff) this.fail('a varint of more than 32 bits', start);
      return value;
    }
    return this.fail('a varint of more than five bytes', start);
  }

  string(flexible: boolean, nullable: boolean): string | null {
    const start = this.at;
    const length = flexible ? this.uvarint() - 1 : this.int16();
    if (length < 0) return this.#null(length, nullable, start);
    if (length > MAX_STRING) this.fail(`a string of ${length} bytes`, start);
    return this.#text(this.take(length), length);
  }

  /** A nullable string with an int16 length that is most likely `last` again: of the same bytes no new text is made. */
  repeated(last: CachedString): string | null {
    const start = this.at;
    const length = this.int16();
    if (length < 0) return this.#null(length, true, start);
    const at = this.take(length);
    if (last.is(this.buf, at, length)) return last.text;
    const text = this.#text(at, length);
    last.keep(this.buf, at, length, text);
    return text;
  }

  #text(at: number, length: number): string {
    const { buf } = this;
    const end = at + length;
    for (let i = at; i < end; i++) {
      if ((buf[i] as number) < 0x80) continue;
      if (!isUtf8(buf.subarray(i, end))) this.fail('a string that is not UTF-8', at);
      return this.build ? buf.toString('utf8', at, end) : '';
    }
    return this.build ? buf.toString('latin1', at, end) : '';
  }

  /** A view of the buffer. */
  bytes(flexible: boolean, nullable: boolean): Uint8Array | null {
    const start = this.at;
    const length = flexible ? this.uvarint() - 1 : this.int32();
    if (length < 0) return this.#null(length, nullable, start);
    const at = this.take(length);
    return this.build ? this.buf.subarray(at, at + length) : EMPTY;
  }

  /** Number of elements of an array, each of which takes `min` bytes or more; -1: null. */
  count(flexible: boolean, nullable: boolean, min: number): number {
    const start = this.at;
    const n = flexible ? this.uvarint() - 1 : this.int32();
    if (n < 0) {
      this.#null(n, nullable, start);
      return -1;
    }
    if (n > MAX_ELEMENTS) this.fail(`${n} elements`, start);
    if (n * min > this.end - this.at) this.fail(`${n} elements in ${this.end - this.at} bytes`, start);
    this.#elements -= n;
    if (this.#elements < 0) this.fail(`more than ${MAX_ELEMENTS} elements in one message`, start);
    return n;
  }

  /** In front of a struct that may be null. */
  isPresent(): boolean {
    const at = this.take(1);
    const marker = this.buf[at] as number;
    if (marker !== 1 && marker !== 0xff) this.fail(`a marker of ${marker}`, at);
    return marker === 1;
  }

  #null(length: number, nullable: boolean, start: number): null {
    if (length !== -1) this.fail(`a length of ${length}`, start);
    if (!nullable) this.fail('null', start);
    return null;
  }

  /**
   * Steps over a section of tagged fields: ascending, unique, within the message. `known` may read
   * the content of a tag into `into`, and says so; it must be all of the content then.
   */
  tags<T>(known: ((r: Reader, tag: number, into: T) => boolean) | null, into: T): void {
    let last = -1;
    for (let n = this.uvarint(); n > 0; n--) {
      const start = this.at;
      const tag = this.uvarint();
      if (tag <= last) this.fail(`tag ${tag} behind tag ${last}`, start);
      last = tag;
      const size = this.uvarint();
      const content = this.take(size);
      if (known === null) continue;
      const { at, end } = this;
      this.at = content;
      this.end = at;
      if (known(this, tag, into) && this.at !== at) this.fail(`tag ${tag} with ${at - this.at} bytes too many`);
      this.at = at;
      this.end = end;
    }
  }

  /** Nothing may follow. */
  finish(): void {
    if (this.at !== this.end) this.fail(`${this.end - this.at} bytes too many`);
  }
}
