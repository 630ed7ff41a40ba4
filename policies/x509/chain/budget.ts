import type { ChainLimits } from './options.ts';

/** The work of one validation went over a limit. Caught by `validateChain`. */
export class TooCostly extends Error {
  override readonly name = 'TooCostly';
}

/** Counts the work of one validation down. */
export class Budget {
  #signatures: number;
  #candidates: number;
  #comparisons: number;

  constructor({ signatures, candidates, comparisons }: ChainLimits) {
    this.#signatures = signatures;
    this.#candidates = candidates;
    this.#comparisons = comparisons;
  }

  signature(): void {
    if (--this.#signatures < 0) throw new TooCostly('too many signatures to check');
  }

  candidate(): void {
    if (--this.#candidates < 0) throw new TooCostly('too many possible issuers to try');
  }

  comparisons(count: number): void {
    this.#comparisons -= count;
    if (this.#comparisons < 0) throw new TooCostly('too many names to hold against name constraints');
  }
}
