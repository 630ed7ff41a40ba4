/** The order of evaluation, for one client's rules: a deny wins, then one allow must grant all that is asked. */
import type { Cause } from '../causes.ts';
import { contains, matches, overlaps } from './filter-algebra.ts';
import type { BoundRule, Rule, RuleList } from './rules.ts';
import type { FilterLevels } from './topic-filter.ts';

/** Why, and by which rule; no rule: none matched, or none is needed. */
export interface Verdict {
  readonly allowed: boolean;
  readonly rule?: Rule;
  /** Set when refused. */
  readonly cause?: Cause;
  /** The rule is a deny that this client's variables cannot fill. */
  readonly blocked?: true;
  /** Of one that allows: the refusal that it would be, were nothing in shadow. */
  readonly shadow?: Verdict;
}

/**
 * May a message be published (or left as a will)? The allow that grants the largest payload decides, so that one
 * answer holds for every size. `size`: of the payload in bytes; 0 asks whether any may be.
 */
export function decideMessage(
  list: RuleList,
  topic: readonly string[],
  qos: number,
  retain: boolean,
  size = 0,
): Verdict {
  if (list.blocked !== undefined) return blockedBy(list.blocked);
  const bit = 1 << qos;
  for (const { rule, levels } of list.deny) {
    if (!(rule.qosMask & bit) || (rule.retain ?? retain) !== retain) continue;
    if (matches(levels, topic)) return { allowed: false, rule, cause: 'denied' };
  }
  if (list.open) return { allowed: true };
  // The nearest miss is what the operator wants to hear of.
  let retainMiss: Rule | undefined;
  let qosMiss: Rule | undefined;
  let widest: Rule | undefined;
  for (const { rule, levels } of list.allow) {
    if (!matches(levels, topic)) continue;
    if (!(rule.qosMask & bit)) qosMiss ??= rule;
    else if (retain && rule.retain === false) retainMiss ??= rule;
    else if (widest === undefined || rule.size > widest.size) widest = rule;
  }
  if (widest !== undefined) {
    return size > widest.size
      ? { allowed: false, rule: widest, cause: 'payload-too-large' }
      : { allowed: true, rule: widest };
  }
  if (retainMiss !== undefined) return { allowed: false, rule: retainMiss, cause: 'retain-not-allowed' };
  if (qosMiss !== undefined) return { allowed: false, rule: qosMiss, cause: 'qos-not-allowed' };
  return { allowed: false, cause: 'denied' };
}

/** May a message be delivered? */
export function decideDelivery(list: RuleList, topic: readonly string[]): Verdict {
  if (list.blocked !== undefined) return blockedBy(list.blocked);
  for (const { rule, levels } of list.deny) {
    if (matches(levels, topic)) return { allowed: false, rule, cause: 'denied' };
  }
  if (list.open) return { allowed: true };
  for (const { rule, levels } of list.allow) {
    if (matches(levels, topic)) return { allowed: true, rule };
  }
  return { allowed: false, cause: 'denied' };
}

/** `qos`: that may be asked for; 0 when refused. */
export interface SubscriptionVerdict {
  readonly verdict: Verdict;
  readonly qos: number;
  /** Why it is a lower quality of service than the one asked for. */
  readonly lowered?: Verdict;
}

/** May a subscription be made, and at which quality of service at most? */
export function decideSubscription(list: RuleList, filter: FilterLevels, qos: number): SubscriptionVerdict {
  if (list.blocked !== undefined) return { verdict: blockedBy(list.blocked), qos: 0 };
  // A deny that filters takes its part out of what is delivered; a subscription that has no other part is none.
  const denies = list.deny.filter(({ rule, levels }) => (rule.filters ? contains : overlaps)(levels, filter));
  const allows = list.allow.filter(({ levels }) => contains(levels, filter));
  for (let granted = qos; granted >= 0; granted--) {
    if (ruleFor(denies, granted) !== undefined) continue;
    const rule = ruleFor(allows, granted);
    if (rule === undefined && !list.open) continue;
    const verdict = rule === undefined ? { allowed: true } : { allowed: true, rule };
    if (granted === qos) return { verdict, qos };
    return { verdict, qos: granted, lowered: refusedSubscription(allows, denies, qos, qos) };
  }
  return { verdict: refusedSubscription(allows, denies, qos), qos: 0 };
}

/** `least`: down to which quality of service a deny counts. */
function refusedSubscription(
  allows: readonly BoundRule[],
  denies: readonly BoundRule[],
  qos: number,
  least = 0,
): Verdict {
  for (let asked = qos; asked >= least; asked--) {
    const deny = ruleFor(denies, asked);
    if (deny !== undefined) return { allowed: false, rule: deny, cause: 'denied' };
  }
  const near = allows[0];
  if (near !== undefined) return { allowed: false, rule: near.rule, cause: 'qos-not-allowed' };
  return { allowed: false, cause: 'denied' };
}

function blockedBy(rule: Rule): Verdict {
  return { allowed: false, rule, cause: 'denied', blocked: true };
}

function ruleFor(rules: readonly BoundRule[], qos: number): Rule | undefined {
  for (const { rule } of rules) if (rule.qosMask & (1 << qos)) return rule;
  return undefined;
}
