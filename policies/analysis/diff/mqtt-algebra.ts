/** MQTT rules as sets: of topics, and of the filters that may be subscribed to. */
import { contains, overlaps } from '../../acl/filter-algebra.ts';
import type { BoundRule } from '../../acl/rules.ts';
import type { FilterLevels } from '../../acl/topic-filter.ts';
import { holdsSymbol } from '../lint/clients.ts';
import type { RuleAlgebra } from './regions.ts';

/** For messages: a request is about one topic. */
export const TOPICS: RuleAlgebra<BoundRule> = {
  single: true,
  key: ({ levels }) => levels.join('/'),
  holds: (outer, inner) => contains(outer.levels, inner.levels),
  apart: (a, b) => !mayOverlap(a.levels, b.levels),
  cover: (rules, { levels }) =>
    covers(
      rules.map((one) => one.levels),
      levels,
    ),
  meet: (within, also) => {
    const levels = meet(within.levels, also.levels);
    return levels && { rule: also.rule, levels };
  },
};

/**
 * For subscriptions: a request is a filter. It must lie inside of one allow; that several hold its
 * topics together is not enough. A deny is about what overlaps it, or, where its role says that it
 * filters, about what lies inside of it.
 */
export const FILTERS: RuleAlgebra<BoundRule> = {
  ...TOPICS,
  single: false,
  key: ({ rule, levels }) => JSON.stringify([rule.filters, levels]),
  holds: holdsFilters,
  cover: (rules, inner) => rules.some((one) => holdsFilters(one, inner)),
};

function holdsFilters(outer: BoundRule, inner: BoundRule): boolean {
  const reachesOut = inner.rule.effect === 'deny' && !inner.rule.filters;
  return !(outer.rule.filters && reachesOut) && contains(outer.levels, inner.levels);
}

/** The filter of all topics that are in both; undefined: there is none, or it depends on values. */
function meet(a: FilterLevels, b: FilterLevels): FilterLevels | undefined {
  if (!overlaps(a, b)) return undefined;
  const levels: string[] = [];
  for (let i = 0; ; i++) {
    const [left, right] = [a[i], b[i]];
    if (left === '#') return [...levels, ...b.slice(i)];
    if (right === '#') return [...levels, ...a.slice(i)];
    if (left === undefined || right === undefined) return levels;
    levels.push(left === '+' ? right : left);
  }
}

/** Is every topic of the filter in one of `outer`? `a/#` is `a` and `a/+/#`, so that the two together hold it. */
function covers(outer: readonly FilterLevels[], inner: FilterLevels): boolean {
  if (outer.some((one) => contains(one, inner))) return true;
  if (inner.at(-1) !== '#' || outer.every(({ length }) => length < inner.length)) return false;
  const parent = inner.slice(0, -1);
  return (parent.length === 0 || covers(outer, parent)) && covers(outer, [...parent, '+', '#']);
}

/** Have the two a topic in common, for any values of the variables? */
function mayOverlap(a: FilterLevels, b: FilterLevels): boolean {
  const hidden = (levels: FilterLevels) => levels[0]?.startsWith('$') === true && holdsSymbol(levels[0]);
  if (hidden(a) || hidden(b)) return true;
  const wide = (levels: FilterLevels) => levels.map((level) => (holdsSymbol(level) ? '+' : level));
  return overlaps(wide(a), wide(b));
}
