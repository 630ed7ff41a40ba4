import { Machine } from './kafka-rule/regex/machine.ts';
import { parseRegex } from './kafka-rule/regex/parse.ts';
import { compileProgram } from './kafka-rule/regex/program.ts';
import { RegexError } from './kafka-rule/regex/syntax.ts';
import { longerThan, MAX_VALUE_BYTES } from './placeholder.ts';

/** Characters of one constraint. */
const MAX_CONSTRAINT = 256;
/** Instructions of its program: with values of 256 bytes, what one match can cost. */
const MAX_INSTRUCTIONS = 512;

/** What the values of a variable must look like: `[a-z0-9-]+`. */
export interface Constraint {
  /** As written. */
  readonly source: string;
  /** Is the whole value a match? Values that are too long for a variable are none. */
  allows(value: string): boolean;
}

/**
 * Compiles a constraint: a regular expression without look-around, back references and possessive
 * repeats, run without backtracking. Its cost is bounded here, by its size, so that no certificate can be
 * too expensive for it.
 * @throws RegexError
 */
export function compileConstraint(source: string): Constraint {
  if (source === '') throw new RegexError('it is empty', 0);
  if (source.length > MAX_CONSTRAINT) throw new RegexError(`it is longer than ${MAX_CONSTRAINT} characters`, 0);
  const { expression, groups } = parseRegex(source);
  const program = compileProgram(expression, groups);
  if (program.loops > 0) throw new RegexError('a repeat of what may be empty', 0);
  if (program.instructions.length > MAX_INSTRUCTIONS) {
    throw new RegexError(`more than ${MAX_INSTRUCTIONS} steps: its repeats are too long`, 0);
  }
  const allows = (value: string) =>
    !longerThan(value, MAX_VALUE_BYTES) &&
    new Machine(program, value, { start: true, end: true }, { steps: Number.POSITIVE_INFINITY }).search(0) !==
      undefined;
  return { source, allows };
}

/**
 * Where the `}` stands that ends the constraint beginning at `start` of `template`; -1: nowhere. Braces of
 * repeats (`{2,4}`) come in pairs; those in classes and behind `\` do not count.
 */
export function endOfConstraint(template: string, start: number): number {
  let open = 0;
  for (let i = start; i < template.length; i++) {
    const char = template[i];
    if (char === '\\') i++;
    else if (char === '[') i = endOfClass(template, i);
    else if (char === '{') open++;
    else if (char === '}' && open-- === 0) return i;
  }
  return -1;
}

/** The `]` of the class that begins at `start`; one in the first place is a character. */
function endOfClass(template: string, start: number): number {
  let i = start + (template[start + 1] === '^' ? 2 : 1);
  if (template[i] === ']') i++;
  for (; i < template.length && template[i] !== ']'; i++) if (template[i] === '\\') i++;
  return i;
}
