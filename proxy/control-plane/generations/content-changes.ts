import type { ContentChanges, NamedChanges } from '../api/dry-run.ts';
import type { Content } from './content.ts';
import type { GenerationPlan } from './generation-plan.ts';

interface Side {
  readonly content: Pick<Content, 'config'>;
  readonly plan: Pick<GenerationPlan, 'listeners' | 'binds' | 'revocation'>;
}

/** In which parts two generations differ. */
export function contentChanges(before: Side, after: Side): ContentChanges {
  const [old, next] = [before.content.config.policy, after.content.config.policy];
  const order = (own: typeof old.identities, other: typeof old.identities) =>
    own.flatMap(({ name }) => (other.some((one) => one.name === name) ? [name] : [])).join('\n');
  return {
    listeners: namedChanges(listenersOf(before), listenersOf(after)),
    trust: namedChanges(storesOf(before), storesOf(after)),
    identities: namedChanges(byName(old.identities), byName(next.identities)),
    identityOrder: order(old.identities, next.identities) !== order(next.identities, old.identities),
    roles: namedChanges(new Map(Object.entries(old.roles)), new Map(Object.entries(next.roles))),
    revocation: before.plan.revocation.version !== after.plan.revocation.version,
  };
}

function namedChanges(before: ReadonlyMap<string, unknown>, after: ReadonlyMap<string, unknown>): NamedChanges {
  const text = (value: unknown) => JSON.stringify(value);
  return {
    added: [...after.keys()].filter((name) => !before.has(name)),
    removed: [...before.keys()].filter((name) => !after.has(name)),
    changed: [...after.keys()].filter((name) => before.has(name) && text(before.get(name)) !== text(after.get(name))),
  };
}

function byName<T extends { readonly name: string }>(list: readonly T[]): Map<string, T> {
  return new Map(list.map((one) => [one.name, one]));
}

function listenersOf({ plan: { listeners, binds } }: Side): Map<string, unknown> {
  return new Map(
    listeners.map(({ version, value: { name } }) => [
      name,
      [version, binds.filter(({ listener }) => listener === name).map(({ key }) => key)],
    ]),
  );
}

/** With the content of their certificates; that of revocation lists is reported apart. */
function storesOf({ content: { config } }: Side): Map<string, unknown> {
  return new Map(
    Object.values(config.trust).map(({ name, plan, lists: { files, urls, refresh } }) => [
      name,
      [plan, files.map((file) => file.name), urls, refresh],
    ]),
  );
}
