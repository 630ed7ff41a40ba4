/**
 * Comments that silence a finding:
 *
 *     - publish: "#"   # headgate-lint-disable-line allow-everything: the operators’ console
 *     # headgate-lint-disable-next-line allow-everything, redundant-rule: see OPS-12
 */
import { Lexer } from 'yaml';
import { isLintId, type LintId } from '../../../policies/analysis/lint/catalogue.ts';
import type { Source } from '../../control-plane/config/source.ts';
import { nearest } from '../../control-plane/config/suggest.ts';

export interface Silencer {
  /** Offset of the comment. */
  readonly offset: number;
  /** The line whose findings are silenced, from 1. */
  readonly line: number;
  readonly lint: LintId;
  readonly reason: string;
}

/** A comment that should silence a finding and does not. */
export interface BadSilencer {
  readonly offset: number;
  readonly message: string;
}

const MEANT = /headgate-lint/;
const FORM = /^#+\s*headgate-lint-disable-(next-)?line\s+([^:]*)(?::(.*))?$/;
/** Findings about silencers cannot be silenced. */
const NEVER_SILENCED: readonly LintId[] = ['bad-silencer', 'unused-silencer'];
/** Marks of the lexer that stand for no text: a byte order mark's document, an end of flow, a scalar to come. */
const MARKS: ReadonlySet<string> = new Set(['\u0002', '\u0018', '\u001f']);

export function readSilencers(source: Source, lints: readonly string[]): { good: Silencer[]; bad: BadSilencer[] } {
  const good: Silencer[] = [];
  const bad: BadSilencer[] = [];
  for (const { offset, text } of comments(source.text)) {
    if (!MEANT.test(text)) continue;
    const [all, next, names, reason = ''] = FORM.exec(text) ?? [];
    if (all === undefined) {
      bad.push({
        offset,
        message: 'is neither headgate-lint-disable-line nor headgate-lint-disable-next-line with a lint',
      });
      continue;
    }
    const line = next === undefined ? source.position(offset).line : nextLine(source, offset);
    for (const name of (names ?? '').split(',').map((part) => part.trim())) {
      const message = faultOf(name, reason.trim(), lints);
      if (message !== undefined) bad.push({ offset, message });
      else if (isLintId(name)) good.push({ offset, line, lint: name, reason: reason.trim() });
    }
  }
  return { good, bad };
}

function faultOf(name: string, reason: string, lints: readonly string[]): string | undefined {
  if (!isLintId(name)) {
    const near = nearest(name, lints);
    return `there is no lint ${JSON.stringify(name.slice(0, 64))}${near === undefined ? '' : `; did you mean ${near}?`}`;
  }
  if (NEVER_SILENCED.includes(name)) return `${name} cannot be silenced`;
  return reason === '' ? `silences ${name} without a reason` : undefined;
}

/** Comments with their places. What looks like one inside of a text is none: the text is one lexeme with what is before it. */
function* comments(text: string): Generator<{ offset: number; text: string }> {
  let offset = 0;
  for (const lexeme of new Lexer().lex(text)) {
    if (lexeme.startsWith('#')) yield { offset, text: lexeme };
    if (!MARKS.has(lexeme)) offset += lexeme.length;
  }
}

/** The first line below that holds more than a comment. */
function nextLine(source: Source, offset: number): number {
  const { line } = source.position(offset);
  const below = source.text.split('\n').slice(line);
  const skipped = below.findIndex((text) => !/^\s*(#.*)?$/.test(text));
  return line + 1 + Math.max(0, skipped);
}
