import { ZERO_UUID } from './error-codes.ts';
import type { Context } from './handler.ts';

/** Milliseconds for which a list of all topics is as good as a new one. */
const FRESH_FOR = 2000;

/** Those of `ids` that must be looked up before anything is decided: their names are neither known nor were lately asked for in vain. */
export function unresolvedIds({ topology, now }: Context, ids: Iterable<string>): string[] {
  return [...ids].filter((id) => id !== ZERO_UUID && topology.nameOf(id) === undefined && !topology.isUnknown(id, now));
}

/** All topics of the cluster, ascending by UTF-16 code units; undefined: the list must be renewed first. */
export function freshTopics({ topology, now }: Context): readonly string[] | undefined {
  const { topics } = topology;
  return topics !== null && now - topics.time <= FRESH_FOR ? topics.names : undefined;
}
