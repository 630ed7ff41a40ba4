/**
 * Which of many prefixes a name begins with.
 *
 * The prefixes are sorted by UTF-16 code units, the order of JavaScript's `<` and the units that
 * Kafka compares. Every prefix of a name sorts before the name and is a prefix of whatever
 * stands between the two: so all that match lie on one chain, from the last entry that is not
 * after the name to ever shorter ones.
 */
export class PrefixTable<T> {
  readonly #prefixes: readonly string[];
  readonly #values: readonly T[];
  /** Index of the longest other prefix that each begins with; -1: none. */
  readonly #parents: Int32Array;

  constructor(values: ReadonlyMap<string, T>) {
    const entries = [...values].sort(([a], [b]) => (a < b ? -1 : 1));
    this.#prefixes = entries.map(([prefix]) => prefix);
    this.#values = entries.map(([, value]) => value);
    this.#parents = new Int32Array(entries.length);
    for (const [i, prefix] of this.#prefixes.entries()) this.#parents[i] = this.#fitting(i - 1, prefix);
  }

  /** Index of the longest prefix of `name`; -1: none. */
  longest(name: string): number {
    let low = 0;
    let high = this.#prefixes.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#prefixes[middle] as string) <= name) low = middle + 1;
      else high = middle;
    }
    return this.#fitting(low - 1, name);
  }

  /** The next shorter prefix of the same name; -1: none. */
  shorter(index: number): number {
    return this.#parents[index] as number;
  }

  at(index: number): T {
    return this.#values[index] as T;
  }

  entries(): IterableIterator<[number, T]> {
    return this.#values.entries();
  }

  #fitting(index: number, name: string): number {
    let at = index;
    while (at >= 0 && !name.startsWith(this.#prefixes[at] as string)) at = this.#parents[at] as number;
    return at;
  }
}
