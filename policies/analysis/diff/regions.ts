/**
 * What one list of rules allows and another does not, as regions: within an allow, perhaps within a
 * deny that is gone too, except what other rules take away. Together they are just the difference,
 * whatever the values of variables: rules are never merged, only left out where that changes nothing.
 */

/** Rules of one kind of request, bound to symbols in the place of values. */
export interface RuleLists<R> {
  readonly allow: readonly R[];
  readonly deny: readonly R[];
}

/** Rules as sets of resources. Each answer holds for every value of the variables. */
export interface RuleAlgebra<R> {
  /** Is a request about one member of the sets? Else about a subset: a filter to subscribe to. */
  readonly single: boolean;
  /** What rules about the same are alike in. */
  key(rule: R): string;
  /** Is all that the inner one is about inside of the outer one? False where it is not certain. */
  holds(outer: R, inner: R): boolean;
  /** Have the two nothing in common? False where it is not certain. */
  apart(a: R, b: R): boolean;
  /** Do the rules together hold all of one? False where it is not certain. */
  cover(rules: readonly R[], inner: R): boolean;
  /** What both are about; undefined where that depends on values, or is nothing. */
  meet(a: R, b: R): R | undefined;
}

export interface Region<R> {
  /** The allow that now holds it. */
  readonly within: R;
  /** The deny that held it before. Absent: no allow did. */
  readonly also?: R;
  /** What is no part of it: denies that hold now, and without `also` what was allowed before. */
  readonly except: readonly R[];
  /** What is in `within` and `also`, where that can be said as one rule. */
  readonly whole: R | undefined;
}

/** The regions that `after` allows and `before` does not. */
export function gained<R>(before: RuleLists<R>, after: RuleLists<R>, algebra: RuleAlgebra<R>): Region<R>[] {
  const known = new Set(before.allow.map(algebra.key));
  const lost = goneDenies(before.deny, after.deny, algebra);
  const fresh: Region<R>[] = [];
  const freed: Region<R>[] = [];
  for (const within of after.allow) {
    const isNew = !known.has(algebra.key(within));
    if (!isNew && lost.length === 0) continue;
    const denied = after.deny.filter((one) => !algebra.apart(one, within));
    if (algebra.cover(denied, within)) continue;
    const earlier = isNew ? before.allow.filter((one) => !algebra.apart(one, within)) : [];
    const except = [...denied, ...earlier];
    if (isNew && !algebra.cover(except, within)) fresh.push({ within, except, whole: within });
    // Where nothing of it was allowed before, it is in the first region whole.
    if (!isNew || earlier.length > 0) freed.push(...freedFrom(lost, within, denied, algebra));
  }
  return [...widest(fresh, algebra), ...widest(freed, algebra)];
}

/** Denies of which something may be free now. */
function goneDenies<R>(before: readonly R[], after: readonly R[], { key, holds }: RuleAlgebra<R>): R[] {
  const kept = new Set(after.map(key));
  return before.filter((deny) => !kept.has(key(deny)) && !after.some((one) => holds(one, deny)));
}

function freedFrom<R>(lost: readonly R[], within: R, denied: readonly R[], algebra: RuleAlgebra<R>): Region<R>[] {
  return lost.flatMap((also) => {
    const whole = algebra.meet(within, also);
    if (whole === undefined) return algebra.apart(within, also) ? [] : [{ within, also, except: denied, whole }];
    if (algebra.cover(denied, whole)) return [];
    // A filter may reach out of the deny that is gone, into another one.
    const except = algebra.single ? denied.filter((one) => !algebra.apart(one, whole)) : denied;
    return [{ within, also, except, whole }];
  });
}

/** Without regions inside of others that lost the same deny. */
function widest<R>(regions: readonly Region<R>[], { holds }: RuleAlgebra<R>): Region<R>[] {
  const kept: Region<R>[] = [];
  for (const region of regions) {
    const inside = (other: Region<R>, one: Region<R>) => other.also === one.also && holds(other.within, one.within);
    if (kept.some((other) => inside(other, region))) continue;
    for (let i = kept.length - 1; i >= 0; i--) if (inside(region, kept[i] as Region<R>)) kept.splice(i, 1);
    kept.push(region);
  }
  return kept;
}
