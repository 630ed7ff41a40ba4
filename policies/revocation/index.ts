import { Buffer } from 'node:buffer';
import type { ListRecord } from './build-index.ts';
import {
  HEADER_WORDS,
  homeSlot,
  KEY_HASH_OCTETS,
  KeyMaker,
  keyWord,
  LIST_OCTETS,
  MAGIC,
  MAX_SERIAL_OCTETS,
  SLOT_WORDS,
  VERSION,
} from './index-layout.ts';

/** A certificate that a list names. */
export interface RevokedEntry {
  /** Number of the list: see `RevocationIndex.list`. */
  readonly list: number;
  /** CRLReason of RFC 5280 5.3.1. */
  readonly reason: number;
  /** Milliseconds since the epoch, to the second. */
  readonly date: number;
}

/**
 * All revocation lists of one generation, read from the buffer that `buildRevocationIndex` made. To open one costs
 * microseconds, to look up a certificate a hash and a few words of memory.
 */
export class RevocationIndex {
  /** Different certificates that are revoked. */
  readonly entries: number;
  /** Number of lists. */
  readonly lists: number;
  readonly #words: Uint32Array;
  readonly #bytes: Buffer;
  readonly #slots: number;
  readonly #listsAt: number;
  readonly #maker = new KeyMaker();
  /** Lists that were asked for. */
  readonly #read: (ListRecord | undefined)[] = [];

  /** @throws RangeError when the buffer is none of ours. */
  constructor(buffer: SharedArrayBuffer | ArrayBuffer) {
    this.#words = new Uint32Array(buffer);
    this.#bytes = Buffer.from(buffer);
    const [magic, version, slots = 0, entries = 0, lists = 0, listsAt = 0] = this.#words;
    const right = listsAt === (HEADER_WORDS + slots * SLOT_WORDS) * 4 && entries < slots;
    if (magic !== MAGIC || version !== VERSION || !right || listsAt + lists * LIST_OCTETS > buffer.byteLength) {
      throw new RangeError('the buffer holds no revocation index');
    }
    this.entries = entries;
    this.lists = lists;
    this.#slots = slots;
    this.#listsAt = listsAt;
  }

  /**
   * Is the certificate revoked?
   * @param issuerKeyHash SHA-256 of the issuer's SubjectPublicKeyInfo, 32 bytes.
   * @param serial Serial number as an unsigned number; leading zeros do not matter.
   */
  lookup(issuerKeyHash: Uint8Array, serial: Uint8Array): RevokedEntry | undefined {
    let start = 0;
    while (start < serial.length - 1 && serial[start] === 0) start++;
    // No list holds such a number, and the reader of certificates lets none pass.
    if (serial.length === 0 || serial.length - start > MAX_SERIAL_OCTETS) return undefined;
    return this.probe(this.#maker.issuer(issuerKeyHash).key(serial, start, serial.length));
  }

  /** The same for a key that was made before (`KeyMaker`). Allocates only for one that is found. */
  probe(key: Uint8Array): RevokedEntry | undefined {
    const words = this.#words;
    const slots = this.#slots;
    const first = keyWord(key, 0);
    let slot = homeSlot(first, slots);
    for (let looked = 0; looked < slots; looked++) {
      const at = HEADER_WORDS + slot * SLOT_WORDS;
      const value = words[at + 5] as number;
      if (value === 0) return undefined;
      if (
        words[at] === first &&
        words[at + 1] === keyWord(key, 1) &&
        words[at + 2] === keyWord(key, 2) &&
        words[at + 3] === keyWord(key, 3)
      ) {
        return { list: value & 0xffff, reason: (value >>> 16) & 0xff, date: (words[at + 4] as number) * 1000 };
      }
      slot = slot + 1 === slots ? 0 : slot + 1;
    }
    return undefined;
  }

  /** What is known of list `number`. @throws RangeError when there is none. */
  list(number: number): ListRecord {
    const known = this.#read[number];
    if (known !== undefined) return known;
    if (!Number.isInteger(number) || number < 0 || number >= this.lists) throw new RangeError(`no list ${number}`);
    const end = this.#listsAt + (number + 1) * LIST_OCTETS;
    const start = this.#bytes.readUInt32LE(end - 8);
    const text = this.#bytes.toString('utf8', start, start + this.#bytes.readUInt32LE(end - 4));
    const record = JSON.parse(text) as ListRecord;
    this.#read[number] = record;
    return record;
  }

  /** Until when each list counts as fresh, in milliseconds since the epoch. */
  get runOuts(): readonly number[] {
    return Array.from({ length: this.lists }, (_, number) => this.list(number).freshUntil);
  }

  /** The lists of one issuer that count in a trust store; without `store`: all. */
  listsOf(issuerKeyHash: Uint8Array, store?: string): readonly ListRecord[] {
    let low = 0;
    let high = this.lists;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#compare(middle, issuerKeyHash) < 0) low = middle + 1;
      else high = middle;
    }
    const found: ListRecord[] = [];
    while (low < this.lists && this.#compare(low, issuerKeyHash) === 0) found.push(this.list(low++));
    return store === undefined ? found : found.filter((list) => (list.store ?? store) === store);
  }

  #compare(list: number, issuerKeyHash: Uint8Array): number {
    const at = this.#listsAt + list * LIST_OCTETS;
    return Buffer.compare(this.#bytes.subarray(at, at + KEY_HASH_OCTETS), issuerKeyHash);
  }
}
