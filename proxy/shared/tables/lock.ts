import type { SharedState } from './state.ts';

/** The lock of a shared table could not be taken in time. The caller refuses the client. */
export class SharedLockError extends Error {
  override name = 'SharedLockError';
}

/** Owner id of the main thread when it acts for the whole process; workers are index + 1. */
export const MAIN_OWNER = 0x7fff_ffff;

/** Tries in a row before this thread gives up its core for a moment. */
const SPINS = 1000;
/** Milliseconds. Far above the few microseconds for which the lock is held, below what stops a heartbeat. */
const PATIENCE = 250;
/** Rounds of tries at least: on a machine that is out of breath the time may pass while this thread has no core. */
const ROUNDS = 20;
/** Milliseconds for which the core is given up. */
const PAUSE = 0.05;

/**
 * A spin lock in shared memory. Who holds it is written in it, so that a lock whose owner died
 * can be told from one that is busy.
 */
export class Lock {
  readonly #words: Int32Array;
  readonly #index: number;
  readonly #owner: number;

  constructor(state: SharedState, index: number, owner: number) {
    this.#words = new Int32Array(state.control);
    this.#index = index;
    this.#owner = owner;
  }

  /** @throws {SharedLockError} when the lock is not free within about `patience` ms */
  enter(patience: number = PATIENCE): void {
    let deadline = 0;
    for (let round = 0; ; round++) {
      const holder = this.#spin();
      if (holder === 0) return;
      if (holder === this.#owner) throw new SharedLockError('a shared table was entered twice by one thread');
      if (round === 0) deadline = performance.now() + patience;
      else if (round >= ROUNDS && performance.now() > deadline) {
        throw new SharedLockError(`a shared table is locked by owner ${holder}`);
      }
      // The owner may have lost its core: spinning on would only keep it from getting one.
      Atomics.wait(this.#words, this.#index, holder, PAUSE);
    }
  }

  /** Tries for a moment; 0: entered, else the owner of the last try. */
  #spin(): number {
    let holder = 0;
    for (let spin = 0; spin < SPINS; spin++) {
      holder = Atomics.load(this.#words, this.#index);
      if (holder !== 0) continue;
      holder = Atomics.compareExchange(this.#words, this.#index, 0, this.#owner);
      if (holder === 0) return 0;
    }
    return holder;
  }

  leave(): void {
    Atomics.compareExchange(this.#words, this.#index, this.#owner, 0);
  }
}
