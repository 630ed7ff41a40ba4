import type { LimitsSource, PolicySource } from '../source.ts';
import type { Steps } from '../steps.ts';
import type { EffectiveLimits } from '../types.ts';
import { limitsStated } from './blocks.ts';
import { effectiveLimits } from './effective.ts';

/** Stands for a listener without limits. */
const NONE: LimitsSource = {};

/** The limits of each identity of a policy, alone and on each listener that has some of its own. */
export class LimitsByIdentity {
  readonly #stated: ReadonlyMap<string, readonly LimitsSource[]>;
  readonly #made = new WeakMap<LimitsSource, Map<string, EffectiveLimits>>();

  private constructor(stated: ReadonlyMap<string, readonly LimitsSource[]>) {
    this.#stated = stated;
  }

  /** Of a source that has passed `checkPolicy`. */
  static *inSteps(source: PolicySource): Steps<LimitsByIdentity> {
    const stated = new Map<string, readonly LimitsSource[]>();
    for (const [index, { name }] of source.identities.entries()) {
      stated.set(name, limitsStated(source, index));
      yield;
    }
    return new LimitsByIdentity(stated);
  }

  /** The same value each time. `more`: of the listener. @throws RateError for limits that `checkLimits` would have named */
  of(identity: string, more: LimitsSource = NONE): EffectiveLimits {
    let made = this.#made.get(more);
    if (made === undefined) {
      made = new Map();
      this.#made.set(more, made);
    }
    let limits = made.get(identity);
    if (limits === undefined) {
      limits = effectiveLimits([...(this.#stated.get(identity) ?? []), more]);
      made.set(identity, limits);
    }
    return limits;
  }
}
