/**
 * Decisions by topic, in a fixed amount of memory shared by all clients of a worker.
 *
 * Clients choose the topics, so the table must not let them choose its cost: the hash is
 * seeded and covers every byte, a look-up probes at most `WINDOW` slots, and keys are compared
 * in full. A flood of distinct topics costs misses, never more than that, and entries that are
 * asked for again survive it (a slot that was hit since the last sweep of its window is
 * passed over).
 *
 * Entries are never deleted: an access that is compiled anew asks under a new id, and what the
 * old id left behind is overwritten in time.
 */
import { randomInt } from 'node:crypto';

/** What `find` returns when it does not know; no stored value is the same. */
export const MISS = -1;
/** Longer topics are decided each time. */
export const MAX_CACHED_BYTES = 128;
const DEFAULT_SLOTS = 16_384;
const WINDOW = 4;

/** Per slot: hash, access id (0: free), length and bits and the flag HIT, value. */
const FIELDS = 4;
const HIT = 0x8000_0000 | 0;
const KEY_MASK = 0x7fff_ffff;

const LITTLE_ENDIAN = new Uint8Array(Uint32Array.of(1).buffer)[0] === 1;

export class DecisionCache {
  readonly #mask: number;
  readonly #seed: number;
  readonly #meta: Int32Array;
  readonly #slab: Uint8Array;
  /** The same bytes as words, in the byte order of the machine. */
  readonly #words: Int32Array;
  #lastId = 0;
  #victim = 0;
  /** The buffer of the last call and a view of it: a worker reads into one buffer, again and again. */
  #buf: Uint8Array;
  #view: DataView;

  /** @param options `slots`: rounded up to a power of two; `seed`: random unless a test sets it. */
  constructor(options: { readonly slots?: number; readonly seed?: number } = {}) {
    const slots = Math.max(WINDOW, 2 ** Math.ceil(Math.log2(options.slots ?? DEFAULT_SLOTS)));
    this.#mask = slots - 1;
    this.#seed = (options.seed ?? randomInt(2 ** 32)) | 0;
    this.#meta = new Int32Array(slots * FIELDS);
    this.#slab = new Uint8Array(slots * MAX_CACHED_BYTES);
    this.#words = new Int32Array(this.#slab.buffer);
    this.#buf = this.#slab;
    this.#view = new DataView(this.#slab.buffer);
  }

  /** An id for a newly compiled access; 0, under which nothing is cached, once all are used up. */
  nextAccessId(): number {
    if (this.#lastId === 0x7fff_ffff) return 0;
    this.#lastId += 1;
    return this.#lastId;
  }

  /**
   * The stored value, or MISS.
   * @param bits what else the decision depends on, 0 to 255
   */
  find(access: number, bits: number, buf: Uint8Array, start: number, end: number): number {
    const length = end - start;
    if (length > MAX_CACHED_BYTES || access === 0) return MISS;
    const view = this.#viewOf(buf);
    const key = (bits << 8) | length;
    const hash = this.hash(view, start, length, access, key);
    const meta = this.#meta;
    let slot = hash & this.#mask;
    for (let probe = 0; probe < WINDOW; probe++) {
      const at = slot * FIELDS;
      if (meta[at] === hash && meta[at + 1] === access) {
        const stored = meta[at + 2] as number;
        if ((stored & KEY_MASK) === key && this.#equal(slot * MAX_CACHED_BYTES, view, start, length)) {
          if (stored >= 0) meta[at + 2] = stored | HIT;
          return meta[at + 3] as number;
        }
      }
      slot = (slot + 1) & this.#mask;
    }
    return MISS;
  }

  /** Remembers a value (any but MISS) for a key that `find` just missed. */
  store(access: number, bits: number, buf: Uint8Array, start: number, end: number, value: number): void {
    const length = end - start;
    if (length > MAX_CACHED_BYTES || access === 0) return;
    const key = (bits << 8) | length;
    const hash = this.hash(this.#viewOf(buf), start, length, access, key);
    const slot = this.#slotFor(hash & this.#mask);
    const at = slot * FIELDS;
    this.#slab.set(buf.subarray(start, end), slot * MAX_CACHED_BYTES);
    this.#meta[at] = hash;
    this.#meta[at + 1] = access;
    this.#meta[at + 2] = key;
    this.#meta[at + 3] = value;
  }

  /** A free slot of the window, else one that was not hit, else any. */
  #slotFor(first: number): number {
    const meta = this.#meta;
    for (let probe = 0; probe < WINDOW; probe++) {
      const slot = (first + probe) & this.#mask;
      if (meta[slot * FIELDS + 1] === 0) return slot;
    }
    this.#victim = (this.#victim + 1) & 0xff;
    for (let probe = 0; probe < WINDOW; probe++) {
      const slot = (first + ((probe + this.#victim) % WINDOW)) & this.#mask;
      if ((meta[slot * FIELDS + 2] as number) >= 0) return slot;
    }
    for (let probe = 0; probe < WINDOW; probe++) {
      const at = ((first + probe) & this.#mask) * FIELDS + 2;
      meta[at] = (meta[at] as number) & KEY_MASK;
    }
    return (first + (this.#victim % WINDOW)) & this.#mask;
  }

  #viewOf(buf: Uint8Array): DataView {
    if (buf !== this.#buf) {
      this.#buf = buf;
      this.#view = new DataView(buf.buffer, buf.byteOffset, buf.byteLength);
    }
    return this.#view;
  }

  /** Two lanes of four bytes each, so that one multiplication need not wait for the other. Overridden by tests only. */
  protected hash(view: DataView, start: number, length: number, access: number, key: number): number {
    let a = Math.imul(this.#seed ^ access, 0x9e37_79b1);
    let b = Math.imul(a ^ key, 0x85eb_ca6b);
    a ^= a >>> 15;
    b ^= b >>> 13;
    const end = start + length;
    let at = start;
    for (const last = end - 8; at <= last; at += 8) {
      a = Math.imul(a ^ view.getInt32(at, true), 0x2c1b_3c6d);
      b = Math.imul(b ^ view.getInt32(at + 4, true), 0x297a_2d39);
      a ^= a >>> 15;
      b ^= b >>> 15;
    }
    if (at <= end - 4) {
      a = Math.imul(a ^ view.getInt32(at, true), 0x2c1b_3c6d);
      a ^= a >>> 15;
      at += 4;
    }
    for (; at < end; at++) {
      b = Math.imul(b ^ view.getUint8(at), 0x297a_2d39);
      b ^= b >>> 13;
    }
    const h = Math.imul(a ^ Math.imul(b, 0x9e37_79b1), 0x85eb_ca6b);
    return h ^ (h >>> 16);
  }

  #equal(slab: number, view: DataView, start: number, length: number): boolean {
    const words = this.#words;
    const whole = length >> 2;
    const first = slab >> 2;
    for (let i = 0; i < whole; i++) {
      if (words[first + i] !== view.getInt32(start + (i << 2), LITTLE_ENDIAN)) return false;
    }
    const bytes = this.#slab;
    for (let i = whole << 2; i < length; i++) {
      if (bytes[slab + i] !== view.getUint8(start + i)) return false;
    }
    return true;
  }
}
