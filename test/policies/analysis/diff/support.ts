/** Holds what a diff says against the two engines, request by request. */
import { contains, matches, overlaps } from '../../../../policies/acl/filter-algebra.ts';
import { parseHost } from '../../../../policies/acl/kafka-host.ts';
import { KAFKA_CLUSTER } from '../../../../policies/acl/kafka-operations.ts';
import { ResourceRules } from '../../../../policies/acl/kafka-resource-rules.ts';
import { bindKafkaRule, compileKafkaRules, concernsHost } from '../../../../policies/acl/kafka-rules.ts';
import { fillFilter, parseFilterTemplate, type Variables } from '../../../../policies/acl/template.ts';
import type { RuleChange, RuleRef } from '../../../../policies/analysis/diff/rule-change.ts';
import type { KafkaRequest } from '../../../../policies/analysis/policy-test/request.ts';
import type { PolicySource } from '../../../../policies/source.ts';

export interface MqttQuestion {
  readonly action: 'publish' | 'will' | 'receive' | 'subscribe';
  /** Topic, or filter. */
  readonly text: string;
  readonly qos: number;
  readonly retain: boolean;
  /** Bytes of the payload. */
  readonly size?: number;
}

export type Sources = Readonly<Record<'before' | 'after', PolicySource>>;

/** Is the request one of those that the change is about, for the client with these values? */
export function coversMqtt(change: RuleChange, question: MqttQuestion, variables: Variables): boolean {
  const { asked, within, also, except } = change;
  const { action, text, qos, retain, size = 0 } = question;
  const known =
    asked.protocol === 'mqtt' &&
    asked.cases.some(
      (one) =>
        one.action === action &&
        one.qos === qos &&
        one.retain === retain &&
        size >= (one.sizes?.from ?? 0) &&
        size <= (one.sizes?.to ?? size),
    );
  if (!known) return false;
  const levels = text.split('/');
  const inside = ({ text: rule, effect, filters }: RuleRef): boolean => {
    const filter = fillFilter(parseFilterTemplate(rule), variables) ?? [];
    if (action !== 'subscribe') return matches(filter, levels);
    return effect === 'deny' && !filters ? overlaps(filter, levels) : contains(filter, levels);
  };
  return inside(within) && (also === undefined || inside(also)) && !except.some(inside);
}

export function coversKafka(
  change: RuleChange,
  question: KafkaRequest,
  variables: Variables,
  sources: Sources,
): boolean {
  const { asked, within, also, except } = change;
  const { operation, type, name, host } = question;
  if (asked.protocol !== 'kafka' || asked.any || asked.type !== type || !asked.operations.includes(operation))
    return false;
  const inside = ({ side, id }: RuleRef): boolean => {
    // The allow of everything that a role in shadow is.
    if (id.endsWith('.mode')) return true;
    const role = /^roles\.(\w+)\./.exec(id)?.[1] ?? '';
    const rules = compileKafkaRules(role, sources[side].roles[role]?.kafka ?? {}, 0);
    const rule = rules.find((one) => one.id === id);
    const bound = rule && bindKafkaRule(rule, variables);
    if (rule === undefined || bound === undefined || !concernsHost(rule, parseHost(host))) return false;
    return (
      new ResourceRules([bound]).decide(rule.mask & -rule.mask, type === 'cluster' ? KAFKA_CLUSTER : name) !== undefined
    );
  };
  return inside(within) && (also === undefined || inside(also)) && !except.some(inside);
}
