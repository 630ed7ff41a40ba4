import { Journal } from './journal.ts';
import { Lock, MAIN_OWNER } from './lock.ts';
import { CLIENT, CONTROL, checkColumn, clientBase, FREED, type SharedState } from './state.ts';
import { Structure } from './structure.ts';
import { clearWorker } from './workers.ts';

/** Entries that are cleared under one hold of the lock; workers get their turn in between. */
const CHUNK = 4096;
/** Milliseconds to wait for the lock: this must succeed, and every other holder is alive and quick. */
const PATIENCE = 10_000;

/**
 * Takes back everything that a worker left behind when its thread ended: a lock (with the
 * operation it was in the middle of), connection counts, references to limits, client ids,
 * gauges. To be called by the main thread after the thread's `exit` and before a new worker
 * gets the same column. Tokens that it had on lease are lost; they flow back with time.
 * @throws {SharedLockError}
 */
export function releaseDead(state: SharedState, worker: number): void {
  const owner = checkColumn(state, worker) + 1;
  const control = new Int32Array(state.control);
  if (Atomics.load(control, CONTROL.structureLock) === owner) new Journal(state).replay();
  for (const lock of [CONTROL.structureLock, CONTROL.addressLock]) new Lock(state, lock, owner).leave();

  const structure = new Structure(state, MAIN_OWNER);
  const { words } = structure;
  inChunks(structure, state.slots, (slot) => {
    words[structure.holdAt(slot, worker)] = 0;
    words[structure.connectionsAt(slot, worker)] = 0;
  });
  const base = clientBase(state);
  inChunks(structure, state.clientIds, (entry) => {
    const at = base + entry * CLIENT.words + CLIENT.state;
    if (words[at] === owner) words[at] = FREED;
  });
  clearWorker(state, worker);
}

function inChunks(structure: Structure, length: number, work: (index: number) => void): void {
  for (let from = 0; from < length; from += CHUNK) {
    structure.lock.enter(PATIENCE);
    try {
      const end = Math.min(length, from + CHUNK);
      for (let index = from; index < end; index++) work(index);
    } finally {
      structure.lock.leave();
    }
  }
}
