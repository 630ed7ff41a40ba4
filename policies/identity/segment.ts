import type { Values } from './placeholder.ts';
import { isPlaceholder, type Part } from './template.ts';

/**
 * Literal texts with a hole between each two: `literals[0] hole[0] literals[1] … literals[n]`.
 * Only the outer literals may be empty.
 */
export interface Segment {
  readonly literals: readonly string[];
  /** Name of the variable that takes the hole's text; undefined for `*`. */
  readonly holes: readonly (string | undefined)[];
}

/** The segment of a template's parts; `fold`: compared without regard to ASCII case. */
export function segmentOf(parts: readonly Part[], fold: boolean): Segment {
  const literals: string[] = [''];
  const holes: (string | undefined)[] = [];
  for (const part of parts) {
    if (typeof part === 'string') {
      literals[literals.length - 1] = fold ? part.toLowerCase() : part;
    } else {
      holes.push(isPlaceholder(part) ? part.variable : undefined);
      literals.push('');
    }
  }
  return { literals, holes };
}

/**
 * Matches the whole text and adds what the variables take to `values`. A variable takes at least
 * one character, `*` may take none. When the variables could take other texts as well the match
 * is `'ambiguous'`: which one is meant would be a guess.
 *
 * Two walks, no backtracking: the literals at their first possible places from the left, then at
 * their last from the right. Every other match lies between, so equal captures mean only one.
 */
export function matchSegment(segment: Segment, text: string, values: Values): boolean | 'ambiguous' {
  const { literals, holes } = segment;
  if (holes.length === 0) return text === literals[0];
  const first = leftmost(segment, text);
  if (first === undefined) return false;
  const captures = holes.some((name) => name !== undefined);
  const last = captures && holes.length > 1 ? rightmost(segment, text) : first;
  for (let i = 0; i < holes.length; i++) {
    const name = holes[i];
    if (name === undefined) continue;
    const start = (first[i] as number) + (literals[i] as string).length;
    const end = first[i + 1] as number;
    const sameStart = (last[i] as number) === first[i];
    if (!sameStart || last[i + 1] !== end) return 'ambiguous';
    const value = text.slice(start, end);
    if (Object.hasOwn(values, name) && values[name] !== value) return false;
    values[name] = value;
  }
  return true;
}

/** Where each literal begins, as far left as possible; undefined when there is no match. */
function leftmost({ literals, holes }: Segment, text: string): number[] | undefined {
  const ending = literals.at(-1) as string;
  if (!text.startsWith(literals[0] as string) || !text.endsWith(ending)) return undefined;
  const places = [0];
  let at = (literals[0] as string).length;
  for (let i = 1; i < holes.length; i++) {
    const place = text.indexOf(literals[i] as string, at + least(holes[i - 1]));
    if (place < 0) return undefined;
    places.push(place);
    at = place + (literals[i] as string).length;
  }
  const place = text.length - ending.length;
  if (place < at + least(holes.at(-1))) return undefined;
  places.push(place);
  return places;
}

/** The same as far right as possible, given that there is a match. */
function rightmost({ literals, holes }: Segment, text: string): number[] {
  const places = new Array<number>(literals.length);
  let end = text.length - (literals.at(-1) as string).length;
  places[literals.length - 1] = end;
  for (let i = literals.length - 2; i > 0; i--) {
    const literal = literals[i] as string;
    end = text.lastIndexOf(literal, end - least(holes[i]) - literal.length);
    places[i] = end;
  }
  places[0] = 0;
  return places;
}

function least(hole: string | undefined): number {
  return hole === undefined ? 0 : 1;
}
