import type { WouldEnd } from '../messages.ts';

/** Sessions of one kind that are named. */
const MAX_EXAMPLES = 20;

/** One entry for each listener, identity and reason; the most first. */
export function mergeEnds(parts: readonly WouldEnd[]): WouldEnd[] {
  const alike = Map.groupBy(parts, ({ listener, identity, reason }) => JSON.stringify([listener, identity, reason]));
  const merged = [...alike.values()].map((group) => ({
    ...(group[0] as WouldEnd),
    count: group.reduce((sum, { count }) => sum + count, 0),
    examples: group.flatMap(({ examples }) => examples).slice(0, MAX_EXAMPLES),
  }));
  return merged.sort((a, b) => b.count - a.count);
}
