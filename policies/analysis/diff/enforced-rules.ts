/** The rules of clients as they are enforced: what is in shadow refuses nothing, and so changes no verdict. */
import { enforcedRights, rolesInShadow } from '../../acl/shadow.ts';
import type { Protocol } from '../../decision.ts';
import { PROTOCOL_NAMES, type ProtocolRules } from '../../protocols.ts';
import type { Mode, PolicySource } from '../../source.ts';
import type { RoleBook } from '../lint/clients.ts';
import { ANALYSIS } from '../protocols/table.ts';

/** The first of the roles that is in shadow: it makes that nothing is refused for lack of an allow. */
export function openRole({ roles: all }: PolicySource, roles: readonly string[]): string | undefined {
  const inShadow = rolesInShadow(all);
  return roles.find((name) => inShadow.has(name));
}

/**
 * The rules of one protocol. Where a role is in shadow they end with allows of everything, under the name of its mode.
 *
 * @param book of the source
 * @param compared all rules that are compared, of both policies
 */
export function enforcedRules<P extends Protocol>(
  protocol: P,
  source: PolicySource,
  book: RoleBook,
  roles: readonly string[],
  compared: readonly ProtocolRules[P][],
): readonly ProtocolRules[P][] {
  const all = book.rules(protocol, roles);
  const { rules } = enforcedRights(all, roles, rolesInShadow(source.roles), 'enforce') ?? { rules: all };
  const role = openRole(source, roles);
  if (role === undefined) return rules;
  const id = `roles.${role}.mode`;
  return [...rules, ...ANALYSIS[protocol].everything(role, compared).map((rule) => ({ ...rule, id }))];
}

/** What of the clients' rights is in shadow, in words. */
export function inShadowOf({ roles: all }: PolicySource, book: RoleBook, roles: readonly string[]): string[] {
  const shadow = rolesInShadow(all);
  const denies = <P extends Protocol>(protocol: P): string[] =>
    book.rules(protocol, roles).flatMap((rule) => (rule.shadow ? [`deny ${ANALYSIS[protocol].ruleText(rule)}`] : []));
  const texts = new Set(PROTOCOL_NAMES.flatMap((protocol) => denies(protocol)));
  return [...roles.filter((role) => shadow.has(role)).map((role) => `role ${role}`), ...texts].sort();
}

/** Do the two differ in nothing but what is in shadow? */
export function differInModes(before: PolicySource, after: PolicySource): boolean {
  const written = (source: PolicySource, modes: readonly Mode[]) =>
    JSON.stringify(source, (key, value) => (key === 'mode' && modes.includes(value) ? undefined : value));
  const alike = (...modes: Mode[]) => written(before, modes) === written(after, modes);
  // What is not written is enforced.
  return alike('enforce', 'shadow') && !alike('enforce');
}
