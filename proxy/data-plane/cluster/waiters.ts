import type { Timing } from '../../shared/timing.ts';

/** Milliseconds after which whoever asked goes on without an answer. */
const ASK_DEADLINE = 5000;
/** Callers that may wait for one answer. */
const MAX_ASKERS = 10_000;

/**
 * Those who wait for one answer. Each is called back exactly once, never within the call that
 * made it wait, and each in a callback of its own, so that a fault of one harms no other.
 */
export class Waiters {
  readonly #timing: Timing;
  #waiting: (() => void)[] = [];
  #cancel: () => void = () => {};

  constructor(timing: Timing) {
    this.#timing = timing;
  }

  get waiting(): boolean {
    return this.#waiting.length > 0;
  }

  /** The deadline is that of the first who waits. Who finds no room is called back without an answer. */
  add(done: () => void): void {
    if (this.#waiting.length >= MAX_ASKERS) {
      setImmediate(done);
      return;
    }
    if (this.#waiting.push(done) === 1) this.#cancel = this.#timing.after(ASK_DEADLINE, () => this.settle());
  }

  /** There is an answer, or there will be none. */
  settle(): void {
    this.#cancel();
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const done of waiting) setImmediate(done);
  }
}
