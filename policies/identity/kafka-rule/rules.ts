import { isControl } from '../../x509/control.ts';
import { longerThan } from '../placeholder.ts';
import { MAX_PRINCIPAL_BYTES } from '../principal.ts';
import { type Budget, RegexBudgetError } from './regex/machine.ts';
import { compileRegex, findAll, type Regex } from './regex/regex.ts';
import { RegexError } from './regex/syntax.ts';
import { parseReplacement, ReplacementError, type ReplacementPart } from './replacement.ts';
import { RuleSyntaxError, type RuleText, splitRules } from './split-rules.ts';

/** Characters of the whole text. */
const MAX_RULES_TEXT = 8192;
/** Characters of one distinguished name. */
const MAX_NAME = 8192;
/** Steps of the engine for one name, and for reading the text: a fraction of a second. */
const MAX_STEPS = 5_000_000;

/** `problem` is the reason why a name has no principal. */
export type Mapped = { readonly principal: string } | { readonly problem: string };

/** Kafka's ssl.principal.mapping.rules, ready for use. */
export interface KafkaRules {
  /** The principal of a name as `printName` gives it. Never throws. */
  readonly map: (name: string) => Mapped;
}

/** The rules cannot be taken; the message is for the one who wrote them. */
export class KafkaRuleError extends Error {
  override readonly name = 'KafkaRuleError';
}

interface Rule {
  readonly regex: Regex;
  readonly replacement: readonly ReplacementPart[];
  readonly letters: 'L' | 'U' | '';
}

/**
 * Reads the value of Kafka's ssl.principal.mapping.rules. What Kafka takes means the same here, or it is
 * refused: syntax that only a backtracking engine can run, replacements that would fail at the first name, and a
 * text without any rule, which lets nobody in.
 * @throws KafkaRuleError
 */
export function parseKafkaRules(text: string): KafkaRules {
  if (text.length > MAX_RULES_TEXT) throw new KafkaRuleError(`longer than ${MAX_RULES_TEXT} characters`);
  const rules = split(text).map((rule) => (rule === 'default' ? rule : compileRule(rule)));
  if (rules.length === 0) throw new KafkaRuleError('there is no rule, so that no name would have a principal');
  return { map: (name) => map(rules, name) };
}

function split(text: string): readonly RuleText[] {
  try {
    return splitRules(text, { steps: MAX_STEPS });
  } catch (error) {
    if (error instanceof RegexBudgetError) throw new KafkaRuleError('too many rules without an end');
    if (error instanceof RuleSyntaxError) throw new KafkaRuleError(error.message);
    throw error;
  }
}

function compileRule({ pattern, replacement, letters }: Exclude<RuleText, 'default'>): Rule {
  try {
    const regex = compileRegex(pattern);
    const parts = parseReplacement(replacement, regex.groups);
    const unsteady = parts.find((part) => typeof part === 'number' && regex.unsteady.has(part));
    if (unsteady !== undefined) {
      throw new ReplacementError(`takes the group ${unsteady}, which stands inside a repeated group: put it around`);
    }
    return { regex, replacement: parts, letters };
  } catch (error) {
    if (error instanceof RegexError) throw new KafkaRuleError(`the pattern ${pattern} has ${error.message}`);
    if (error instanceof ReplacementError) throw new KafkaRuleError(`the replacement ${replacement} ${error.message}`);
    throw error;
  }
}

function map(rules: readonly (Rule | 'default')[], name: string): Mapped {
  if (name.length > MAX_NAME) return { problem: `the name is longer than ${MAX_NAME} characters` };
  const budget: Budget = { steps: MAX_STEPS };
  try {
    for (const [index, rule] of rules.entries()) {
      if (rule === 'default') return checked(name);
      if (rule.regex.asciiOnly && !isAscii(name)) {
        return {
          problem: `the rule ${index + 1} uses \\b or \\B, whose meaning beyond ASCII depends on the version of Java`,
        };
      }
      if (rule.regex.matches(name, budget)) return checked(apply(rule, name, budget));
    }
  } catch (error) {
    if (error instanceof RegexBudgetError) return { problem: 'the rules take too long for a name of this length' };
    throw error;
  }
  return { problem: 'no rule applies to the name' };
}

/** Replaces every match, not just the first: String.replaceAll. */
function apply({ regex, replacement, letters }: Rule, name: string, budget: Budget): string {
  let text = '';
  let copied = 0;
  for (const { start, end, slots } of findAll(regex, name, budget)) {
    text += name.slice(copied, start);
    for (const part of replacement) {
      if (typeof part === 'string') text += part;
      else if (part === 0) text += name.slice(start, end);
      else if ((slots[2 * part - 2] ?? -1) >= 0) text += name.slice(slots[2 * part - 2], slots[2 * part - 1]);
    }
    copied = end;
  }
  text += name.slice(copied);
  if (letters === 'L') return text.toLowerCase();
  return letters === 'U' ? text.toUpperCase() : text;
}

/** Kafka takes any text; what nobody can name, or read, is no principal here. */
function checked(principal: string): Mapped {
  if (principal === '') return { problem: 'the rules make an empty principal of the name' };
  if (!principal.isWellFormed()) return { problem: 'the rules cut a character of the name in two' };
  if (longerThan(principal, MAX_PRINCIPAL_BYTES)) {
    return { problem: `the principal is longer than ${MAX_PRINCIPAL_BYTES} bytes` };
  }
  for (let i = 0; i < principal.length; i++) {
    if (isControl(principal.charCodeAt(i))) return { problem: 'the principal holds a control character' };
  }
  return { principal };
}

function isAscii(text: string): boolean {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) > 0x7f) return false;
  return true;
}
