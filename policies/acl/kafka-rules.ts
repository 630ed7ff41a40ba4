/**
 * Kafka rules: from the text of a role to what holds for one client.
 *
 * A rule is compiled once per policy. Its name is filled with the client's variables when the
 * client's access is made.
 */
import type { KafkaRoleSource, KafkaRuleSource } from '../source.ts';
import { type HostRange, holdsHost, parseHostRange } from './kafka-host.ts';
import {
  grantedMask,
  KAFKA_CLUSTER,
  KAFKA_RESOURCE_TYPES,
  type KafkaResourceType,
  type KafkaRuleOperation,
  statedMask,
} from './kafka-operations.ts';
import type { Effect } from './rules.ts';
import { fillTemplate, parseTemplate, type Template, type Variables } from './template.ts';

/** As a whole name: every resource of the type. Filled into a name it is a plain asterisk. */
export const ANY_NAME = '*';

/** A rule of a role, before it is known who asks. */
export interface KafkaRule {
  /** Number among the Kafka rules of the policy; the permit is this plus PERMIT_FIRST_RULE. */
  readonly number: number;
  /** `roles.erp.kafka.allow[0]` */
  readonly id: string;
  readonly role: string;
  readonly effect: Effect;
  readonly type: KafkaResourceType;
  /** The name as written, variables included. */
  readonly text: string;
  readonly template: Template;
  readonly prefix: boolean;
  readonly operations: readonly KafkaRuleOperation[];
  /** Operations that the rule names, as bits. */
  readonly stated: number;
  /** Operations that it decides: for an allow, those that follow too. */
  readonly mask: number;
  /** Absent: any. */
  readonly hosts?: readonly HostRange[];
  /** Deny: it is only tried. */
  readonly shadow: boolean;
}

/** A rule for one client. */
export interface BoundKafkaRule {
  readonly rule: KafkaRule;
  readonly pattern: 'any' | 'literal' | 'prefix';
  /** Filled; no meaning with `any`. */
  readonly name: string;
  /** A deny whose name this client's variables cannot fill: which it would deny is unknown, so all are. */
  readonly blocked?: true;
}

/**
 * Compiles the rules of one role, numbered from `first`. The source has passed `checkKafkaRules`.
 *
 * @throws TemplateError, HostRangeError on what `checkKafkaRules` would have named
 */
export function compileKafkaRules(role: string, source: KafkaRoleSource, first: number): KafkaRule[] {
  return [...eachKafkaRule(role, source, first)];
}

/** The same, one after the other. */
export function* eachKafkaRule(role: string, source: KafkaRoleSource, first: number): Generator<KafkaRule> {
  let number = first;
  for (const effect of ['allow', 'deny'] as const) {
    for (const [i, rule] of (source[effect] ?? []).entries()) {
      const id = `roles.${role}.kafka.${effect}[${i}]`;
      yield compileRule(rule, { number: number++, id, role, effect });
    }
  }
}

/** The kinds of resource that a rule names: one, in a rule that passed `checkKafkaRules`. */
export function resourceTypesOf(rule: KafkaRuleSource): KafkaResourceType[] {
  return KAFKA_RESOURCE_TYPES.filter((type) => rule[type] !== undefined);
}

/** The rule for a client with these variables; undefined: an allow that cannot be filled grants nothing. */
export function bindKafkaRule(rule: KafkaRule, variables: Variables): BoundKafkaRule | undefined {
  if (rule.text === ANY_NAME && !rule.prefix) return { rule, pattern: 'any', name: '' };
  const name = fillTemplate(rule.template, variables);
  if (name !== undefined) return { rule, pattern: rule.prefix ? 'prefix' : 'literal', name };
  return rule.effect === 'deny' ? { rule, pattern: 'any', name: '', blocked: true } : undefined;
}

/** Is the rule about this client address? Where the address is not known, a deny is and an allow is not. */
export function concernsHost(rule: KafkaRule, host: Uint8Array | undefined): boolean {
  if (rule.hosts === undefined) return true;
  return host === undefined ? rule.effect === 'deny' : rule.hosts.some((range) => holdsHost(range, host));
}

function compileRule(source: KafkaRuleSource, named: Pick<KafkaRule, 'number' | 'id' | 'role' | 'effect'>): KafkaRule {
  const type = resourceTypesOf(source)[0] ?? 'cluster';
  const text = type === 'cluster' ? KAFKA_CLUSTER : (source[type] ?? '');
  const { operations, prefix = false, hosts } = source;
  return {
    ...named,
    type,
    text,
    template: parseTemplate(text),
    prefix,
    operations,
    stated: statedMask(operations),
    shadow: source.mode === 'shadow',
    mask: named.effect === 'allow' ? grantedMask(operations) : statedMask(operations),
    ...(hosts === undefined ? {} : { hosts: hosts.map(parseHostRange) }),
  };
}
