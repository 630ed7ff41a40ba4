/** MQTT rules taken apart into single questions, and which rules answer them. */
import { contains } from '../../acl/filter-algebra.ts';
import { type BoundRule, RULE_ACTIONS, type RuleAction, type RuleSet } from '../../acl/rules.ts';

/** One kind of request that a rule decides, about every topic of its filter. */
export interface MqttCase {
  readonly action: RuleAction;
  /** No meaning for deliveries. */
  readonly qos: number;
  /** No meaning for subscriptions and deliveries. */
  readonly retain: boolean;
}

const QOS = [0, 1, 2] as const;

/** What the rule decides for the client with these rules. */
export function casesOf({ rule }: BoundRule, set: RuleSet): MqttCase[] {
  const own = RULE_ACTIONS.filter((action) => set[action][rule.effect].some((bound) => bound.rule === rule));
  return own.flatMap((action): MqttCase[] => {
    if (action === 'receive') return [{ action, qos: 0, retain: false }];
    const qualities = QOS.filter((qos) => rule.qosMask & (1 << qos));
    return qualities.flatMap((qos) => retainsOf(action, rule).map((retain) => ({ action, qos, retain })));
  });
}

/**
 * Does the rule decide the case for each topic (or filter) inside that of `inner`, and for each payload? Two denies are
 * of one role, so that both reject or both filter.
 */
export function answers(outer: BoundRule, inner: BoundRule, { action, qos, retain }: MqttCase): boolean {
  if (!contains(outer.levels, inner.levels)) return false;
  if (action === 'receive') return true;
  if (!(outer.rule.qosMask & (1 << qos))) return false;
  if (outer.rule.effect === 'allow' && outer.rule.size < inner.rule.size) return false;
  return retainsOf(action, outer.rule).includes(retain);
}

function retainsOf(action: RuleAction, { effect, retain }: BoundRule['rule']): boolean[] {
  if (action === 'subscribe' || action === 'receive') return [false];
  // An allow grants retained messages as well unless it says no; a deny is about those it names.
  if (retain === false) return [false];
  return effect === 'deny' && retain === true ? [true] : [false, true];
}
