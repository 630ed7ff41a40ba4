/**
 * Whose verdict changes from one policy to another: by identity, since all roles of a client decide
 * together (a deny of one role takes from the allows of the others).
 */
import type { Protocol } from '../../decision.ts';
import { limitsStated } from '../../limits/blocks.ts';
import { effectiveLimits } from '../../limits/effective.ts';
import { compilePolicy } from '../../policy.ts';
import { PROTOCOL_NAMES } from '../../protocols.ts';
import type { PolicySource } from '../../source.ts';
import type { Policy } from '../../types.ts';
import { holdsSymbol, RoleBook } from '../lint/clients.ts';
import { ANALYSIS } from '../protocols/table.ts';
import { differInModes, enforcedRules, inShadowOf, openRole } from './enforced-rules.ts';
import { type Direction, type IdentityChange, identityChanges } from './identity-changes.ts';
import type { RuleChange } from './rule-change.ts';
import { type SettingChange, type SettingSide, settingChanges } from './setting-changes.ts';

/** Clients that have the same roles before and the same roles after. */
export interface ClientChange {
  /** Names, in the order of the policy after. */
  readonly identities: readonly string[];
  readonly roles: { readonly before: readonly string[]; readonly after: readonly string[] };
  readonly rules: readonly RuleChange[];
  readonly settings: readonly SettingChange[];
  /** What is in shadow, where that is not the same; by itself it changes no verdict. */
  readonly shadow?: { readonly before: readonly string[]; readonly after: readonly string[] };
}

/** What another policy would allow, refuse or set differently. */
export interface PolicyDiff {
  readonly identities: readonly IdentityChange[];
  /** Of identities that both policies have; only groups in which something changed. */
  readonly clients: readonly ClientChange[];
  /** The policies differ in modes alone: rules or roles move between shadow and enforce. */
  readonly onlyModes: boolean;
  /** Something is allowed that was not, or may be. */
  readonly widens: boolean;
  /** Something is refused that was allowed, or may be. */
  readonly narrows: boolean;
}

/** @throws PolicyError where one of them is none */
export function diffPolicies(before: PolicySource, after: PolicySource): PolicyDiff {
  const sides = { before: sideOf(before), after: sideOf(after) };
  const identities = identityChanges(before, after);
  const clients = groups(before, after)
    .map((group) => ({ ...group, ...groupChanges(group, sides) }))
    .filter(({ rules, settings, shadow }) => rules.length > 0 || settings.length > 0 || shadow !== undefined);
  const directions: Direction[] = [
    ...identities.map(({ direction }) => direction),
    ...clients.flatMap(({ rules, settings }) => [...rules, ...settings].map(({ direction }) => direction)),
  ];
  const some = (direction: Direction) => directions.includes(direction) || directions.includes('unclear');
  return {
    identities,
    clients,
    onlyModes: differInModes(before, after),
    widens: some('widened'),
    narrows: some('narrowed'),
  };
}

type Group = Pick<ClientChange, 'identities' | 'roles'>;

function groups(before: PolicySource, after: PolicySource): Group[] {
  const old = new Map(before.identities.map((identity) => [identity.name, identity]));
  const found = new Map<string, { identities: string[]; roles: ClientChange['roles'] }>();
  for (const { name, roles, limits } of after.identities) {
    const was = old.get(name);
    if (was === undefined) continue;
    const both = { before: [...new Set(was.roles)], after: [...new Set(roles)] };
    const key = JSON.stringify([both, was.limits, limits]);
    const known = found.get(key);
    if (known === undefined) found.set(key, { identities: [name], roles: both });
    else known.identities.push(name);
  }
  return [...found.values()];
}

interface PolicySide {
  readonly source: PolicySource;
  readonly policy: Policy;
  readonly book: RoleBook;
  /** Of identities by their names. */
  readonly indexes: ReadonlyMap<string, number>;
}

function sideOf(source: PolicySource): PolicySide {
  const indexes = new Map(source.identities.map(({ name }, index) => [name, index]));
  return { source, policy: compilePolicy(source, { version: '', cacheSlots: 1 }), book: new RoleBook(source), indexes };
}

function groupChanges(
  { identities, roles }: Group,
  sides: Readonly<Record<'before' | 'after', PolicySide>>,
): Pick<ClientChange, 'rules' | 'settings' | 'shadow'> {
  const { before, after } = sides;
  const [was, is] = [settingSide(before, roles.before, identities[0]), settingSide(after, roles.after, identities[0])];
  const settings = [
    ...settingChanges(was, is),
    ...PROTOCOL_NAMES.flatMap((protocol) => ANALYSIS[protocol].settingChanges(was, is)),
  ];
  const tried = {
    before: inShadowOf(before.source, before.book, roles.before),
    after: inShadowOf(after.source, after.book, roles.after),
  };
  const shadow = JSON.stringify(tried.before) === JSON.stringify(tried.after) ? {} : { shadow: tried };
  const compared = PROTOCOL_NAMES.map((protocol) => compareRules(protocol, roles, sides));
  if (compared.some(({ unreadable }) => unreadable))
    return { rules: [], settings: [...settings, ...unread(roles, before, after)], ...shadow };
  return { rules: compared.flatMap(({ changes }) => changes()), settings, ...shadow };
}

/** The rules of one protocol. `unreadable`: they hold what stands for variables here. */
function compareRules<P extends Protocol>(
  protocol: P,
  roles: ClientChange['roles'],
  { before, after }: Readonly<Record<'before' | 'after', PolicySide>>,
): { readonly unreadable: boolean; changes(): RuleChange[] } {
  const written = [...before.book.rules(protocol, roles.before), ...after.book.rules(protocol, roles.after)];
  const old = enforcedRules(protocol, before.source, before.book, roles.before, written);
  const now = enforcedRules(protocol, after.source, after.book, roles.after, written);
  const unreadable = [...old, ...now].some(({ text }) => holdsSymbol(text));
  return { unreadable, changes: () => ANALYSIS[protocol].ruleChanges(old, now) };
}

/** Rules with the characters that stand for variables here are compared as texts only. */
function unread(roles: ClientChange['roles'], before: PolicySide, after: PolicySide): SettingChange[] {
  const text = ({ source }: PolicySide, names: readonly string[]) =>
    JSON.stringify(names.map((name) => PROTOCOL_NAMES.map((protocol) => source.roles[name]?.[protocol])));
  if (text(before, roles.before) === text(after, roles.after)) return [];
  return [{ setting: 'rules', direction: 'unclear', before: 'with private-use characters', after: 'others' }];
}

/** `name`: one of the identities that have these roles and the same limits. */
function settingSide(
  { source, policy, book, indexes }: PolicySide,
  roles: readonly string[],
  name: string | undefined,
): SettingSide {
  const limits = effectiveLimits(limitsStated(source, indexes.get(name ?? '') ?? -1));
  return { source, policy, book, roles, limits, open: openRole(source, roles) !== undefined };
}
