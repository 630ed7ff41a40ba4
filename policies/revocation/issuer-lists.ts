import type { Crl } from './crl.ts';
import { type CrlCheckOptions, type CrlIssuer, checkCrl, isIssuedBy } from './crl-check.ts';
import { type HighestNumbers, missingDelta } from './highest-numbers.ts';
import { applyDelta, type RevokedList } from './revoked-list.ts';

/** A list and where it came from. */
export interface NamedCrl {
  /** For people: the file or URL. */
  readonly name: string;
  readonly crl: Crl;
}

export interface UsableList {
  readonly name: string;
  readonly list: RevokedList;
  readonly freshUntil: number;
}

export interface NotUsed {
  readonly name: string;
  /** `superseded`: a newer one of the same scope is used; no reason to worry. */
  readonly why: 'refused' | 'superseded';
  readonly reason: string;
}

export interface IssuerLists {
  /** One for each scope. */
  readonly usable: readonly UsableList[];
  readonly notUsed: readonly NotUsed[];
  /** To be kept. */
  readonly highest: HighestNumbers;
}

interface Checked extends NamedCrl {
  readonly freshUntil: number;
}

/**
 * Of all lists that carry the name of an issuer: the newest of each scope that holds, with its delta. A list that
 * is refused stands in no other's way.
 */
export function selectLists(all: readonly NamedCrl[], issuer: CrlIssuer, options: CrlCheckOptions): IssuerLists {
  const mine = all.filter(({ crl }) => isIssuedBy(crl, issuer)).toSorted((a, b) => newestFirst(a.crl, b.crl));
  const notUsed: NotUsed[] = [];
  const usable: UsableList[] = [];
  let { highest } = options;
  /** The newest that holds; it counts as seen only when `keep` is called for it. */
  const newest = (of: readonly NamedCrl[]): { found: Checked; keep: () => void } | undefined => {
    let found: { found: Checked; keep: () => void } | undefined;
    for (const { name, crl } of of) {
      if (found !== undefined) {
        notUsed.push({ name, why: 'superseded', reason: `${found.found.name} is newer` });
        continue;
      }
      const verdict = checkCrl(crl, issuer, { ...options, highest });
      if (!verdict.ok) {
        notUsed.push({ name, why: 'refused', reason: verdict.reason });
        continue;
      }
      const keep = () => {
        highest = verdict.highest;
      };
      found = { found: { name, crl, freshUntil: verdict.freshUntil }, keep };
    }
    return found;
  };
  for (const group of Map.groupBy(mine, ({ crl }) => JSON.stringify(crl.scope)).values()) {
    const complete = newest(group.filter(({ crl }) => crl.base === undefined));
    complete?.keep();
    const delta = newest(group.filter(({ crl }) => crl.base !== undefined));
    if (complete === undefined) {
      if (delta !== undefined) {
        notUsed.push({ name: delta.found.name, why: 'refused', reason: 'the delta has no complete list' });
      }
      continue;
    }
    const list = combine(complete.found, delta?.found, notUsed);
    if (list.list.delta !== undefined) delta?.keep();
    const missing =
      list.list.delta === undefined ? missingDelta(highest, complete.found.crl, issuer.keyHash) : undefined;
    if (missing === undefined) usable.push(list);
    else notUsed.push({ name: list.name, why: 'refused', reason: missing });
  }
  return { usable, notUsed, highest };
}

/** The complete list counts by itself for as long as it says; a delta can only prolong that. */
function combine(complete: Checked, delta: Checked | undefined, notUsed: NotUsed[]): UsableList {
  const { name, crl, freshUntil } = complete;
  const alone: UsableList = { name, list: { complete: crl, delta: undefined }, freshUntil };
  if (delta === undefined) return alone;
  const applied = applyDelta(crl, delta.crl);
  if (applied.ok) return { name, list: applied.list, freshUntil: Math.max(freshUntil, delta.freshUntil) };
  notUsed.push({ name: delta.name, why: applied.needless ? 'superseded' : 'refused', reason: applied.reason });
  return alone;
}

function newestFirst(a: Crl, b: Crl): number {
  const [x, y] = [a.number ?? -1n, b.number ?? -1n];
  return x === y ? b.thisUpdate - a.thisUpdate : x < y ? 1 : -1;
}
