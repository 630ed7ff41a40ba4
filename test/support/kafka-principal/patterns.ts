/** Random expressions and texts for them: few characters, many matches, every construct of the subset and some beyond. */
import fc from 'fast-check';

const LITERALS = [
  'a',
  'b',
  'c',
  'a',
  'b',
  ',',
  '=',
  ' ',
  'B',
  '_',
  '0',
  '\\,',
  '\\.',
  '\\\\',
  '\\/',
  '-',
  ']',
  '}',
  'ß',
  '😀',
  '\n',
];
const CLASSES = [
  ...['.', '\\d', '\\D', '\\w', '\\W', '\\s', '\\S', '[ab]', '[^a]', '[a-c]', '[^,]', '[a-zA-Z0-9.]', '[\\w,]'],
  ...[
    '[]a]',
    '[^]a]',
    '[a-]',
    '[-a]',
    '[a^]',
    '[\\d-c]',
    '[\\]a]',
    '[^\\s,]',
    '[a😀]',
    '[^😀]',
    '[\\x61\\u0062]',
    '\\x61',
    '\\u0062',
  ],
];
const ASSERTIONS = ['^', '$', '\\b', '\\B'];
/** Taken by Java, refused here: every reason once and again. */
const BEYOND = [
  '\\1',
  '(?=a)',
  '(?!a)',
  '(?<=a)',
  '(?<!a)',
  '(?>a)',
  '(?i)',
  '(?<n>a)',
  '\\p{L}',
  'a++',
  '[a[b]]',
  '[a&&b]',
  '\\Qa\\E',
  '\\A',
  '\\z',
  '\\h',
];
/** Refused by Java as well. */
const WRONG = ['*', '+a', '(', ')', '[', '[b-a]', 'a{2,1}', 'a{', '\\', '\\y', '[a-\\d]'];

const QUANTIFIERS = [
  '*',
  '+',
  '?',
  '{2}',
  '{0,2}',
  '{1,}',
  '{1,2}',
  '{0}',
  '*?',
  '+?',
  '??',
  '{1,2}?',
  '{0,}?',
  '{2}?',
];

const odd = fc.oneof(
  { weight: 120, arbitrary: fc.constantFrom(...LITERALS) },
  { weight: 90, arbitrary: fc.constantFrom(...CLASSES) },
  { weight: 24, arbitrary: fc.constantFrom(...ASSERTIONS) },
  { weight: 3, arbitrary: fc.constantFrom(...BEYOND) },
  { weight: 1, arbitrary: fc.constantFrom(...WRONG) },
);

export const patterns: fc.Arbitrary<string> = fc.letrec<{ pattern: string; term: string; atom: string }>((tie) => ({
  pattern: fc
    .array(
      fc.array(tie('term'), { maxLength: 3 }).map((terms) => terms.join('')),
      { minLength: 1, maxLength: 3 },
    )
    .map((options) => options.join('|')),
  term: fc.oneof(
    { weight: 3, arbitrary: tie('atom') },
    { weight: 2, arbitrary: fc.tuple(tie('atom'), fc.constantFrom(...QUANTIFIERS)).map(([atom, how]) => atom + how) },
  ),
  atom: fc.oneof(
    { maxDepth: 4, depthSize: 'small' },
    odd,
    fc.tuple(fc.constantFrom('(', '(', '(?:'), tie('pattern')).map(([open, body]) => `${open}${body})`),
  ),
})).pattern;

export const texts: fc.Arbitrary<string> = fc
  .array(
    fc.constantFrom(
      'a',
      'a',
      'b',
      'b',
      'c',
      ',',
      '=',
      ' ',
      '0',
      '_',
      'B',
      '.',
      '\\',
      '/',
      'ß',
      '😀',
      '\n',
      '\r',
      '\u0085',
    ),
    { maxLength: 9 },
  )
  .map((chars) => chars.join(''));
