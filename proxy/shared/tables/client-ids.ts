import { type Key, type KeyHash, openKeyHash } from './key-hash.ts';
import { SlotHandle } from './limit-handle.ts';
import { holdsKey, PROBES, probe } from './slot-probe.ts';
import { CLIENT, checkColumn, clientBase, FREED, NEVER_USED, type SharedState } from './state.ts';
import { Structure } from './structure.ts';
import type { ClaimArgs, ClaimResult, ClientIdRegistry, LimitHandle, ReleaseArgs } from './types.ts';

const GRANTED: ClaimResult = { result: 'granted' };
const OTHER_IDENTITY: ClaimResult = { result: 'other-identity' };
const CONNECTIONS: ClaimResult = { result: 'connections' };
const TABLE_FULL: ClaimResult = { result: 'table-full' };

/**
 * Opens the process-wide registry of live MQTT client ids for one worker: (listener, client id)
 * -> (identity, principal), worker, session. Each operation changes the entry and the connection
 * count together or not at all. @throws {RangeError} when `worker` is no column
 */
export function openClientIds(state: SharedState, worker: number): ClientIdRegistry {
  return new ClientIds(state, checkColumn(state, worker));
}

/** Where a key is, or where it could go; -1: nowhere. */
interface Place {
  readonly at: number;
  readonly found: boolean;
}

class ClientIds implements ClientIdRegistry {
  readonly #structure: Structure;
  readonly #worker: number;
  readonly #base: number;
  readonly #mask: number;
  readonly #hash: KeyHash;

  constructor(state: SharedState, worker: number) {
    this.#structure = new Structure(state, worker + 1);
    this.#worker = worker;
    this.#base = clientBase(state);
    this.#mask = state.clientIds - 1;
    this.#hash = openKeyHash(state);
  }

  claim(args: ClaimArgs): ClaimResult {
    const handle = slotHandle(args.handle);
    if (handle.identity !== args.identity || handle.principal !== args.principal) {
      throw new TypeError('the limit handle of a claim belongs to another principal');
    }
    const key = this.#hash('client', args.listener, args.clientId);
    return this.#structure.locked(() => this.#claim(key, args.session | 0, handle));
  }

  release(args: ReleaseArgs): boolean {
    const handle = slotHandle(args.handle);
    const key = this.#hash('client', args.listener, args.clientId);
    let released = false;
    handle.settle(() => {
      released = this.#structure.locked(() => this.#release(key, args.session | 0, handle));
    });
    return released;
  }

  #claim(key: Key, session: number, handle: SlotHandle): ClaimResult {
    const { words } = this.#structure;
    const { at, found } = this.#find(key);
    if (found) {
      if (!holdsKey(words, at + CLIENT.value, handle.key)) return OTHER_IDENTITY;
      const worker = (words[at + CLIENT.state] as number) - 1;
      const old = words[at + CLIENT.session] as number;
      this.#move(at, worker, session, handle);
      return { result: 'taken-over', worker, session: old >>> 0 };
    }
    if (!handle.mayConnect()) return CONNECTIONS;
    if (at < 0) return TABLE_FULL;
    this.#insert(at, key, session, handle);
    return GRANTED;
  }

  #insert(at: number, key: Key, session: number, handle: SlotHandle): void {
    const { journal } = this.#structure;
    journal.begin();
    this.#stageOwner(at, session);
    for (let i = 0; i < 4; i++) {
      journal.write(at + CLIENT.key + i, key[i] as number);
      journal.write(at + CLIENT.value + i, handle.key[i] as number);
    }
    this.#stageCount(handle.slot, this.#worker, 1);
    journal.commit();
  }

  /** The count moves with the entry, so that a takeover is neither counted twice nor refused. */
  #move(at: number, from: number, session: number, handle: SlotHandle): void {
    const { journal } = this.#structure;
    journal.begin();
    this.#stageOwner(at, session);
    if (from !== this.#worker) {
      this.#stageCount(handle.slot, from, -1);
      this.#stageCount(handle.slot, this.#worker, 1);
    }
    journal.commit();
  }

  #release(key: Key, session: number, handle: SlotHandle): boolean {
    const { words, journal } = this.#structure;
    const { at, found } = this.#find(key);
    if (!found || words[at + CLIENT.state] !== this.#worker + 1 || words[at + CLIENT.session] !== session) return false;
    journal.begin();
    journal.write(at + CLIENT.state, FREED);
    this.#stageCount(handle.slot, this.#worker, -1);
    journal.commit();
    return true;
  }

  #stageOwner(at: number, session: number): void {
    this.#structure.journal.write(at + CLIENT.state, this.#worker + 1);
    this.#structure.journal.write(at + CLIENT.session, session);
  }

  #stageCount(slot: number, worker: number, delta: number): void {
    const at = this.#structure.connectionsAt(slot, worker);
    this.#structure.journal.write(at, Math.max(0, (this.#structure.words[at] as number) + delta));
  }

  #find(key: Key): Place {
    const { words } = this.#structure;
    let free = -1;
    for (let n = 0; n < PROBES; n++) {
      const at = this.#base + probe(key, n, this.#mask) * CLIENT.words;
      const entry = words[at + CLIENT.state] as number;
      if (entry > 0) {
        if (holdsKey(words, at + CLIENT.key, key)) return { at, found: true };
        continue;
      }
      if (free < 0) free = at;
      if (entry === NEVER_USED) break;
    }
    return { at: free, found: false };
  }
}

function slotHandle(handle: LimitHandle): SlotHandle {
  if (handle instanceof SlotHandle) return handle;
  throw new TypeError('the limit handle is not from openLimits');
}
