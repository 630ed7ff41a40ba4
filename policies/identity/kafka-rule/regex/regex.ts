import { type Budget, Machine, type Span } from './machine.ts';
import { parseRegex } from './parse.ts';
import { compileProgram } from './program.ts';

/** A regular expression with the meaning it has in java.util.regex, and a time linear in the text. */
export interface Regex {
  readonly source: string;
  /** Capturing groups. */
  readonly groups: number;
  /** Groups whose captures are not to be relied on: they stand inside a repeated group. */
  readonly unsteady: ReadonlySet<number>;
  /** Its meaning beside characters beyond ASCII depends on the version of Java (`\b`, `\B`). */
  readonly asciiOnly: boolean;
  /** Is the whole text a match? (Matcher.matches) */
  matches(text: string, budget: Budget): boolean;
  /** The first match from `from` on. (Matcher.find) */
  find(text: string, from: number, budget: Budget): Span | undefined;
  /** The match that begins where the text does. (Matcher.lookingAt) */
  lookingAt(text: string, budget: Budget): Span | undefined;
}

/**
 * Compiles an expression of the subset that `parseRegex` takes. Searches throw RegexBudgetError.
 * @throws RegexError
 */
export function compileRegex(source: string): Regex {
  const { expression, groups, unsteady, boundaries } = parseRegex(source);
  const program = compileProgram(expression, groups);
  const run = (text: string, from: number, start: boolean, end: boolean, budget: Budget) =>
    new Machine(program, text, { start, end }, budget).search(from);
  return {
    source,
    groups,
    unsteady,
    asciiOnly: boundaries,
    matches: (text, budget) => run(text, 0, true, true, budget) !== undefined,
    find: (text, from, budget) => run(text, from, false, false, budget),
    lookingAt: (text, budget) => run(text, 0, true, false, budget),
  };
}

/** Every match from left to right; an empty one moves on by one UTF-16 unit, as Java's does. */
export function* findAll(regex: Regex, text: string, budget: Budget): Iterable<Span> {
  for (let from = 0; from <= text.length; ) {
    const span = regex.find(text, from, budget);
    if (span === undefined) return;
    yield span;
    from = span.end + (span.end === span.start ? 1 : 0);
  }
}
