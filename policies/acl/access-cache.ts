import type { Mode } from '../source.ts';
import type { Identified } from '../types.ts';

/** Accesses by a text that names all they depend on; least recently used first out. */
export class AccessCache<Access> {
  readonly #entries = new Map<string, Access>();
  readonly #capacity: number;

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  get(key: string, compile: () => Access): Access {
    const known = this.#entries.get(key);
    if (known !== undefined) {
      this.#entries.delete(key);
      this.#entries.set(key, known);
      return known;
    }
    const access = compile();
    if (this.#entries.size >= this.#capacity) {
      for (const oldest of this.#entries.keys()) {
        this.#entries.delete(oldest);
        break;
      }
    }
    this.#entries.set(key, access);
    return access;
  }
}

/**
 * One client of a listener in that mode. The key holds the variables too: two certificates may lead to one identity
 * and one principal and still differ in what their rules are filled with.
 */
export function clientKey(client: Identified, mode: Mode): string {
  const variables = Object.entries(client.variables).sort(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify([mode, client.identity, client.principal, client.roles, variables]);
}
