/** Code points `[first, last]`. */
export type CharRange = readonly [first: number, last: number];

/** A set of code points: the ranges are in order and apart, or what is in none of them when `negated`. */
export interface CharSet {
  readonly ranges: readonly CharRange[];
  readonly negated: boolean;
}

export const LAST_CODE_POINT = 0x10ffff;

/** ASCII only, as in Java without UNICODE_CHARACTER_CLASS. */
const DIGITS: readonly CharRange[] = [[0x30, 0x39]];
const WORD: readonly CharRange[] = [
  [0x30, 0x39],
  [0x41, 0x5a],
  [0x5f, 0x5f],
  [0x61, 0x7a],
];
const SPACE: readonly CharRange[] = [
  [0x09, 0x0d],
  [0x20, 0x20],
];

const SHORTHANDS: Readonly<Record<string, readonly CharRange[]>> = { d: DIGITS, w: WORD, s: SPACE };

/** `.`: anything but a line terminator of Java: LF, CR, NEL, LS, PS. */
export const ANY: CharSet = {
  ranges: [
    [0x0a, 0x0a],
    [0x0d, 0x0d],
    [0x85, 0x85],
    [0x2028, 0x2029],
  ],
  negated: true,
};

/** The ranges of `\d`, `\w`, `\s` and their opposites; undefined for other letters. */
export function shorthand(letter: string): readonly CharRange[] | undefined {
  const ranges = SHORTHANDS[letter.toLowerCase()];
  return ranges === undefined || letter === letter.toLowerCase() ? ranges : opposite(ranges);
}

export function charSet(ranges: readonly CharRange[], negated = false): CharSet {
  const sorted = ranges.toSorted((a, b) => a[0] - b[0]);
  const merged: [number, number][] = [];
  for (const [first, last] of sorted) {
    const before = merged.at(-1);
    if (before !== undefined && first <= before[1] + 1) before[1] = Math.max(before[1], last);
    else merged.push([first, last]);
  }
  return { ranges: merged, negated };
}

export function contains({ ranges, negated }: CharSet, codePoint: number): boolean {
  let low = 0;
  let high = ranges.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((ranges[middle] as CharRange)[1] < codePoint) low = middle + 1;
    else high = middle;
  }
  const found = low < ranges.length && (ranges[low] as CharRange)[0] <= codePoint;
  return found !== negated;
}

export function isWordCharacter(codePoint: number): boolean {
  return WORD.some(([first, last]) => first <= codePoint && codePoint <= last);
}

/** What lies between ranges that are in order and apart. */
function opposite(ranges: readonly CharRange[]): CharRange[] {
  const between: CharRange[] = [];
  let next = 0;
  for (const [first, last] of ranges) {
    if (first > next) between.push([next, first - 1]);
    next = last + 1;
  }
  between.push([next, LAST_CODE_POINT]);
  return between;
}
