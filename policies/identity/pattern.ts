import type { Values } from './placeholder.ts';
import { matchSegment, segmentOf } from './segment.ts';
import { ANY, isPlaceholder, type Part, parseTemplate, TemplateError, variablesOf } from './template.ts';

/** A pattern over one kind of certificate text. Matching takes no backtracking. */
export interface Pattern {
  /** As written. */
  readonly source: string;
  /** The same without the constraints of its variables: where the two are equal there are none. */
  readonly shape: string;
  readonly variables: readonly string[];
  /** Without placeholders: the only text that matches, in its normal form. */
  readonly exact: string | undefined;
  /** The form in which texts of this kind are compared. */
  normal(text: string): string;
  /** What the variables take; undefined: no match; `'ambiguous'`: they could take different texts, so no match either. */
  match(text: string): Values | undefined | 'ambiguous';
}

/** How one kind of text is cut into levels, each matched on its own, and which levels ignore case. */
interface Kind {
  readonly separator: string | undefined;
  foldsCase(level: number): boolean;
}

const SUBJECT: Kind = { separator: undefined, foldsCase: () => false };
const URI: Kind = { separator: '/', foldsCase: () => false };
const DNS: Kind = { separator: '.', foldsCase: () => true };
const EMAIL: Kind = { separator: '@', foldsCase: (level) => level > 0 };

/** One attribute of a name: `erp-*`, `{device}`, `{device:pump-[0-9]+}`. @throws TemplateError */
export function subjectPattern(source: string): Pattern {
  return compile(source, SUBJECT, parseTemplate(source, true));
}

/** `spiffe://acme/{plant}/{device}`: level by level, byte for byte; a variable never takes a `/`. @throws TemplateError */
export function uriPattern(source: string): Pattern {
  return compile(source, URI, withoutGlob(source));
}

/**
 * `{device}.devices.example.com`: label by label, without regard to case (RFC 4343); what constraints
 * see, and variables take, is lower case.
 * @throws TemplateError
 */
export function dnsPattern(source: string): Pattern {
  return compile(source, DNS, withoutGlob(source));
}

/** `{user}@example.com`: the domain without regard to case (RFC 5280 7.5). @throws TemplateError */
export function emailPattern(source: string): Pattern {
  const parts = withoutGlob(source);
  if (levelsOf(parts, '@').length !== 2) throw new TemplateError('is not of the form local@domain');
  return compile(source, EMAIL, parts);
}

function withoutGlob(source: string): readonly Part[] {
  const parts = parseTemplate(source, true);
  if (!parts.includes(ANY)) return parts;
  throw new TemplateError('holds "*", which only subject patterns know: name what stands there, e.g. {device}');
}

function compile(source: string, kind: Kind, parts: readonly Part[]): Pattern {
  const levels = (text: string) => (kind.separator === undefined ? [text] : text.split(kind.separator));
  const fold = (level: string, index: number) => (kind.foldsCase(index) ? level.toLowerCase() : level);
  const normal = (text: string) => levels(text).map(fold).join(kind.separator);
  const segments = levelsOf(parts, kind.separator).map((level, index) => segmentOf(level, kind.foldsCase(index)));
  const constrained = parts.filter(isPlaceholder);
  const match = (text: string): Values | undefined | 'ambiguous' => {
    const given = levels(text);
    if (given.length !== segments.length) return undefined;
    const values: Values = {};
    let ambiguous = false;
    for (const [index, segment] of segments.entries()) {
      const result = matchSegment(segment, fold(given[index] as string, index), values);
      if (result === false) return undefined;
      if (result === 'ambiguous') ambiguous = true;
    }
    // Constraints only refuse: of several ways to match, they do not choose one.
    if (ambiguous) return 'ambiguous';
    return constrained.every(({ variable, constraint }) => constraint?.allows(values[variable] ?? '') ?? true)
      ? values
      : undefined;
  };
  const exact = parts.every((part) => typeof part === 'string') ? normal(source) : undefined;
  return { source, shape: parts.map(plain).join(''), variables: variablesOf(parts), exact, normal, match };
}

/** The parts of each level. Only text is cut: a separator within a constraint separates nothing. */
function levelsOf(parts: readonly Part[], separator: string | undefined): Part[][] {
  const levels: Part[][] = [[]];
  for (const part of parts) {
    const pieces: readonly Part[] =
      typeof part === 'string' && separator !== undefined ? part.split(separator) : [part];
    for (const [index, piece] of pieces.entries()) {
      if (index > 0) levels.push([]);
      if (piece !== '') levels.at(-1)?.push(piece);
    }
  }
  return levels;
}

function plain(part: Part): string {
  return part === ANY ? '*' : typeof part === 'string' ? part : `{${(part as { variable: string }).variable}}`;
}
