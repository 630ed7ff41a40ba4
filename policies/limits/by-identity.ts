import type { LimitsSource, PolicySource } from '../source.ts';
import type { Steps } from '../steps.ts';
import type { EffectiveLimits } from '../types.ts';
import { limitsStated } from './blocks.ts';
import { effectiveLimits } from './effective.ts';

/** A listener without limits. One object, as it is a key of the cache. */
const NONE: LimitsSource = {};

/** The limits of each identity of a policy, alone and on each listener that has limits. */
export class LimitsByIdentity {
  readonly #stated: ReadonlyMap<string, readonly LimitsSource[]>;
  readonly #effective = new WeakMap<LimitsSource, Map<string, EffectiveLimits>>();

  private constructor(stated: ReadonlyMap<string, readonly LimitsSource[]>) {
    this.#stated = stated;
  }

  /** @param source One that has passed `checkPolicy`. */
  static *inSteps(source: PolicySource): Steps<LimitsByIdentity> {
    const stated = new Map<string, readonly LimitsSource[]>();
    for (const [index, { name }] of source.identities.entries()) {
      stated.set(name, limitsStated(source, index));
      yield;
    }
    return new LimitsByIdentity(stated);
  }

  /**
   * The limits that hold for clients of the identity; the same object each time, so that handles see at once that nothing
   * has changed. An identity that is not in the policy has those of the listener alone.
   *
   * @param more Of the listener.
   * @throws RateError for limits that `checkLimits` would have named
   */
  of(identity: string, more: LimitsSource = NONE): EffectiveLimits {
    let known = this.#effective.get(more);
    if (known === undefined) {
      known = new Map();
      this.#effective.set(more, known);
    }
    let limits = known.get(identity);
    if (limits === undefined) {
      limits = effectiveLimits([...(this.#stated.get(identity) ?? []), more]);
      known.set(identity, limits);
    }
    return limits;
  }
}
