import { type CharRange, shorthand } from './char-set.ts';
import type { Scanner } from './scanner.ts';

const CONTROLS: Readonly<Record<string, number>> = { t: 0x09, n: 0x0a, f: 0x0c, r: 0x0d };

/** Why an escape that Java knows is not taken. */
const REFUSED: Readonly<Record<string, string>> = {
  p: 'a Unicode property (\\p)',
  P: 'a Unicode property (\\P)',
  Q: 'quoting with \\Q',
  E: 'quoting with \\E',
  k: 'a back-reference (\\k)',
  A: '\\A (write ^)',
  z: '\\z',
  Z: '\\Z (write $)',
  G: '\\G',
};

/** A code point, or the ranges of `\d`, `\w`, `\s` and their opposites. */
export type Escaped = number | readonly CharRange[];

/**
 * Reads what follows a backslash that stands at `start`, inside a class or outside, other than `\b` and `\B`.
 * @throws RegexError
 */
export function readEscape(scanner: Scanner, start: number): Escaped {
  const char = scanner.next();
  if (char === '') throw scanner.error('a backslash with nothing behind it', start);
  const control = CONTROLS[char];
  if (control !== undefined) return control;
  if (char === 'x' || char === 'u') return hexadecimal(scanner, char === 'x' ? 2 : 4, start);
  const ranges = shorthand(char);
  if (ranges !== undefined) return ranges;
  if (/[1-9]/.test(char)) throw scanner.error(`a back-reference (\\${char})`, start);
  if (char === '0') throw scanner.error('an octal escape (\\0)', start);
  if (/[A-Za-z]/.test(char)) throw scanner.error(REFUSED[char] ?? `the escape \\${char}`, start);
  return char.codePointAt(0) as number;
}

function hexadecimal(scanner: Scanner, digits: number, start: number): number {
  const found = scanner.skipMatch(digits === 2 ? /[0-9A-Fa-f]{2}/y : /[0-9A-Fa-f]{4}/y);
  if (found === undefined) throw scanner.error(`an escape without its ${digits} hexadecimal digits`, start);
  const codePoint = Number.parseInt(found[0], 16);
  if (codePoint >= 0xd800 && codePoint <= 0xdfff) throw scanner.error('half a surrogate pair', start);
  return codePoint;
}
