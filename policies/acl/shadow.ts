/**
 * What of a client's rights is only tried. Every question has two answers then: by all its rules, and by those that
 * are enforced, which never allow less. Where the first refuses and the second does not, it is let through and told.
 */
import type { Mode } from '../source.ts';
import type { Effect } from './rules.ts';

/** The rights that are enforced, where they are not simply all. */
export interface Enforced<R> {
  /** All allows, and the denies that are enforced. */
  readonly rules: readonly R[];
  /** Nothing is refused for lack of an allow. */
  readonly open: boolean;
}

/** Which roles of a policy are in shadow. */
export function rolesInShadow(roles: Readonly<Record<string, { readonly mode?: Mode }>>): Set<string> {
  return new Set(Object.entries(roles).flatMap(([name, { mode }]) => (mode === 'shadow' ? [name] : [])));
}

/** Is nothing refused to a client of these roles for lack of an allow? */
export function isOpen(roles: readonly string[], inShadow: ReadonlySet<string>, listener: Mode): boolean {
  return listener === 'shadow' || roles.some((role) => inShadow.has(role));
}

/**
 * @param rules of the client
 * @param roles of the client
 * @param inShadow `rolesInShadow` of the policy
 * @param listener of the listener that the client came to
 * @returns undefined where all is enforced
 */
export function enforcedRights<R extends { readonly effect: Effect; readonly role: string; readonly shadow: boolean }>(
  rules: readonly R[],
  roles: readonly string[],
  inShadow: ReadonlySet<string>,
  listener: Mode,
): Enforced<R> | undefined {
  const all = listener === 'shadow';
  const open = isOpen(roles, inShadow, listener);
  const tried = (rule: R) => rule.effect === 'deny' && (all || rule.shadow || inShadow.has(rule.role));
  if (!open && !rules.some(tried)) return undefined;
  return { rules: rules.filter((rule) => !tried(rule)), open };
}
