/** A verdict of the policy with everything that it was made from. */
import { rolesInShadow } from '../../acl/shadow.ts';
import type { Decision } from '../../decision.ts';
import type { PolicySource } from '../../source.ts';
import type { Identified, Policy } from '../../types.ts';
import { answer } from '../policy-test/answer.ts';
import type { PolicyRequest } from '../policy-test/request.ts';
import { analysisOf } from '../protocols/table.ts';
import { type LimitLook, lookAtLimits } from './limits.ts';
import type { RuleLook } from './rule-look.ts';

/** A decision with all the rules that were considered. */
export interface Explanation {
  readonly request: PolicyRequest;
  /** The gate's own. */
  readonly decision: Decision;
  /** Quality of service that a subscription is granted. */
  readonly granted?: number;
  /** Every rule of the client's roles, in the order of the file; empty where no rule was asked (a topic that breaks the grammar). */
  readonly rules: readonly RuleLook[];
  readonly limits: readonly LimitLook[];
}

/** Causes that come before any rule. */
const BEFORE_RULES = new Set(['topic-invalid', 'filter-invalid']);

/** `policy` is compiled from `source`; `maxTopicLevels`: what the listener lets through. */
export function explain(
  policy: Policy,
  source: PolicySource,
  client: Identified,
  request: PolicyRequest,
  maxTopicLevels: number,
): Explanation {
  const given = answer(policy, client, request, maxTopicLevels);
  const asked = !BEFORE_RULES.has(given.decision.cause ?? '');
  const { ruleId, shadow } = given.decision;
  const inShadow = rolesInShadow(source.roles);
  const looks = asked ? analysisOf(request).explain(source, client, request, ruleId) : [];
  const rules = looks.map((look): RuleLook => {
    const tried = look.effect === 'deny' && inShadow.has(look.role) ? { ...look, shadow: true as const } : look;
    return look.path === shadow?.ruleId ? { ...tried, outcome: 'would-decide' } : tried;
  });
  return { request, ...given, rules, limits: lookAtLimits(source, client, request) };
}
