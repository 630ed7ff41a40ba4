import type { ListFacts } from './crl-store.ts';

/** What an operator must know of the age of a list. */
export type Age = 'overdue' | 'stale';

/**
 * Notices when lists expire: `overdue`, a newer one was due and has not come, `stale`, it no longer counts. Each is
 * reported once for each list.
 */
export class CrlAges {
  readonly #reported = new Map<string, Age>();

  /** What is new at `now`, in milliseconds since the epoch. */
  changes(lists: readonly ListFacts[], now: number): readonly { readonly list: ListFacts; readonly age: Age }[] {
    const fresh: { list: ListFacts; age: Age }[] = [];
    const seen = new Set<string>();
    for (const list of lists) {
      const key = `${list.store} ${list.name} ${list.issuer} ${list.number}`;
      seen.add(key);
      const age = ageOf(list, now);
      if (age === undefined || this.#reported.get(key) === age) continue;
      this.#reported.set(key, age);
      fresh.push({ list, age });
    }
    for (const key of this.#reported.keys()) if (!seen.has(key)) this.#reported.delete(key);
    return fresh;
  }
}

function ageOf({ nextUpdate, freshUntil }: ListFacts, now: number): Age | undefined {
  if (now > freshUntil) return 'stale';
  return nextUpdate !== null && now > nextUpdate ? 'overdue' : undefined;
}
