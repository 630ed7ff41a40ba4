import type { LimitKind } from '../../../adapters/seam.ts';
import { type Bucket, bucketOf, charge, nanoseconds, refund, waitNs } from '../../../policies/limits/gcra.ts';
import { TRAFFIC } from '../../../policies/limits/keys.ts';
import { type AnyBucket, type BucketCells, openBucket, sameRate } from './buckets.ts';
import type { Key } from './key-hash.ts';
import { SharedLockError } from './lock.ts';
import { BUCKET, BUCKETS } from './state.ts';
import type { Structure } from './structure.ts';
import { TopicWindow, topicKey } from './topic-window.ts';
import type { LimitHandle, SharedLimits, SharedRate } from './types.ts';

/** What the handles of one worker have in common. */
export interface HandleHost extends BucketCells {
  readonly structure: Structure;
  readonly worker: number;
  /** The last reference to the handle is gone. */
  drop(handle: SlotHandle): void;
  /** Work that could not get the lock, for the next sweep. */
  owe(work: () => void): void;
}

/** One worker's handle of one slot of the limit table. */
export class SlotHandle implements LimitHandle {
  readonly identity: string;
  readonly principal: string;
  readonly key: Key;
  readonly slot: number;
  /** Among the handles of the worker. */
  readonly name: string;
  references = 0;
  readonly #host: HandleHost;
  #limits: SharedLimits | undefined;
  #publish: AnyBucket | undefined;
  #bytes: AnyBucket | undefined;
  #bytesOut: AnyBucket | undefined;
  #requests: AnyBucket | undefined;
  #topics: AnyBucket | undefined;
  /** Made for those whose topics are counted. */
  #known: TopicWindow | null = null;
  #handshakes: Bucket | undefined;

  constructor(host: HandleHost, identity: string, principal: string, key: Key, slot: number, name: string) {
    this.#host = host;
    this.identity = identity;
    this.principal = principal;
    this.key = key;
    this.slot = slot;
    this.name = name;
  }

  take(kind: LimitKind, n: number, maxWaitMs: number, nowMs: number): number {
    const bucket = this.#of(kind);
    return bucket === undefined ? 0 : bucket.take(n, maxWaitMs, nowMs);
  }

  giveBack(kind: LimitKind, n: number): void {
    this.#of(kind)?.refund(n);
  }

  /** Fields and a switch: faster than the entries of a table, and the compiler misses none. */
  #of(kind: LimitKind): AnyBucket | undefined {
    switch (kind) {
      case 'publish':
        return this.#publish;
      case 'bytes':
        return this.#bytes;
      case 'bytesOut':
        return this.#bytesOut;
      case 'requests':
        return this.#requests;
      case 'topics':
        return this.#topics;
      default:
        return kind satisfies never;
    }
  }

  #put(kind: LimitKind, bucket: AnyBucket | undefined): void {
    switch (kind) {
      case 'publish':
        this.#publish = bucket;
        return;
      case 'bytes':
        this.#bytes = bucket;
        return;
      case 'bytesOut':
        this.#bytesOut = bucket;
        return;
      case 'requests':
        this.#requests = bucket;
        return;
      case 'topics':
        this.#topics = bucket;
        return;
      default:
        kind satisfies never;
    }
  }

  takeTopic(buf: Uint8Array, start: number, end: number, maxWaitMs: number, nowMs: number): number {
    const bucket = this.#topics;
    if (bucket === undefined) return 0;
    const { perSecond, burst } = bucket.rate;
    const topic = topicKey(buf, start, end);
    this.#known ??= new TopicWindow();
    const room = this.#known.look(topic, nowMs - (burst / perSecond) * 1000);
    if (room !== 'new') return room === 'known' ? 0 : -1;
    const wait = bucket.take(1, maxWaitMs, nowMs);
    if (wait >= 0) this.#known.add(topic, nowMs + wait);
    return wait;
  }

  takeHandshake(nowMs: number): boolean {
    const bucket = this.#handshakes;
    if (bucket === undefined) return true;
    const { arrivals } = this.#host;
    const cell = this.slot * BUCKETS + BUCKET.handshakes;
    const now = nanoseconds(nowMs);
    for (;;) {
      const tat = Atomics.load(arrivals, cell);
      if (waitNs(tat, now, 1, bucket) > 0) return false;
      if (Atomics.compareExchange(arrivals, cell, tat, charge(tat, now, 1, bucket)) === tat) return true;
    }
  }

  giveBackHandshake(): void {
    const bucket = this.#handshakes;
    if (bucket === undefined) return;
    const { arrivals } = this.#host;
    const cell = this.slot * BUCKETS + BUCKET.handshakes;
    for (;;) {
      const tat = Atomics.load(arrivals, cell);
      if (Atomics.compareExchange(arrivals, cell, tat, refund(tat, 1, bucket)) === tat) return;
    }
  }

  connect(always = false): boolean {
    const { structure, worker } = this.#host;
    return structure.locked(() => {
      if (!always && !this.mayConnect()) return false;
      const at = structure.connectionsAt(this.slot, worker);
      structure.words[at] = (structure.words[at] as number) + 1;
      return true;
    });
  }

  disconnect(): void {
    const { structure, worker } = this.#host;
    this.settle(() =>
      structure.locked(() => {
        const at = structure.connectionsAt(this.slot, worker);
        structure.words[at] = Math.max(0, (structure.words[at] as number) - 1);
      }),
    );
  }

  connections(): number {
    return this.#host.structure.connections(this.slot);
  }

  /** Is there room for one more connection? Under the structure lock. */
  mayConnect(): boolean {
    const most = this.#limits?.connections;
    return most === undefined || this.#host.structure.connections(this.slot) < most;
  }

  update(limits: SharedLimits): void {
    if (limits === this.#limits) return;
    for (const kind of TRAFFIC) this.#put(kind, this.#bucket(kind, limits[kind], this.#of(kind)));
    this.#handshakes = limits.handshakes === undefined ? undefined : bucketOf(limits.handshakes);
    this.#limits = limits;
  }

  release(): void {
    if (this.references === 0) return;
    this.references--;
    if (this.references > 0) return;
    for (const kind of TRAFFIC) this.#of(kind)?.giveBack();
    this.#host.drop(this);
  }

  /** Does work that must not be lost: when the lock cannot be taken, the next sweep does it. True if it was done now. */
  settle(work: () => void): boolean {
    try {
      work();
      return true;
    } catch (error) {
      if (!(error instanceof SharedLockError)) throw error;
      this.#host.owe(work);
      return false;
    }
  }

  #bucket(kind: LimitKind, rate: SharedRate | undefined, old: AnyBucket | undefined): AnyBucket | undefined {
    if (old !== undefined && rate !== undefined && sameRate(rate, old.rate)) return old;
    const fresh = rate && openBucket(this.#host, this.slot, kind, rate);
    old?.giveBack();
    return fresh;
  }
}
