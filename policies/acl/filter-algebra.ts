/**
 * Topic filters as sets of topic names: membership, inclusion, intersection. All three walk
 * the levels once. What makes MQTT special:
 * - `a/#` holds `a` itself;
 * - a wildcard on the first level holds no name whose first level begins with `$` (4.7.2);
 * - empty levels are levels, and `+` holds them; but the empty name is none (4.7.3), so `#`
 *   is as narrow as `+/#`, and `/#` as `/+/#`.
 * Names are unbounded in these sets, so inclusion in a union of filters is inclusion in one.
 */
import type { FilterLevels } from './topic-filter.ts';

/** Is the topic name with these levels in the filter's set? */
export function matches(filter: FilterLevels, topic: readonly string[]): boolean {
  if (isHidden(topic) && isWide(filter)) return false;
  for (let i = 0; i < filter.length; i++) {
    const level = filter[i];
    if (level === '#') return true;
    if (i === topic.length) return false;
    if (level !== '+' && level !== topic[i]) return false;
  }
  return topic.length === filter.length;
}

/** Is every topic name of `inner` in `outer`? */
export function contains(outer: FilterLevels, inner: FilterLevels): boolean {
  if (isHidden(inner) && isWide(outer)) return false;
  const narrow = withoutEmptyName(inner);
  for (let i = 0; i < outer.length; i++) {
    const wide = outer[i];
    if (wide === '#') return true;
    // An inner `#` also holds its parent, which is too short for a further level of `outer`.
    if (i === narrow.length || narrow[i] === '#') return false;
    if (wide !== '+' && wide !== narrow[i]) return false;
  }
  return narrow.length === outer.length;
}

/** Is there a topic name in both? */
export function overlaps(a: FilterLevels, b: FilterLevels): boolean {
  if ((isHidden(a) && isWide(b)) || (isHidden(b) && isWide(a))) return false;
  const left = withoutEmptyName(a);
  const right = withoutEmptyName(b);
  for (let i = 0; ; i++) {
    const l = left[i];
    const r = right[i];
    if (l === '#' || r === '#') return true;
    if (l === undefined || r === undefined) return l === r;
    if (l !== r && l !== '+' && r !== '+') return false;
  }
}

const ALL: FilterLevels = ['+', '#'];
const ALL_BELOW_EMPTY: FilterLevels = ['', '+', '#'];

/** The same set, written so that walking it never comes to the empty name. */
function withoutEmptyName(filter: FilterLevels): FilterLevels {
  if (filter[0] === '#') return ALL;
  return filter[0] === '' && filter[1] === '#' ? ALL_BELOW_EMPTY : filter;
}

function isHidden(levels: FilterLevels): boolean {
  return levels[0]?.startsWith('$') === true;
}

function isWide(filter: FilterLevels): boolean {
  return filter[0] === '+' || filter[0] === '#';
}
