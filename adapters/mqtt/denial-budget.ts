import type { Rate } from '../../policies/types.ts';

/** How many denials one connection may have before it is disconnected: a token bucket per connection. */
export class DenialBudget {
  #rate: Rate;
  #tokens: number;
  #at: number;

  constructor(rate: Rate, now: number) {
    this.#rate = rate;
    this.#tokens = rate.burst;
    this.#at = now;
  }

  /** Another rate; what was spent stays spent. */
  change(rate: Rate): void {
    this.#tokens = Math.min(this.#tokens, rate.burst);
    this.#rate = rate;
  }

  /** Takes one denial at `now` (ms). False: the budget is used up. */
  spend(now: number): boolean {
    const grown = (Math.max(0, now - this.#at) / 1000) * this.#rate.perSecond;
    this.#tokens = Math.min(this.#rate.burst, this.#tokens + grown);
    this.#at = now;
    if (this.#tokens < 1) return false;
    this.#tokens--;
    return true;
  }
}
