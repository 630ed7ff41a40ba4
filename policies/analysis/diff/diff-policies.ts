/**
 * Whose verdict changes from one policy to another: by identity, since all roles of a client decide
 * together (a deny of one role takes from the allows of the others).
 */
import { ANY_CLIENT_ID } from '../../acl/client-id.ts';
import { limitsStated } from '../../limits/blocks.ts';
import { effectiveLimits } from '../../limits/effective.ts';
import { compilePolicy } from '../../policy.ts';
import type { PolicySource } from '../../source.ts';
import type { Identified, Policy } from '../../types.ts';
import { holdsSymbol, RoleBook, symbols } from '../lint/clients.ts';
import { differInModes, enforcedRules, hiddenFilters, inShadowOf } from './enforced-rules.ts';
import { type Direction, type IdentityChange, identityChanges } from './identity-changes.ts';
import { kafkaChanges } from './kafka-changes.ts';
import { mqttChanges } from './mqtt-changes.ts';
import type { RuleChange } from './rule-change.ts';
import { type ClientSettings, clientIdsOf, type SettingChange, settingChanges } from './setting-changes.ts';

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
  { before, after }: Readonly<Record<'before' | 'after', PolicySide>>,
): Pick<ClientChange, 'rules' | 'settings' | 'shadow'> {
  const hidden = hiddenFilters([...before.book.mqtt(roles.before), ...after.book.mqtt(roles.after)]);
  const old = enforcedRules(before.source, before.book, roles.before, hidden);
  const now = enforcedRules(after.source, after.book, roles.after, hidden);
  const settings = settingChanges(
    settingsOf(before, roles.before, identities[0], old.open),
    settingsOf(after, roles.after, identities[0], now.open),
  );
  const tried = {
    before: inShadowOf(before.source, before.book, roles.before),
    after: inShadowOf(after.source, after.book, roles.after),
  };
  const shadow = JSON.stringify(tried.before) === JSON.stringify(tried.after) ? {} : { shadow: tried };
  const texts = [...old.mqtt, ...now.mqtt, ...old.kafka, ...now.kafka].map(({ text }) => text);
  if (texts.some(holdsSymbol))
    return { rules: [], settings: [...settings, ...unread(roles, before, after)], ...shadow };
  return { rules: [...mqttChanges(old.mqtt, now.mqtt), ...kafkaChanges(old.kafka, now.kafka)], settings, ...shadow };
}

/** Rules with the characters that stand for variables here are compared as texts only. */
function unread(roles: ClientChange['roles'], before: PolicySide, after: PolicySide): SettingChange[] {
  const text = ({ source }: PolicySide, names: readonly string[]) =>
    JSON.stringify(names.map((name) => [source.roles[name]?.mqtt, source.roles[name]?.kafka]));
  if (text(before, roles.before) === text(after, roles.after)) return [];
  return [{ setting: 'rules', direction: 'unclear', before: 'with private-use characters', after: 'others' }];
}

/** `name`: one of the identities that have these roles and the same limits. */
function settingsOf(
  { source, policy, book, indexes }: PolicySide,
  roles: readonly string[],
  name: string | undefined,
  open: boolean,
): ClientSettings {
  const limits = effectiveLimits(limitsStated(source, indexes.get(name ?? '') ?? -1));
  const variables = symbols(book.mqtt(roles));
  const who: Identified = { ok: true, identity: '', principal: 'x', roles, variables, limits };
  const { onDeny, denialBudget } = policy.mqtt(who);
  const clientIds = open ? [ANY_CLIENT_ID] : clientIdsOf(source, roles);
  return { mode: open ? 'shadow' : 'enforce', limits, access: { onDeny, denialBudget }, clientIds };
}
