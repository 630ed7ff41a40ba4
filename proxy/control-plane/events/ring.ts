/** The newest `capacity` entries, oldest overwritten first. */
export class Ring<T> {
  readonly #slots: T[] = [];
  readonly #capacity: number;
  #next = 0;

  constructor(capacity: number) {
    if (!Number.isInteger(capacity) || capacity < 1) throw new RangeError('a ring holds at least one entry');
    this.#capacity = capacity;
  }

  get size(): number {
    return this.#slots.length;
  }

  push(entry: T): void {
    this.#slots[this.#next] = entry;
    this.#next = (this.#next + 1) % this.#capacity;
  }

  /** The `age`-th newest entry, 0 being the newest; undefined beyond the oldest. */
  at(age: number): T | undefined {
    const { length } = this.#slots;
    if (age < 0 || age >= length) return undefined;
    return this.#slots[(this.#next - 1 - age + 2 * this.#capacity) % this.#capacity];
  }
}
