import type { Scanner } from './scanner.ts';
import type { Expression, Repeat } from './syntax.ts';

/** Upper limit of a counted repeat. */
const MAX_REPEAT = 1000;

/**
 * Reads the quantifier behind `body`, if there is one: `*`, `+`, `?`, `{n}`, `{n,}`, `{n,m}`, each with `?` behind it
 * where it is lazy.
 * @throws RegexError
 */
export function readQuantifier(scanner: Scanner, body: Expression): Repeat | undefined {
  const start = scanner.at;
  const range = readRange(scanner, start);
  if (range === undefined) return undefined;
  if (scanner.looksAt('+')) throw scanner.error('a possessive quantifier', start);
  const lazy = scanner.skip('?');
  return { kind: 'repeat', body, ...range, lazy };
}

interface Range {
  readonly min: number;
  readonly max: number;
  readonly optional: boolean;
}

function readRange(scanner: Scanner, start: number): Range | undefined {
  if (scanner.skip('*')) return { min: 0, max: Number.POSITIVE_INFINITY, optional: false };
  if (scanner.skip('+')) return { min: 1, max: Number.POSITIVE_INFINITY, optional: false };
  if (scanner.skip('?')) return { min: 0, max: 1, optional: true };
  if (!scanner.looksAt('{')) return undefined;
  const found = scanner.skipMatch(/\{(\d{1,9})(,(\d{1,9})?)?\}/y);
  if (found === undefined) throw scanner.error('a "{" that begins no repeat (write \\{ for the character)', start);
  const min = Number(found[1]);
  const max = found[2] === undefined ? min : found[3] === undefined ? Number.POSITIVE_INFINITY : Number(found[3]);
  if (max < min) throw scanner.error('a repeat whose end is below its beginning', start);
  if (min > MAX_REPEAT || (max > MAX_REPEAT && max !== Number.POSITIVE_INFINITY)) {
    throw scanner.error(`a repeat of more than ${MAX_REPEAT}`, start);
  }
  return { min, max, optional: false };
}
