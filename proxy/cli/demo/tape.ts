import { ANSWER_MS, within } from './deadline.ts';

/** What happened, in order, for one who waits until enough of it has. */
export class Tape<T> {
  readonly items: T[] = [];
  readonly #looks = new Set<() => void>();

  push(item: T): void {
    this.items.push(item);
    for (const look of [...this.#looks]) look();
  }

  /** Place of what comes next. */
  get mark(): number {
    return this.items.length;
  }

  /** Waits until `ask`, given what came since `mark`, has an answer. Rejects after `ms`. */
  async until<R>(what: string, mark: number, ask: (items: readonly T[]) => R | undefined, ms = ANSWER_MS): Promise<R> {
    const found = Promise.withResolvers<R>();
    const look = (): void => {
      const answer = ask(this.items.slice(mark));
      if (answer !== undefined) found.resolve(answer);
    };
    this.#looks.add(look);
    look();
    try {
      return await within(what, found.promise, ms);
    } finally {
      this.#looks.delete(look);
    }
  }
}
