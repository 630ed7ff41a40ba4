import { type CharRange, type CharSet, charSet } from './char-set.ts';
import { type Escaped, readEscape } from './escape.ts';
import type { Scanner } from './scanner.ts';

/**
 * Reads a class whose `[` has been read. Java takes a class in a class for a union and `&&` for
 * an intersection; both are refused, and so is what other programs would read otherwise.
 * @throws RegexError
 */
export function readClass(scanner: Scanner): CharSet {
  const start = scanner.at - 1;
  const negated = scanner.skip('^');
  const ranges: CharRange[] = [];
  // A `]` in the first place is a character.
  for (let first = true; first || !scanner.looksAt(']'); first = false) {
    if (!scanner.more) throw scanner.error('a class without its "]"', start);
    ranges.push(...readItem(scanner));
  }
  scanner.next();
  return charSet(ranges, negated);
}

function readItem(scanner: Scanner): readonly CharRange[] {
  const start = scanner.at;
  const first = readMember(scanner);
  if (typeof first !== 'number') return first;
  if (!scanner.looksAt('-') || scanner.looksAt('-]')) return [[first, first]];
  scanner.next();
  if (!scanner.more) throw scanner.error('a range without its end', start);
  const last = readMember(scanner);
  if (typeof last !== 'number') throw scanner.error('a range that ends in a class', start);
  if (last < first) throw scanner.error('a range whose end is before its beginning', start);
  // Java reads such a range by UTF-16 units, and finds half a character in it.
  if (first < 0xd800 && last > 0xdfff) throw scanner.error('a range across the surrogates (U+D800 to U+DFFF)', start);
  return [[first, last]];
}

function readMember(scanner: Scanner): Escaped {
  const start = scanner.at;
  if (scanner.looksAt('&&')) throw scanner.error('an intersection of classes (&&)', start);
  const char = scanner.next();
  if (char === '[') throw scanner.error('a class inside a class (write \\[ for the character)', start);
  return char === '\\' ? readEscape(scanner, start) : (char.codePointAt(0) as number);
}
