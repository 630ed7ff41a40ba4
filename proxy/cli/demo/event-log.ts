import { RESPONSE_MS, within } from './deadline.ts';

/** Events in order, with a way to wait until enough of them have happened. */
export class EventLog<T> {
  readonly items: T[] = [];
  readonly #checks = new Set<() => void>();

  push(item: T): void {
    this.items.push(item);
    for (const check of [...this.#checks]) check();
  }

  /** Index of the next event. */
  get mark(): number {
    return this.items.length;
  }

  /** Waits until `find`, given the events since `mark`, returns a value. Rejects after `ms` milliseconds. */
  async until<R>(
    what: string,
    mark: number,
    find: (items: readonly T[]) => R | undefined,
    ms = RESPONSE_MS,
  ): Promise<R> {
    const found = Promise.withResolvers<R>();
    const check = (): void => {
      const value = find(this.items.slice(mark));
      if (value !== undefined) found.resolve(value);
    };
    this.#checks.add(check);
    check();
    try {
      return await within(what, found.promise, ms);
    } finally {
      this.#checks.delete(check);
    }
  }
}
