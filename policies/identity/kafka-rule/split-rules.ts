import type { Budget, Span } from './regex/machine.ts';
import { compileRegex, findAll } from './regex/regex.ts';

/** The default, or what stands between the slashes of `RULE:pattern/replacement/[LU]`. */
export type RuleText =
  | 'default'
  | { readonly pattern: string; readonly replacement: string; readonly letters: 'L' | 'U' | '' };

// Kafka's grammar is these two expressions and nothing else, with all that follows from them.
const RULE = String.raw`(DEFAULT)|RULE:((\\.|[^\\/])*)/((\\.|[^\\/])*)/([LU]?).*?|(.*?)`;
const rule = compileRegex(RULE);
const splitter = compileRegex(String.raw`\s*(${RULE})\s*(,\s*|$)`);

const DEFAULT = 1;
const PATTERN = 2;
const REPLACEMENT = 4;
const LETTERS = 6;

/** A piece of the text is no rule; the message says which. */
export class RuleSyntaxError extends Error {
  override readonly name = 'RuleSyntaxError';
}

/**
 * Splits the value of ssl.principal.mapping.rules as Kafka's SslPrincipalMapper does; empty pieces are left out.
 * @throws RuleSyntaxError
 */
export function splitRules(text: string, budget: Budget): readonly RuleText[] {
  const trimmed = text.replace(/^[\0- ]+|[\0- ]+$/g, '');
  const rules: RuleText[] = [];
  for (const span of findAll(splitter, trimmed, budget)) {
    const found = parseRule(group(trimmed, span, 1) ?? '', budget);
    if (found !== undefined) rules.push(found);
  }
  return rules;
}

function parseRule(piece: string, budget: Budget): RuleText | undefined {
  const span = rule.lookingAt(piece, budget);
  if (span?.end !== piece.length) {
    throw new RuleSyntaxError(`"${piece}" is neither DEFAULT nor RULE:pattern/replacement/ with L or U behind it`);
  }
  if (group(piece, span, DEFAULT) !== undefined) return 'default';
  const pattern = group(piece, span, PATTERN);
  if (pattern === undefined) return undefined;
  const letters = group(piece, span, LETTERS) as 'L' | 'U' | '';
  return { pattern, replacement: group(piece, span, REPLACEMENT) ?? '', letters };
}

function group(text: string, { slots }: Span, index: number): string | undefined {
  const start = slots[2 * index - 2] ?? -1;
  return start < 0 ? undefined : text.slice(start, slots[2 * index - 1]);
}
