/** Which clients the identities of two policies take. */
import { type CompiledIdentity, compileIdentity } from '../../identity/compile.ts';
import type { IdentitySource, PolicySource } from '../../source.ts';
import { identityHolds } from '../lint/identity-cover.ts';
import type { Side } from './rule-change.ts';

/** `unclear`: some verdicts may be wider and others narrower. */
export type Direction = 'widened' | 'narrowed' | 'unclear';

export interface IdentityChange {
  readonly name: string;
  readonly what: 'added' | 'removed' | 'changed' | 'moved';
  readonly direction: Direction;
  /** The policy that `path` is in. */
  readonly side: Side;
  /** `identities[2]` */
  readonly path: string;
  /** One sentence. */
  readonly reason: string;
}

/** Both have passed `checkPolicy`. Roles are not compared: what they allow is. */
export function identityChanges(before: PolicySource, after: PolicySource): IdentityChange[] {
  const [old, now] = [compiled(before), compiled(after)];
  const order: Order = {
    lastStayingBefore: lastOf(old, now),
    lastStayingAfter: lastOf(now, old),
    lastAfter: lastOf(now, now),
    withNew: new Set([...now.values()].flatMap(({ source, store }) => (old.has(source.name) ? [] : store))),
  };
  const changes: IdentityChange[] = [];
  for (const [name, one] of now) {
    const was = old.get(name);
    if (was === undefined) changes.push(added(one, order));
    else if (written(was.source) !== written(one.source)) changes.push(changed(was, one, order));
  }
  for (const [name, one] of old) if (!now.has(name)) changes.push(removed(one, order));
  return [...changes, ...moved(old, now)];
}

type Identities = ReadonlyMap<string, CompiledIdentity>;

/** By store, the position of the last identity … */
interface Order {
  /** … before that is there after too. */
  readonly lastStayingBefore: ReadonlyMap<string, number>;
  /** … after that was there before. */
  readonly lastStayingAfter: ReadonlyMap<string, number>;
  readonly lastAfter: ReadonlyMap<string, number>;
  /** Stores of identities that were not there before. */
  readonly withNew: ReadonlySet<string>;
}

function compiled({ identities }: PolicySource): Identities {
  return new Map(identities.map((source, i) => [source.name, compileIdentity(source, i, () => true, [])]));
}

/** By store, the position of the last that `others` have as well. */
function lastOf(identities: Identities, others: Identities): Map<string, number> {
  const last = new Map<string, number>();
  for (const [name, { store, index }] of identities) if (others.has(name)) last.set(store, index);
  return last;
}

/** Is an identity of its store tried after it? */
function isBefore({ store, index }: CompiledIdentity, last: ReadonlyMap<string, number>): boolean {
  return (last.get(store) ?? -1) > index;
}

function added(one: CompiledIdentity, { lastStayingAfter }: Order): IdentityChange {
  const takes = isBefore(one, lastStayingAfter);
  const reason = `clients that it matches had no identity${takes ? ', or one that is behind it now' : ''}`;
  return change(one, 'added', takes ? 'unclear' : 'widened', 'after', reason);
}

function removed(one: CompiledIdentity, { lastStayingBefore, withNew }: Order): IdentityChange {
  const taken = isBefore(one, lastStayingBefore) || withNew.has(one.store);
  const reason = `its clients have no identity now${taken ? ', or another one of its store' : ''}`;
  return change(one, 'removed', taken ? 'unclear' : 'narrowed', 'before', reason);
}

function changed(was: CompiledIdentity, is: CompiledIdentity, { lastAfter }: Order): IdentityChange {
  if (was.source.principal !== is.source.principal) {
    return change(is, 'changed', 'unclear', 'after', 'its principals are others');
  }
  const captures = was.variables.length + is.variables.length > 0;
  if (was.store !== is.store || captures) {
    return change(is, 'changed', 'unclear', 'after', 'it matches other clients, or takes other values from them');
  }
  const [more, less] = [identityHolds(is, was), identityHolds(was, is)];
  const direction = more === less || isBefore(is, lastAfter) ? 'unclear' : more ? 'widened' : 'narrowed';
  const message = more === less ? 'other' : more ? 'more' : 'fewer';
  return change(is, 'changed', direction, 'after', `it matches ${message} clients`);
}

/** Identities of both policies, of one store, in another order. */
function moved(old: Identities, now: Identities): IdentityChange[] {
  const stores = Map.groupBy(now.values(), ({ store }) => store);
  const earlier = Map.groupBy(old.values(), ({ store }) => store);
  return [...stores].flatMap(([store, own]) => {
    const stay = (some: readonly CompiledIdentity[], others: Identities) =>
      some.filter(({ source }) => others.get(source.name)?.store === store);
    const [was, is] = [stay(earlier.get(store) ?? [], now), stay(own, old)];
    const first = is.find(({ source }, i) => source.name !== was[i]?.source.name);
    if (first === undefined) return [];
    return [
      change(first, 'moved', 'unclear', 'after', 'from here on identities of its store are tried in another order'),
    ];
  });
}

function written({ when, principal }: IdentitySource): string {
  return JSON.stringify([when, principal], (_, value: unknown) =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
      : value,
  );
}

function change(
  { source, index }: CompiledIdentity,
  what: IdentityChange['what'],
  direction: Direction,
  side: Side,
  reason: string,
): IdentityChange {
  return { name: source.name, what, direction, side, path: `identities[${index}]`, reason };
}
