import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';

/** How often a comparison ended in which way. */
export class Counts {
  readonly #counts = new Map<string, number>();

  add(what: string): void {
    this.#counts.set(what, (this.#counts.get(what) ?? 0) + 1);
  }

  /** A comparison of what is nearly always the same would prove little. */
  atLeast(what: string, count: number): void {
    assert.ok((this.#counts.get(what) ?? 0) >= count, `only ${this.#counts.get(what)} of ${what}`);
  }

  tell(t: TestContext): void {
    t.diagnostic([...this.#counts].map(([what, count]) => `${what} ${count}`).join(', '));
  }
}
