import type { Identified, MqttAccess } from '../types.ts';

/**
 * Accesses by client, least recently used first out. The key holds the variables too: two
 * certificates may lead to one identity and one principal and still differ in what their rules
 * are filled with.
 */
export class AccessCache {
  readonly #entries = new Map<string, MqttAccess>();
  readonly #capacity: number;

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  get(who: Identified, compile: (who: Identified) => MqttAccess): MqttAccess {
    const key = JSON.stringify([
      who.identity,
      who.principal,
      who.roles,
      Object.entries(who.variables).sort(([a], [b]) => (a < b ? -1 : 1)),
    ]);
    const known = this.#entries.get(key);
    if (known !== undefined) {
      this.#entries.delete(key);
      this.#entries.set(key, known);
      return known;
    }
    const access = compile(who);
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
