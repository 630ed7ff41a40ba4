import { CONTROL, JOURNAL_CAPACITY, type SharedState } from './state.ts';

/**
 * A redo log for the structural tables: an operation reads, stages its writes, and commits them
 * together. If its thread dies before the commit nothing has changed; if it dies behind it,
 * `replay` finishes the work. Used only by the holder of the structure lock.
 */
export class Journal {
  readonly #control: Int32Array;
  readonly #tables: Int32Array;
  #staged = 0;

  constructor(state: SharedState) {
    this.#control = new Int32Array(state.control);
    this.#tables = new Int32Array(state.tables);
  }

  begin(): void {
    this.#staged = 0;
  }

  /** Stages `tables[index] = value`. Reads do not see it before the commit. */
  write(index: number, value: number): void {
    if (this.#staged === JOURNAL_CAPACITY) throw new RangeError('a structural operation makes too many writes');
    const at = CONTROL.journal + 2 * this.#staged++;
    this.#control[at] = index;
    this.#control[at + 1] = value;
  }

  commit(): void {
    this.seal();
    this.replay();
  }

  /** The point of no return: from here on the staged writes will happen, whoever makes them. */
  seal(): void {
    Atomics.store(this.#control, CONTROL.journalCount, this.#staged);
  }

  /** Makes (again) the writes that are sealed; harmless when there are none. */
  replay(): void {
    const control = this.#control;
    const count = Atomics.load(control, CONTROL.journalCount);
    for (let i = 0; i < count; i++) {
      const at = CONTROL.journal + 2 * i;
      this.#tables[control[at] as number] = control[at + 1] as number;
    }
    Atomics.store(control, CONTROL.journalCount, 0);
  }
}
