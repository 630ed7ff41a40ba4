/** What the rooms of the data plane see of the shared tables. Implementations stand beside this file, one each. */
import type { LimitKind } from '../../../adapters/seam.ts';
import type { TrafficKey } from '../../../policies/limits/table.ts';
import type { GroupLimits, Rate } from '../../../policies/types.ts';

/** Monotonic milliseconds with one origin in all threads of the process. */
export interface Clock {
  /** The real clock, or the driven one once `driveClock` was called. */
  now(): number;
  /** The real clock always: heartbeats, deadlines of the machinery itself. */
  real(): number;
}

/** Moves the shared clock of a test; never used in production. */
export interface DrivenClock {
  set(ms: number): void;
  advance(ms: number): void;
}

/** A bucket, or a quota of Kafka with the same rate. */
export interface SharedRate extends Rate {
  readonly quota?: 'kafka';
}

/** What the table counts; of `EffectiveLimits` it is the part that connections share. */
export type SharedLimits = { readonly [K in TrafficKey]?: SharedRate } & {
  readonly handshakes?: Rate;
  readonly connections?: number;
};

/** The limits of one identity and principal or of one group, shared by all connections of one worker. */
export interface LimitHandle {
  /**
   * Takes `n` tokens. 0: granted. > 0: granted and reserved, go on after so many milliseconds.
   * -1: refused, the wait would exceed `maxWaitMs`; nothing was taken.
   */
  take(kind: LimitKind, n: number, maxWaitMs: number, nowMs: number): number;
  /**
   * The same for one token of `topics`, if the topic in `[start, end)` took none for as long as the bucket takes to
   * fill; -1 too when more topics are remembered than may be.
   */
  takeTopic(buf: Uint8Array, start: number, end: number, maxWaitMs: number, nowMs: number): number;
  /** Returns what `take` has just granted or reserved, when it is not used. */
  giveBack(kind: LimitKind, n: number): void;
  /** Takes one handshake; never leased, never waits. */
  takeHandshake(nowMs: number): boolean;
  /** Returns one. */
  giveBackHandshake(): void;
  /**
   * Counts a connection that has no client id; false at the limit.
   * @param always Counts it at the limit too. Default false.
   * @throws {SharedLockError}
   */
  connect(always?: boolean): boolean;
  /** Undoes one `connect`. @throws {SharedLockError} */
  disconnect(): void;
  /** Connections of this key in the whole process. */
  connections(): number;
  /** Takes over the limits of a new generation; buckets and counts stay. */
  update(limits: SharedLimits): void;
  /** Gives one reference back; the last one returns what is leased. Does not touch connection counts. */
  release(): void;
}

export interface LimitTable {
  /**
   * One more reference to the handle of this key. Listeners have handles of their own, with limits of their own; the
   * buckets and counts are those of the key. @throws {SharedLockError}
   */
  acquire(identity: string, principal: string, limits: SharedLimits, listener?: string): LimitHandle | 'table-full';
  /**
   * One more reference to the handle of a group. No principal has the key of a group, whatever its name. @throws {SharedLockError}
   */
  acquireGroup(limits: GroupLimits): LimitHandle | 'table-full';
  /** Returns leases that were unused for 100 ms; call about every 100 ms. */
  sweep(nowMs: number): void;
  /** Slots that hold a live key, process-wide; a scan, for metrics. */
  used(): number;
}

export interface ClaimArgs {
  readonly listener: string;
  readonly clientId: string;
  readonly identity: string;
  readonly principal: string;
  /** Unique among the sessions of this worker; uint32. */
  readonly session: number;
  /** Handle of the same identity and principal, from this worker's `LimitTable`. */
  readonly handle: LimitHandle;
}

export type ClaimResult =
  | { readonly result: 'granted' }
  /** The entry and its count moved here; the caller tells the old owner to end that session. */
  | { readonly result: 'taken-over'; readonly worker: number; readonly session: number }
  | { readonly result: 'other-identity' }
  | { readonly result: 'connections' }
  | { readonly result: 'table-full' };

export interface ReleaseArgs {
  readonly listener: string;
  readonly clientId: string;
  readonly session: number;
  readonly handle: LimitHandle;
}

export interface ClientIdRegistry {
  /** Registers the client id and counts the connection in one step. @throws {SharedLockError} */
  claim(args: ClaimArgs): ClaimResult;
  /** True if the entry was still this session's; only then is it removed and the count lowered. @throws {SharedLockError} */
  release(args: ReleaseArgs): boolean;
}

/** Gauges of one worker; index of `Workers.add` and `Workers.get`. */
export const GAUGE = {
  /** Connections that the worker holds. */
  live: 0,
  /** Sockets that the acceptor sent to it; written by the acceptor. */
  sent: 1,
  /** Sockets that arrived at it; written by the worker. */
  received: 2,
  /** TLS handshakes under way. */
  handshakes: 3,
  /** Sessions past the handshake. */
  sessions: 4,
  /** Accepted connections that wait for a handshake slot. */
  queued: 5,
  /** Sockets that arrived and are closed; with `sent` the exact balance, without a moment in between. */
  left: 6,
} as const;
export type Gauge = (typeof GAUGE)[keyof typeof GAUGE];

export interface Workers {
  /** Number of columns, at least 1. */
  readonly count: number;
  /** Adds and returns the new value. */
  add(worker: number, gauge: Gauge, delta: number): number;
  get(worker: number, gauge: Gauge): number;
  total(gauge: Gauge): number;
  /** sent - left, what the acceptor balances by: a connection counts from its hand-over to its close without a gap. */
  load(worker: number): number;
  /** Counts a handshake of this worker unless the process has `limit` of them. Never above the limit; at the very limit two contenders may both be refused. */
  tryEnterHandshake(worker: number, limit: number): boolean;
  leaveHandshake(worker: number): void;
  /** The same for `live`. */
  tryEnterConnection(worker: number, limit: number): boolean;
  leaveConnection(worker: number): void;
  /** Notes a sign of life, `Clock.real()` milliseconds. */
  beat(worker: number, realMs: number): void;
  /** Time of the last sign of life; undefined before the first one of this incarnation. */
  lastBeat(worker: number): number | undefined;
}

/** A new series of counters in a worker's memory, to be posted to main and given to `CounterReader.define`. */
export interface SeriesInfo {
  readonly worker: number;
  /** Which life of the worker's column announced it; stale ones are ignored. */
  readonly epoch: number;
  /** First slot in the worker's region. */
  readonly slot: number;
  /** `block`: `COUNTERS` slots, named by the keys of `COUNTER`. `single`: one slot, named `name`. */
  readonly kind: 'block' | 'single';
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
}

export interface Counter {
  add(n: number): void;
}

export interface WorkerCounters {
  /** The counters of a listener and identity (indices: `COUNTER`), in shared memory. Keep the reference. */
  block(labels: { readonly listener: string; readonly identity: string }): Float64Array;
  /** One counter; memoised by name and labels. */
  count(name: string, labels: Readonly<Record<string, string>>): Counter;
}

export interface CounterSample {
  /** Name given to `count`, or a key of `COUNTER` for blocks. */
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

export interface AddressBuckets {
  /** One new connection from this address; false when its bucket is empty (or the table is locked). */
  take(addressKey: string, perSecond: number, burst: number, nowMs: number): boolean;
}
