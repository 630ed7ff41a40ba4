import type { Key } from './key-hash.ts';

/**
 * Entries that a search looks at. Double hashing makes them independent: at a load of 80 % the
 * chance that a new key finds all of them taken is below one in a million.
 */
export const PROBES = 64;

/** The entry of the `n`-th probe for `key` in a table of `mask + 1` entries. */
export function probe(key: Key, n: number, mask: number): number {
  return ((key[0] as number) + Math.imul(n, (key[1] as number) | 1)) & mask;
}

/** Does the table hold `key` at word `at`? */
export function holdsKey(words: Int32Array, at: number, key: Key): boolean {
  return words[at] === key[0] && words[at + 1] === key[1] && words[at + 2] === key[2] && words[at + 3] === key[3];
}
