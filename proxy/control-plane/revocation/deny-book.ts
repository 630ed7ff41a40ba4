import { randomBytes } from 'node:crypto';
import { compileDenyList, DenyListError } from '../../../policies/revocation/deny-list.ts';
import type { DenyEntryRecord } from '../api/deny.ts';
import { type StateDir, StateError } from '../state/state-dir.ts';

const STATE = 'deny';
/** What people call the entries of `headgate deny`. */
export const DENY_BOOK = 'headgate deny';

/** The entry cannot be taken, or there is none with the id; the message is for the operator. */
export class DenyBookError extends Error {
  override readonly name = 'DenyBookError';
}

/** Entries that operators add while the proxy runs; kept in the state directory where there is one. */
export class DenyBook {
  readonly #state: StateDir | null;
  #entries: readonly DenyEntryRecord[];

  /** @throws StateError when what was kept is not what was written */
  constructor(state: StateDir | null) {
    this.#state = state;
    const kept = state?.read(STATE) ?? [];
    try {
      compileDenyList(kept, STATE);
    } catch (error) {
      if (!(error instanceof DenyListError)) throw error;
      throw new StateError(`the state "${STATE}" is not what was written (${error.message}); restore or remove it`);
    }
    this.#entries = kept as readonly DenyEntryRecord[];
  }

  get entries(): readonly DenyEntryRecord[] {
    return this.#entries;
  }

  /** Do the entries outlive a restart? */
  get durable(): boolean {
    return this.#state !== null;
  }

  /**
   * Adds an entry, durable when this returns.
   * @param written as in the operator's file; `id` is given to it
   * @throws DenyBookError, StateError
   */
  add(written: unknown): DenyEntryRecord {
    if (typeof written !== 'object' || written === null || Array.isArray(written)) {
      throw new DenyBookError('an entry is an object such as { "serial": "4A01", "issuer": "CN=Plant CA,O=Acme" }');
    }
    if ('id' in written) throw new DenyBookError('the id of an entry is given to it');
    const entry: DenyEntryRecord = { id: `n-${randomBytes(5).toString('hex')}`, ...written };
    try {
      compileDenyList([entry], 'entry');
    } catch (error) {
      if (!(error instanceof DenyListError)) throw error;
      throw new DenyBookError(
        error.problems
          .map(({ path, message }) => `${path.replace(/^entry\[0\]\.?/, '') || 'the entry'} ${message}`)
          .join('; '),
      );
    }
    this.#keep([...this.#entries, entry]);
    return entry;
  }

  /** Takes an entry back. @throws DenyBookError when there is none with this id, StateError */
  remove(id: string): DenyEntryRecord {
    const found = this.#entries.find((entry) => entry.id === id);
    if (found === undefined) throw new DenyBookError(`there is no entry ${JSON.stringify(id)}`);
    this.#keep(this.#entries.filter((entry) => entry !== found));
    return found;
  }

  #keep(entries: readonly DenyEntryRecord[]): void {
    try {
      compileDenyList(entries, DENY_BOOK);
    } catch (error) {
      throw new DenyBookError((error as Error).message);
    }
    this.#state?.write(STATE, entries);
    this.#entries = entries;
  }
}
