/**
 * The Kafka rules of a client, each held alone against a question. The functions that decide for
 * the gate are asked, with one rule in the place of all.
 */
import { parseHost } from '../../acl/kafka-host.ts';
import { KAFKA_CLUSTER, KAFKA_OPERATION_CODE } from '../../acl/kafka-operations.ts';
import { ResourceRules } from '../../acl/kafka-resource-rules.ts';
import { bindKafkaRule, concernsHost, type KafkaRule } from '../../acl/kafka-rules.ts';
import type { Variables } from '../../acl/template.ts';
import type { KafkaRequest } from '../policy-test/request.ts';
import { type Bearing, type RuleLook, ruleLook } from './rule-look.ts';

/** `ruleId`: of the verdict. */
export function lookAtKafkaRules(
  rules: readonly KafkaRule[],
  variables: Variables,
  request: KafkaRequest,
  ruleId: string,
): RuleLook[] {
  return rules.map((rule) => {
    const bound = bindKafkaRule(rule, variables);
    const filled = bound === undefined || bound.pattern === 'any' ? undefined : sentence(rule, bound.name);
    return ruleLook(rule, { says: sentence(rule, rule.text), filled }, bearingOf(rule, variables, request), ruleId);
  });
}

function bearingOf(rule: KafkaRule, variables: Variables, request: KafkaRequest): Bearing {
  const { operation, type, host } = request;
  if (rule.type !== type) return { outcome: 'no', reason: `is about ${rule.type}` };
  const bound = bindKafkaRule(rule, variables);
  if (bound === undefined) return { outcome: 'no', reason: 'cannot be filled for this client, so it allows nothing' };
  const alone = new ResourceRules([bound]);
  const name = type === 'cluster' ? KAFKA_CLUSTER : request.name;
  const holds = (bit: number) => alone.decide(bit, name) !== undefined;
  if (!holds(rule.mask & -rule.mask)) return { outcome: 'no', reason: `is about another ${type}` };
  if (!holds(1 << KAFKA_OPERATION_CODE[operation])) {
    return { outcome: 'partly', reason: `holds this ${type}, but not ${operation}` };
  }
  if (!concernsHost(rule, parseHost(host))) {
    const where = host === '' ? 'an address that is not known' : host;
    return { outcome: 'partly', reason: `holds this ${type}, but not from ${where}` };
  }
  const reason = bound.blocked ? 'cannot be filled for this client, so it denies all of them' : `holds this ${type}`;
  return { outcome: 'applies', reason };
}

function sentence({ operations, type, prefix, hosts }: KafkaRule, name: string): string {
  const what = type === 'cluster' ? type : `${type} ${JSON.stringify(name)}${prefix ? ' (prefix)' : ''}`;
  return `${operations.join(', ')} on ${what}${hosts === undefined ? '' : ' from certain addresses'}`;
}
