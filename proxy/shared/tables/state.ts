import { randomBytes } from 'node:crypto';
import { QUOTA_SAMPLES } from '../../../policies/limits/kafka-quota.ts';
import { QUOTAS, RATES } from '../../../policies/limits/keys.ts';

export interface SharedOptions {
  /** Data-plane workers; 0 means that the main thread is the only one. */
  readonly workers: number;
  /** Slots for limited principals, a power of two. Default 65,536. */
  readonly slots?: number;
  /** Entries for live MQTT client ids, a power of two. Default 131,072. */
  readonly clientIds?: number;
  /** Counter slots per worker. Default 4,096. */
  readonly series?: number;
  /** Entries for admission by address, a power of two. Default 65,536. */
  readonly addresses?: number;
}

/** The shared memory of one process. Plain data: hand it to workers as `workerData`. */
export interface SharedState {
  /** Columns: one for each worker, at least 1. */
  readonly columns: number;
  readonly slots: number;
  readonly clientIds: number;
  readonly series: number;
  readonly addresses: number;
  /** Locks, journal, clock mode. Int32. */
  readonly control: SharedArrayBuffer;
  /** The driven clock. Int64, nanoseconds. */
  readonly drivenTime: SharedArrayBuffer;
  /** What the journal protects: limit slots, then client ids. Int32. */
  readonly tables: SharedArrayBuffer;
  /** Theoretical arrival times of the buckets. Int64, nanoseconds. */
  readonly arrivals: SharedArrayBuffer;
  /** Samples of Kafka quotas: `QUOTA_CELLS` for each limit slot. Int64, see quota-bucket.ts. */
  readonly quotas: SharedArrayBuffer;
  /** Gauges and counter epochs. Int32. */
  readonly gauges: SharedArrayBuffer;
  /** Last signs of life. Int64, microseconds of the real clock. */
  readonly beats: SharedArrayBuffer;
  /** Counters. Float64. */
  readonly counters: SharedArrayBuffer;
  /** Keys of the admission table. Int32. */
  readonly addressKeys: SharedArrayBuffer;
  /** Arrival time (Int64, nanoseconds) and last use (Float64, milliseconds) of each address. */
  readonly addressTimes: SharedArrayBuffer;
  /** Secret of the key hash, new in every process, so that nobody outside can aim at a slot. */
  readonly seed: SharedArrayBuffer;
}

/** Int32 words of `control`. */
export const CONTROL = {
  structureLock: 0,
  addressLock: 1,
  clockDriven: 2,
  /** Number of writes that are committed and not yet known to be applied. */
  journalCount: 3,
  /** Pairs of index and value. */
  journal: 4,
} as const;
/** Writes that one structural operation may make. */
export const JOURNAL_CAPACITY = 32;

/** Kinds of buckets of a slot, in the order of their arrival times; `quotas` holds until when its samples count. */
export const BUCKET = { ...positions(RATES), quotas: RATES.length } as const;
export const BUCKETS = RATES.length + 1;
/** Kinds that may be quotas of Kafka, in the order of their samples. */
export const QUOTA = positions(QUOTAS);
export const QUOTA_CELLS = QUOTAS.length * QUOTA_SAMPLES;

/** Int32 words of a limit slot; behind them one hold (0 or 1) and one connection count for each column. */
export const SLOT = { state: 0, key: 1, columns: 5 } as const;
/** Values of `state`. A search ends at an entry that was never used; above 0 the entry is in use, for a client id by worker `state - 1`. */
export const NEVER_USED = 0;
export const FREED = -1;
export const IN_USE = 1;

/** Int32 words of a client id entry. */
export const CLIENT = { state: 0, session: 1, key: 2, value: 6, words: 10 } as const;

/** Int32 words per worker of `gauges`: those of `GAUGE`, the counter epoch, and air, so that no two workers share a cache line. */
export const GAUGE_WORDS = 16;
export const EPOCH = 8;

/** Reserves the shared memory. @throws {RangeError} for sizes that make no table */
export function createShared(options: SharedOptions): SharedState {
  const columns = Math.max(1, whole('workers', options.workers, 0, 1024));
  const slots = powerOfTwo('slots', options.slots ?? 65_536);
  const clientIds = powerOfTwo('clientIds', options.clientIds ?? 131_072);
  const series = whole('series', options.series ?? 4096, 32, 1 << 20);
  const addresses = powerOfTwo('addresses', options.addresses ?? 65_536);
  const seed = new SharedArrayBuffer(16);
  new Uint8Array(seed).set(randomBytes(16));
  return {
    columns,
    slots,
    clientIds,
    series,
    addresses,
    control: new SharedArrayBuffer((CONTROL.journal + 2 * JOURNAL_CAPACITY) * 4),
    drivenTime: new SharedArrayBuffer(8),
    tables: new SharedArrayBuffer((slots * slotWords(columns) + clientIds * CLIENT.words) * 4),
    arrivals: new SharedArrayBuffer(slots * BUCKETS * 8),
    quotas: new SharedArrayBuffer(slots * QUOTA_CELLS * 8),
    gauges: new SharedArrayBuffer(columns * GAUGE_WORDS * 4),
    beats: new SharedArrayBuffer(columns * 8),
    counters: new SharedArrayBuffer(columns * series * 8),
    addressKeys: new SharedArrayBuffer(addresses * 2 * 4),
    addressTimes: new SharedArrayBuffer(addresses * 2 * 8),
    seed,
  };
}

/** Int32 words of one limit slot. */
export function slotWords(columns: number): number {
  return SLOT.columns + 2 * columns;
}

/** Index in `tables` of the first client id entry. */
export function clientBase(state: SharedState): number {
  return state.slots * slotWords(state.columns);
}

/** @throws {RangeError} when `worker` is no column */
export function checkColumn(state: SharedState, worker: number): number {
  return whole('worker', worker, 0, state.columns - 1);
}

function whole(name: string, value: number, least: number, most: number): number {
  if (!Number.isInteger(value) || value < least || value > most) {
    throw new RangeError(`${name} must be a whole number from ${least} to ${most}, not ${value}`);
  }
  return value;
}

function powerOfTwo(name: string, value: number): number {
  if (!Number.isInteger(Math.log2(value)) || value < 16 || value > 1 << 24) {
    throw new RangeError(`${name} must be a power of two from 16 to ${1 << 24}, not ${value}`);
  }
  return value;
}

function positions<K extends string>(keys: readonly K[]): Readonly<Record<K, number>> {
  return Object.fromEntries(keys.map((key, i) => [key, i])) as Record<K, number>;
}
