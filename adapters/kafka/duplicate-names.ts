/** Kafka refuses what a request names twice: the names that occur once, and those that occur more often. */
export function splitDuplicates(names: Iterable<string>): { readonly once: string[]; readonly repeated: string[] } {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  const distinct = [...counts.keys()];
  return {
    once: distinct.filter((name) => counts.get(name) === 1),
    repeated: distinct.filter((name) => counts.get(name) !== 1),
  };
}
