/** Inclusion of identity patterns: does every certificate text that one matches match the other? */
import type { SanKind } from '../../identity/alt-name-patterns.ts';
import type { Pattern } from '../../identity/pattern.ts';
import { valueProblem } from '../../identity/placeholder.ts';
import { type Segment, segmentOf } from '../../identity/segment.ts';
import { parseTemplate } from '../../identity/template.ts';

/** A character that no pattern has: what is true with it in a hole is true with every text there. */
const FRESH = '\ue000';

export type TextKind = 'subject' | SanKind;

const SEPARATORS: Readonly<Record<TextKind, string | undefined>> = {
  subject: undefined,
  uri: '/',
  dns: '.',
  email: '@',
  ip: undefined,
};

/** Can the certificate have just one text of the kind? (Of common names a second one is refused.) */
export interface Place {
  readonly kind: TextKind;
  readonly single: boolean;
}

/**
 * True only where it is certain that the outer pattern matches, and its variables take good
 * values, whenever the inner one does. Lengths are not looked at: a value may have 256 bytes, the
 * attributes of RFC 5280 have at most 64 characters.
 */
export function patternHolds(outer: Pattern, inner: Pattern, { kind, single }: Place): boolean {
  // What a constraint refuses is not compared: only the same one refuses the same.
  if (outer.source !== outer.shape) return outer.source === inner.source;
  if (!couldHold(outer.shape, inner.shape, kind)) return false;
  if (outer.shape.includes(FRESH) || inner.shape.includes(FRESH)) return false;
  // Of two texts, a constraint can choose the one that the other pattern finds to be one of two.
  const chooses = inner.source !== inner.shape && !single && outer.variables.length > 0;
  if (sameShape(outer, inner, kind)) return !chooses;
  const match = outer.match(exampleOf(inner, kind));
  if (match === undefined || match === 'ambiguous') return false;
  const values = Object.values(match);
  if (values.length === 0) return true;
  if (!single) return false;
  // With one variable its text is found at one place; with more, which text each takes would be a guess.
  if (inner.exact === undefined && (values.length > 1 || inner.shape.includes('*'))) return false;
  return values.every((value) => valueProblem(value) === undefined);
}

/** A quick look that spares most comparisons: what all of the inner texts begin with must begin with the same of the outer. */
function couldHold(outer: string, inner: string, kind: TextKind): boolean {
  return (kind !== 'subject' && kind !== 'uri') || beginning(inner).startsWith(beginning(outer));
}

function beginning(source: string): string {
  const hole = source.search(/[{*]/);
  return hole < 0 ? source : source.slice(0, hole);
}

/** Do the two match the same texts and take the same parts of them, whatever the variables are called? */
function sameShape(a: Pattern, b: Pattern, kind: TextKind): boolean {
  const [left, right] = [segments(a, kind), segments(b, kind)];
  return (
    left.length === right.length &&
    left.every(({ literals, holes }, i) => {
      const other = right[i] as Segment;
      return (
        literals.length === other.literals.length &&
        literals.every((literal, j) => literal === other.literals[j]) &&
        holes.every((hole, j) => (hole === undefined) === (other.holes[j] === undefined))
      );
    })
  );
}

/** A text that the pattern matches. */
function exampleOf(pattern: Pattern, kind: TextKind): string {
  if (pattern.exact !== undefined) return pattern.exact;
  return segments(pattern, kind)
    .map(({ literals }) => literals.join(FRESH))
    .join(SEPARATORS[kind] ?? '');
}

function segments(pattern: Pattern, kind: TextKind): Segment[] {
  const separator = SEPARATORS[kind];
  const levels = (text: string) => (separator === undefined ? [text] : text.split(separator));
  const folded = levels(pattern.normal(pattern.shape));
  const parse = (level: string) =>
    level === '' || kind === 'ip'
      ? segmentOf(level === '' ? [] : [level], false)
      : segmentOf(parseTemplate(level, kind === 'subject'), false);
  return levels(pattern.shape).map((level, i) => ({
    literals: parse(folded[i] ?? level).literals,
    holes: parse(level).holes,
  }));
}
