import { isFull, nanoseconds } from '../../../policies/limits/gcra.ts';
import type { GroupLimits } from '../../../policies/types.ts';
import { openClock } from './clock.ts';
import { type Key, type KeyHash, openKeyHash } from './key-hash.ts';
import type { Leases } from './leased-bucket.ts';
import { type HandleHost, SlotHandle } from './limit-handle.ts';
import { SharedLockError } from './lock.ts';
import { holdsKey, PROBES, probe } from './slot-probe.ts';
import { BUCKETS, checkColumn, IN_USE, NEVER_USED, type SharedState, SLOT } from './state.ts';
import { Structure } from './structure.ts';
import type { Clock, LimitHandle, LimitTable, SharedLimits } from './types.ts';

/** Opens the limits of one worker. @throws {RangeError} when `worker` is no column */
export function openLimits(state: SharedState, worker: number): LimitTable {
  return new Limits(state, checkColumn(state, worker));
}

class Limits implements LimitTable, HandleHost {
  readonly structure: Structure;
  readonly worker: number;
  readonly arrivals: BigInt64Array;
  readonly quotas: BigInt64Array;
  readonly leases: Leases = [];
  readonly #mask: number;
  readonly #hash: KeyHash;
  readonly #clock: Clock;
  readonly #handles = new Map<string, SlotHandle>();
  /** Slot -> handles of it: one for each listener. */
  readonly #held = new Map<number, number>();
  readonly #owed: (() => void)[] = [];

  constructor(state: SharedState, worker: number) {
    this.structure = new Structure(state, worker + 1);
    this.worker = worker;
    this.arrivals = new BigInt64Array(state.arrivals);
    this.quotas = new BigInt64Array(state.quotas);
    this.#mask = state.slots - 1;
    this.#hash = openKeyHash(state);
    this.#clock = openClock(state);
  }

  acquire(identity: string, principal: string, limits: SharedLimits, listener = ''): LimitHandle | 'table-full' {
    return this.#acquire(handleName(identity, principal, listener), 'limit', identity, principal, limits);
  }

  /** Clients whose blocks say the same of a group have one handle: what is on lease is the worker's, not each client's. */
  acquireGroup(limits: GroupLimits): LimitHandle | 'table-full' {
    return this.#acquire(`group ${JSON.stringify(limits)}`, 'group', limits.group, '', limits);
  }

  #acquire(
    name: string,
    domain: 'limit' | 'group',
    identity: string,
    principal: string,
    limits: SharedLimits,
  ): LimitHandle | 'table-full' {
    let handle = this.#handles.get(name);
    if (handle === undefined) {
      const key = this.#hash(domain, identity, principal);
      const slot = this.structure.locked(() => this.#hold(key));
      if (slot < 0) return 'table-full';
      handle = new SlotHandle(this, identity, principal, key, slot, name);
      this.#held.set(slot, (this.#held.get(slot) ?? 0) + 1);
      this.#handles.set(name, handle);
    }
    handle.references++;
    try {
      handle.update(limits);
    } catch (error) {
      handle.release();
      throw error;
    }
    return handle;
  }

  sweep(nowMs: number): void {
    const { leases } = this;
    for (let i = leases.length - 1; i >= 0; i--) {
      if (!leases[i]?.sweep(nowMs)) continue;
      const last = leases.pop();
      if (last !== undefined && i < leases.length) leases[i] = last;
    }
    this.#settleDebts();
  }

  used(): number {
    const now = nanoseconds(this.#clock.now());
    let used = 0;
    for (let slot = 0; slot <= this.#mask; slot++) {
      if (this.structure.words[this.structure.slotAt(slot)] === IN_USE && !this.#isFree(slot, now)) used++;
    }
    return used;
  }

  drop(handle: SlotHandle): void {
    handle.settle(() => this.#letGo(handle));
  }

  owe(work: () => void): void {
    this.#owed.push(work);
  }

  /** The slot of `key`, held by this worker from now on; -1 when there is no room. Under the lock. */
  #hold(key: Key): number {
    const { structure } = this;
    const now = nanoseconds(this.#clock.now());
    let free = -1;
    for (let n = 0; n < PROBES; n++) {
      const slot = probe(key, n, this.#mask);
      const at = structure.slotAt(slot);
      if (structure.words[at] === NEVER_USED) {
        if (free < 0) free = slot;
        break;
      }
      if (holdsKey(structure.words, at + SLOT.key, key)) {
        structure.words[structure.holdAt(slot, this.worker)] = 1;
        return slot;
      }
      if (free < 0 && this.#isFree(slot, now)) free = slot;
    }
    if (free >= 0) this.#write(free, key);
    return free;
  }

  /** The arrival times of a free slot lie in the past, which means full: they need no reset. */
  #write(slot: number, key: Key): void {
    const { structure } = this;
    const { journal } = structure;
    const at = structure.slotAt(slot);
    journal.begin();
    journal.write(at + SLOT.state, IN_USE);
    for (let i = 0; i < 4; i++) journal.write(at + SLOT.key + i, key[i] as number);
    journal.write(structure.holdAt(slot, this.worker), 1);
    journal.commit();
  }

  #isFree(slot: number, now: bigint): boolean {
    if (!this.structure.isUnheld(slot)) return false;
    for (let i = 0; i < BUCKETS; i++) {
      if (!isFull(Atomics.load(this.arrivals, slot * BUCKETS + i), now)) return false;
    }
    return true;
  }

  /** Gives the hold back, unless somebody has acquired the handle again in the meantime. */
  #letGo(handle: SlotHandle): void {
    const { structure } = this;
    const { name, slot } = handle;
    if (handle.references > 0 || this.#handles.get(name) !== handle) return;
    const others = (this.#held.get(slot) ?? 1) - 1;
    if (others === 0) {
      structure.locked(() => {
        structure.words[structure.holdAt(slot, this.worker)] = 0;
      });
      this.#held.delete(slot);
    } else {
      this.#held.set(slot, others);
    }
    this.#handles.delete(name);
  }

  #settleDebts(): void {
    while (this.#owed.length > 0) {
      try {
        this.#owed[this.#owed.length - 1]?.();
      } catch (error) {
        if (error instanceof SharedLockError) return;
        throw error;
      }
      this.#owed.pop();
    }
  }
}

function handleName(identity: string, principal: string, listener: string): string {
  return `${identity.length}:${identity}${listener.length}:${listener}${principal}`;
}
