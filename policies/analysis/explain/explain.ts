/** A verdict of the policy with everything that it was made from. */
import { ClientIds, compileClientId } from '../../acl/client-id.ts';
import { rolesInShadow } from '../../acl/shadow.ts';
import type { Decision } from '../../decision.ts';
import type { PolicySource } from '../../source.ts';
import type { Identified, Policy } from '../../types.ts';
import { RoleBook } from '../lint/clients.ts';
import { answer, type PolicyRequest } from '../policy-test/answer.ts';
import { lookAtKafkaRules } from './kafka-rules.ts';
import { type LimitLook, lookAtLimits } from './limits.ts';
import { lookAtMqttRules } from './mqtt-rules.ts';
import { type RuleLook, ruleLook } from './rule-look.ts';

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
  who: Identified,
  request: PolicyRequest,
  maxTopicLevels: number,
): Explanation {
  const given = answer(policy, who, request, maxTopicLevels);
  const asked = !BEFORE_RULES.has(given.decision.cause ?? '');
  const { ruleId, shadow } = given.decision;
  const inShadow = rolesInShadow(source.roles);
  const looks = asked ? lookAtRules(source, who, request, ruleId) : [];
  const rules = looks.map((look): RuleLook => {
    const tried = look.effect === 'deny' && inShadow.has(look.role) ? { ...look, shadow: true as const } : look;
    return look.path === shadow?.ruleId ? { ...tried, outcome: 'would-decide' } : tried;
  });
  return { request, ...given, rules, limits: lookAtLimits(source, who, request) };
}

function lookAtRules(source: PolicySource, who: Identified, request: PolicyRequest, ruleId: string): RuleLook[] {
  if (request.action === 'connect') return lookAtClientIds(source, who, request.clientId, ruleId);
  const roles = [...new Set(who.roles)];
  const own = Object.fromEntries(roles.flatMap((role) => (source.roles[role] ? [[role, source.roles[role]]] : [])));
  const book = new RoleBook({ identities: [], roles: own });
  return request.action === 'kafka'
    ? lookAtKafkaRules(book.kafka(roles), who.variables, request, ruleId)
    : lookAtMqttRules(book.mqtt(roles), who.variables, request, ruleId);
}

/** What each role says of the client id; where none says anything, the first with an mqtt section stands for the principal. */
function lookAtClientIds(source: PolicySource, who: Identified, clientId: string, ruleId: string): RuleLook[] {
  const compiled = [...new Set(who.roles)].flatMap((role) => {
    const mqtt = source.roles[role]?.mqtt;
    return mqtt === undefined ? [] : [compileClientId(role, mqtt)];
  });
  const stated = compiled.filter(({ text }) => text !== undefined);
  return (stated.length > 0 ? stated : compiled.slice(0, 1)).map((rule) => {
    const { decision } = new ClientIds([rule], who.principal, who.variables).decide(clientId);
    const says = rule.text === undefined ? 'client id: the principal' : `client id ${JSON.stringify(rule.text)}`;
    const outcome = decision.verdict === 'allow' ? 'applies' : 'no';
    const texts = { says, filled: undefined };
    return ruleLook({ ...rule, effect: 'allow' }, texts, { outcome, reason: decision.reason }, ruleId);
  });
}
