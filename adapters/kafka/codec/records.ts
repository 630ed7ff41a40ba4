import { int16At, int32At } from './big-endian.ts';

/** What `readBatchHead` answers, the size of a head, and bits of its attributes (record batch v2: KIP-98). */
export const BATCH = {
  ok: 0,
  /** Shorter than a head. */
  tooShort: 1,
  /** Messages of the time before batches: their attributes mean something else. */
  wrongMagic: 2,
  /** Several batches, or a part of one. */
  wrongLength: 3,
  /** Brokers refuse a batch without records. */
  wrongCount: 4,
  headerSize: 61,
  /** Mask: 0 none, 1 gzip, 2 snappy, 3 lz4, 4 zstd. */
  compression: 0x07,
  transactional: 0x10,
  control: 0x20,
} as const;

type BatchCode = 0 | 1 | 2 | 3 | 4;

/** One object is filled again and again. */
export interface BatchHead {
  attributes: number;
  /** Records in the batch, as it says itself. */
  recordsCount: number;
  /** The producer is idempotent. */
  hasProducerId: boolean;
}

/** An empty head, to be filled by `readBatchHead` again and again. */
export function newBatchHead(): BatchHead {
  return { attributes: 0, recordsCount: 0, hasProducerId: false };
}

const LENGTH = 8;
const MAGIC = 16;
const ATTRIBUTES = 21;
const PRODUCER_ID = 43;
const RECORDS_COUNT = 57;
/** What the length of a batch does not count: base offset and the length itself. */
const BEFORE_LENGTH = 12;

/**
 * Reads the head of the one batch that `[at, end)` must be; only the first 61 bytes are looked
 * at. `into` is filled for every code but `tooShort`, for which it is emptied. Nothing is said
 * of the records: they are never unpacked.
 */
export function readBatchHead(buf: Buffer, at: number, end: number, into: BatchHead): BatchCode {
  if (end - at < BATCH.headerSize) {
    into.attributes = 0;
    into.recordsCount = 0;
    into.hasProducerId = false;
    return BATCH.tooShort;
  }
  into.attributes = int16At(buf, at + ATTRIBUTES);
  into.recordsCount = int32At(buf, at + RECORDS_COUNT);
  into.hasProducerId = (buf[at + PRODUCER_ID] as number) < 0x80;
  if (buf[at + MAGIC] !== 2) return BATCH.wrongMagic;
  if (int32At(buf, at + LENGTH) + BEFORE_LENGTH !== end - at) return BATCH.wrongLength;
  return into.recordsCount > 0 ? BATCH.ok : BATCH.wrongCount;
}
