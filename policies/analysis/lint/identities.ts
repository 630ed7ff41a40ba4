/** Lints of identities: those that no certificate can get. */
import { ANONYMOUS } from '../../identity/anonymous.ts';
import { type CompiledIdentity, compileIdentity } from '../../identity/compile.ts';
import { type Finding, finding, type LintSource } from './finding.ts';
import { contradiction, identityHolds } from './identity-cover.ts';
import { storeOf, storeWords } from './store-of.ts';

/** Pairs of identities that are compared; a larger policy is told less. */
const MAX_COMPARED = 1_000_000;
/** Exact texts of an identity by which others are looked for; all of their subsets are. */
const MAX_TEXTS = 6;

export function lintIdentities({ policy, listeners, stores }: LintSource): Finding[] {
  const taken = new Set(listeners.flatMap(({ clients }) => clients));
  const earlier = new Map([ANONYMOUS, ...stores].map((store) => [store, new Earlier()]));
  const budget = { left: MAX_COMPARED };
  return policy.identities.flatMap((source, index) => {
    const path = `identities[${index}]`;
    const store = storeOf(source);
    if (!taken.has(store)) {
      const message =
        store === ANONYMOUS
          ? 'every listener asks for a certificate'
          : `no listener takes clients of ${storeWords(store)}`;
      return [finding('unreachable-identity', `${path}.when.${store === ANONYMOUS ? 'anonymous' : 'trust'}`, message)];
    }
    const identity = compileIdentity(source, index, () => true, []);
    const never = contradiction(identity);
    if (never !== undefined) return [finding('unreachable-identity', `${path}.when`, never)];
    const holder = earlier.get(store)?.holding(identity, budget);
    earlier.get(store)?.add(identity);
    if (holder === undefined) return [];
    const message = `the identity ${JSON.stringify(holder.source.name)} above takes every certificate that this one matches`;
    return [finding('unreachable-identity', `${path}.name`, message)];
  });
}

/** The identities of one trust store so far. One that names exact texts can only hold others that name them too. */
class Earlier {
  readonly #byTexts = new Map<string, CompiledIdentity[]>();

  add(identity: CompiledIdentity): void {
    const key = JSON.stringify(exactTexts(identity));
    const sharers = this.#byTexts.get(key);
    if (sharers === undefined) this.#byTexts.set(key, [identity]);
    else sharers.push(identity);
  }

  holding(identity: CompiledIdentity, budget: { left: number }): CompiledIdentity | undefined {
    for (const texts of subsets(exactTexts(identity).slice(0, MAX_TEXTS))) {
      for (const outer of this.#byTexts.get(JSON.stringify(texts)) ?? []) {
        if (budget.left-- <= 0) return undefined;
        if (identityHolds(outer, identity)) return outer;
      }
    }
    return undefined;
  }
}

/** Sorted, so that subsets are in the same order wherever they come from. */
function exactTexts({ subject, san }: CompiledIdentity): string[] {
  return [
    ...subject.flatMap(({ type, patterns }) =>
      patterns.flatMap(({ exact }) => (exact === undefined ? [] : [`subject ${type} ${exact}`])),
    ),
    ...san.flatMap(({ kind, pattern }) => (pattern.exact === undefined ? [] : [`san ${kind} ${pattern.exact}`])),
  ].sort();
}

function subsets(texts: readonly string[]): string[][] {
  return texts.reduce<string[][]>((all, text) => all.flatMap((some) => [some, [...some, text]]), [[]]);
}
