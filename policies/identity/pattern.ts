import type { Values } from './placeholder.ts';
import { matchSegment, segmentOf } from './segment.ts';
import { type Part, parseTemplate, TemplateError, variablesOf } from './template.ts';

/** A pattern over one kind of certificate text. Matching takes no backtracking and no RegExp. */
export interface Pattern {
  /** As written. */
  readonly source: string;
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

/** One subject attribute: `erp-*`, `{device}`. @throws TemplateError */
export function subjectPattern(source: string): Pattern {
  return compile(source, SUBJECT, parseTemplate(source, true));
}

/** `spiffe://acme/{plant}/{device}`: level by level, byte for byte; a variable never takes a `/`. @throws TemplateError */
export function uriPattern(source: string): Pattern {
  return compile(source, URI, withoutGlob(source));
}

/** `{device}.devices.example.com`: label by label, without regard to case (RFC 4343). @throws TemplateError */
export function dnsPattern(source: string): Pattern {
  return compile(source, DNS, withoutGlob(source));
}

/** `{user}@example.com`: the domain without regard to case (RFC 5280 7.5). @throws TemplateError */
export function emailPattern(source: string): Pattern {
  if (source.split('@').length !== 2) throw new TemplateError('is not of the form local@domain');
  return compile(source, EMAIL, withoutGlob(source));
}

function withoutGlob(source: string): readonly Part[] {
  if (source.includes('*')) {
    throw new TemplateError('holds "*", which only subject patterns know: name what stands there, e.g. {device}');
  }
  return parseTemplate(source, false);
}

function compile(source: string, kind: Kind, parts: readonly Part[]): Pattern {
  const levelsOf = (text: string) => (kind.separator === undefined ? [text] : text.split(kind.separator));
  const fold = (level: string, index: number) => (kind.foldsCase(index) ? level.toLowerCase() : level);
  const normal = (text: string) => levelsOf(text).map(fold).join(kind.separator);
  // Names of variables hold no separator, so that cutting the text cuts no placeholder.
  const glob = kind.separator === undefined;
  const segments = levelsOf(source).map((level, index) =>
    segmentOf(level === '' ? [] : parseTemplate(level, glob), kind.foldsCase(index)),
  );
  const match = (text: string): Values | undefined | 'ambiguous' => {
    const levels = levelsOf(text);
    if (levels.length !== segments.length) return undefined;
    const values: Values = {};
    let ambiguous = false;
    for (const [index, segment] of segments.entries()) {
      const result = matchSegment(segment, fold(levels[index] as string, index), values);
      if (result === false) return undefined;
      if (result === 'ambiguous') ambiguous = true;
    }
    return ambiguous ? 'ambiguous' : values;
  };
  const exact = parts.every((part) => typeof part === 'string') ? normal(source) : undefined;
  return { source, variables: variablesOf(parts), exact, normal, match };
}
