/** The rules of clients as they are enforced: what is in shadow refuses nothing, and so changes no verdict. */
import { compileKafkaRules, type KafkaRule } from '../../acl/kafka-rules.ts';
import { compileRules, type Rule } from '../../acl/rules.ts';
import { type Enforced, enforcedRights, rolesInShadow } from '../../acl/shadow.ts';
import type { Mode, PolicySource } from '../../source.ts';
import type { RoleBook } from '../lint/clients.ts';

export interface EnforcedRules {
  readonly mqtt: readonly Rule[];
  readonly kafka: readonly KafkaRule[];
  /** A role of the clients is in shadow: the rules end with allows of everything, under the name of its mode. */
  readonly open: boolean;
}

/**
 * @param book of the source
 * @param hidden filters of topics that begin with `$`, which no wildcard is about: what denies name before and after
 */
export function enforcedRules(
  { roles: all }: PolicySource,
  book: RoleBook,
  roles: readonly string[],
  hidden: readonly string[],
): EnforcedRules {
  const inShadow = rolesInShadow(all);
  const role = roles.find((name) => inShadow.has(name));
  const mqtt = enforced(book.mqtt(roles), roles, inShadow);
  const kafka = enforced(book.kafka(roles), roles, inShadow);
  if (role === undefined) return { mqtt: mqtt.rules, kafka: kafka.rules, open: false };
  const id = `roles.${role}.mode`;
  const named = <R>(rules: readonly R[]): R[] => rules.map((rule) => ({ ...rule, id }));
  return {
    mqtt: [...mqtt.rules, ...named(everyTopic(role, hidden))],
    kafka: [...kafka.rules, ...named(compileKafkaRules(role, { allow: EVERYTHING }, 0))],
    open: true,
  };
}

function enforced<R extends Rule | KafkaRule>(
  rules: readonly R[],
  roles: readonly string[],
  inShadow: ReadonlySet<string>,
): Enforced<R> {
  return enforcedRights(rules, roles, inShadow, 'enforce') ?? { rules, open: false };
}

const EVERYTHING = [
  ...(['topic', 'group', 'transactionalId'] as const).map((type) => ({ [type]: '*', operations: ['all'] as const })),
  { cluster: true, operations: ['all'] },
] as const;

function everyTopic(role: string, hidden: readonly string[]): Rule[] {
  const allow = ['#', ...hidden].flatMap((filter) => [{ publish: filter }, { subscribe: filter }]);
  return compileRules(role, { allow }, 0);
}

/** Filters of topics that begin with `$` in denies. */
export function hiddenFilters(rules: readonly Rule[]): string[] {
  return [...new Set(rules.flatMap(({ effect, text }) => (effect === 'deny' && text.startsWith('$') ? [text] : [])))];
}

/** What of the clients' rights is in shadow, in words. */
export function inShadowOf({ roles: all }: PolicySource, book: RoleBook, roles: readonly string[]): string[] {
  const shadow = rolesInShadow(all);
  const denies = [
    ...book.mqtt(roles).flatMap((rule) => (rule.shadow ? [`deny ${rule.action} ${JSON.stringify(rule.text)}`] : [])),
    ...book.kafka(roles).flatMap((rule) => {
      const name = rule.type === 'cluster' ? '' : ` ${JSON.stringify(`${rule.text}${rule.prefix ? '*' : ''}`)}`;
      return rule.shadow ? [`deny ${rule.operations.join(', ')} on ${rule.type}${name}`] : [];
    }),
  ];
  return [...roles.filter((role) => shadow.has(role)).map((role) => `role ${role}`), ...new Set(denies)].sort();
}

/** Do the two differ in nothing but what is in shadow? */
export function differInModes(before: PolicySource, after: PolicySource): boolean {
  const written = (source: PolicySource, modes: readonly Mode[]) =>
    JSON.stringify(source, (key, value) => (key === 'mode' && modes.includes(value) ? undefined : value));
  const alike = (...modes: Mode[]) => written(before, modes) === written(after, modes);
  // What is not written is enforced.
  return alike('enforce', 'shadow') && !alike('enforce');
}
