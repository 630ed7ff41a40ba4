/** What the rules of one MQTT client say, where some of them may only be tried (shadow.ts). */
import { PERMIT_FIRST_RULE, PERMIT_SESSION, PERMIT_SHADOW, type Permit, REFUSED } from '../decision.ts';
import type { ClientRules } from './client-rules.ts';
import { decideDelivery, decideMessage, decideSubscription, type SubscriptionVerdict, type Verdict } from './decide.ts';
import type { FilterLevels } from './topic-filter.ts';

export class MqttRights {
  readonly #all: ClientRules;
  readonly #enforced: ClientRules | undefined;

  /** @param enforced absent: all of them */
  constructor(all: ClientRules, enforced?: ClientRules) {
    this.#all = all;
    this.#enforced = enforced;
  }

  /** Nothing is refused for lack of an allow. */
  get open(): boolean {
    return this.#enforced?.open === true;
  }

  /**
   * Highest quality of service of a message that is not refused for it. A client without any allow is told no limit:
   * each of its messages is refused by name.
   */
  get maxQos(): 0 | 1 | 2 {
    const mask = this.#all.qosMask;
    if (this.open || mask === 0 || mask & 0b100) return 2;
    return mask & 0b010 ? 1 : 0;
  }

  /** False: every retained message is refused for it. */
  get retain(): boolean {
    return this.open || this.#all.qosMask === 0 || this.#all.retained;
  }

  message(action: 'publish' | 'will', topic: readonly string[], qos: number, retain: boolean, size?: number): Verdict {
    return this.#verdict((rules) => decideMessage(rules.forTopic(action, topic), topic, qos, retain, size));
  }

  delivery(topic: readonly string[]): Verdict {
    return this.#verdict((rules) => decideDelivery(rules.forTopic('receive', topic), topic));
  }

  /** That a lower quality of service is granted is reported as a refusal of the requested one. */
  subscription(filter: FilterLevels, qos: number): SubscriptionVerdict {
    const tried = decideSubscription(this.#all.forFilter(filter), filter, qos);
    if (this.#enforced === undefined || (tried.verdict.allowed && tried.qos === qos)) return tried;
    const answer = decideSubscription(this.#enforced.forFilter(filter), filter, qos);
    if (!answer.verdict.allowed || (tried.verdict.allowed && tried.qos === answer.qos)) return answer;
    return { ...answer, verdict: { ...answer.verdict, shadow: tried.lowered ?? tried.verdict } };
  }

  /** By all rules; where they refuse, by those that are enforced. */
  #verdict(decide: (rules: ClientRules) => Verdict): Verdict {
    const tried = decide(this.#all);
    if (tried.allowed || this.#enforced === undefined) return tried;
    const verdict = decide(this.#enforced);
    return verdict.allowed ? { ...verdict, shadow: tried } : verdict;
  }
}

export function permitOf({ allowed, rule, shadow }: Verdict): Permit {
  if (!allowed) return REFUSED;
  const permit = rule === undefined ? PERMIT_SESSION : PERMIT_FIRST_RULE + rule.number;
  return shadow === undefined ? permit : PERMIT_SHADOW + permit;
}
