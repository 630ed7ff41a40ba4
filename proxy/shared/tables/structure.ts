import { Journal } from './journal.ts';
import { Lock } from './lock.ts';
import { CONTROL, type SharedState, SLOT, slotWords } from './state.ts';

/** The limit slots and client ids of one thread's view: the words, their lock and their journal. */
export class Structure {
  readonly words: Int32Array;
  readonly journal: Journal;
  readonly lock: Lock;
  readonly columns: number;
  readonly #slotWords: number;

  /** `owner`: worker + 1, or `MAIN_OWNER`. */
  constructor(state: SharedState, owner: number) {
    this.words = new Int32Array(state.tables);
    this.journal = new Journal(state);
    this.lock = new Lock(state, CONTROL.structureLock, owner);
    this.columns = state.columns;
    this.#slotWords = slotWords(state.columns);
  }

  /** First word of a limit slot. */
  slotAt(slot: number): number {
    return slot * this.#slotWords;
  }

  /** Word that says whether a worker holds the slot. */
  holdAt(slot: number, worker: number): number {
    return slot * this.#slotWords + SLOT.columns + worker;
  }

  /** Word with a worker's connections of the slot. */
  connectionsAt(slot: number, worker: number): number {
    return slot * this.#slotWords + SLOT.columns + this.columns + worker;
  }

  /** Connections of the slot over all workers. */
  connections(slot: number): number {
    const from = this.connectionsAt(slot, 0);
    let sum = 0;
    for (let i = 0; i < this.columns; i++) sum += this.words[from + i] as number;
    return sum;
  }

  /** No worker holds it and no connection is counted. */
  isUnheld(slot: number): boolean {
    const from = this.slotAt(slot) + SLOT.columns;
    for (let i = 0; i < 2 * this.columns; i++) if (this.words[from + i] !== 0) return false;
    return true;
  }

  /** Runs `work` under the lock. @throws {SharedLockError} */
  locked<T>(work: () => T): T {
    this.lock.enter();
    try {
      return work();
    } finally {
      this.lock.leave();
    }
  }
}
