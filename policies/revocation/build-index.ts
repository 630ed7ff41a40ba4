import { Buffer } from 'node:buffer';
import type { CrlScope } from './crl-scope.ts';
import {
  HEADER_WORDS,
  homeSlot,
  KeyMaker,
  keyWord,
  LIST_OCTETS,
  MAGIC,
  SLOT_WORDS,
  TAKEN,
  VERSION,
} from './index-layout.ts';
import { forEachRevoked, type RevokedList } from './revoked-list.ts';

/**
 * Two thirds of the slots are taken at most: 36 octets for each entry; a key that is absent takes five looks side by
 * side.
 */
const SLOTS_PER_ENTRY = 1.5;
const MAX_LISTS = 65_535;
/** Of all lists together; their table has 576 MB. */
const MAX_INDEXED = 16_000_000;

/** One list, checked, on its way into the index. */
export interface IndexedList {
  /** Trust store that reads it; its age and its silence count there only. Left out: everywhere. */
  readonly store?: string;
  /** For people: the file or URL. */
  readonly name: string;
  /** SHA-256 of the issuer's SubjectPublicKeyInfo. */
  readonly issuerKeyHash: Uint8Array;
  readonly list: RevokedList;
  /** Milliseconds since the epoch. */
  readonly freshUntil: number;
}

/** What workers know of a list beside its entries. Times in milliseconds since the epoch. */
export interface ListRecord {
  readonly store?: string;
  readonly name: string;
  /** CRLNumber, decimal; that of the delta where there is one. */
  readonly number: string;
  readonly thisUpdate: number;
  readonly nextUpdate: number | null;
  readonly freshUntil: number;
  /** Entries, of complete list and delta. */
  readonly count: number;
  readonly scope: CrlScope;
}

/**
 * Puts lists into one buffer that `RevocationIndex` reads in any thread. Takes about a microsecond for each entry:
 * not for a thread that has sessions.
 * @throws RangeError when there is more than the table can hold.
 */
export function buildRevocationIndex(lists: readonly IndexedList[]): SharedArrayBuffer {
  if (lists.length > MAX_LISTS) throw new RangeError(`more than ${MAX_LISTS} revocation lists`);
  const sorted = lists.toSorted((a, b) => Buffer.compare(a.issuerKeyHash, b.issuerKeyHash));
  const records = sorted.map(recordOf);
  const entries = records.reduce((sum, { count }) => sum + count, 0);
  if (entries > MAX_INDEXED) throw new RangeError(`more than ${MAX_INDEXED} entries of revocation lists`);
  const slots = Math.ceil(entries * SLOTS_PER_ENTRY) + 8;
  const texts = records.map((record) => Buffer.from(JSON.stringify(record)));
  const listsAt = (HEADER_WORDS + slots * SLOT_WORDS) * 4;
  const size = texts.reduce((sum, text) => sum + text.length, listsAt + sorted.length * LIST_OCTETS);
  // Rounded up, as the view of words wants it.
  const buffer = new SharedArrayBuffer(Math.ceil(size / 4) * 4);
  const words = new Uint32Array(buffer);
  const distinct = fill(words, slots, sorted);
  words.set([MAGIC, VERSION, slots, distinct, sorted.length, listsAt]);
  writeLists(Buffer.from(buffer), listsAt, sorted, texts);
  return buffer;
}

function recordOf({ store, name, freshUntil, list: { complete, delta } }: IndexedList): ListRecord {
  const newest = delta ?? complete;
  return {
    ...(store !== undefined && { store }),
    name,
    number: String(newest.number ?? ''),
    thisUpdate: newest.thisUpdate,
    nextUpdate: newest.nextUpdate ?? null,
    freshUntil,
    count: complete.count + (delta?.count ?? 0),
    scope: complete.scope,
  };
}

/** Gives the number of different certificates. Where one is listed twice the earlier date holds, with its reason. */
function fill(words: Uint32Array, slots: number, lists: readonly IndexedList[]): number {
  const maker = new KeyMaker();
  let distinct = 0;
  for (const [source, { issuerKeyHash, list }] of lists.entries()) {
    maker.issuer(issuerKeyHash);
    forEachRevoked(list, (bytes, start, end, date, reason) => {
      const key = maker.key(bytes, start, end);
      const seconds = Math.min(Math.max(Math.floor(date / 1000), 0), 0xffff_ffff);
      const at = place(words, slots, key);
      const taken = words[at + 5] !== 0;
      if (taken && (words[at + 4] as number) <= seconds) return;
      for (let i = 0; i < 4; i++) words[at + i] = keyWord(key, i);
      words[at + 4] = seconds;
      words[at + 5] = source | (reason << 16) | TAKEN;
      if (!taken) distinct++;
    });
  }
  return distinct;
}

/** First word of the slot that holds the key, or of the free one where it belongs. */
function place(words: Uint32Array, slots: number, key: Uint8Array): number {
  let slot = homeSlot(keyWord(key, 0), slots);
  for (;;) {
    const at = HEADER_WORDS + slot * SLOT_WORDS;
    if (words[at + 5] === 0) return at;
    let same = true;
    for (let i = 0; i < 4; i++) same &&= words[at + i] === keyWord(key, i);
    if (same) return at;
    slot = slot + 1 === slots ? 0 : slot + 1;
  }
}

function writeLists(into: Buffer, start: number, lists: readonly IndexedList[], texts: readonly Buffer[]): void {
  let at = start;
  let textAt = start + lists.length * LIST_OCTETS;
  for (const [index, { issuerKeyHash }] of lists.entries()) {
    const text = texts[index] as Buffer;
    into.set(issuerKeyHash, at);
    into.writeUInt32LE(textAt, at + LIST_OCTETS - 8);
    into.writeUInt32LE(text.length, at + LIST_OCTETS - 4);
    into.set(text, textAt);
    textAt += text.length;
    at += LIST_OCTETS;
  }
}
