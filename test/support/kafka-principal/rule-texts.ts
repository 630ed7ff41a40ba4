/** Random texts of ssl.principal.mapping.rules, and names to hold them against. */
import fc from 'fast-check';
import { patterns, texts } from './patterns.ts';

const VALUES = [
  'Duke',
  'duke',
  'a',
  'b',
  'Acme',
  'Acme\\, Inc.',
  'admin\\,OU\\=x',
  'a/b',
  'Köln',
  'ß',
  'İ',
  '😀',
  '\\ a',
  'ΑΣ',
];
const TYPES = ['CN', 'OU', 'O', 'C', 'cn', 'DC', '2.5.4.5'];

const usualPatterns = fc.constantFrom(
  ...['^CN=(.*?),OU=(.*?)(,.*)?$', '^CN=([^,]+).*$', '^.*[Cc][Nn]=([a-zA-Z0-9.]*).*$', 'CN=(.*)', '(.*)', '.*', '.*?'],
  ...[
    '^(CN|OU)=(\\w+),(.*)$',
    '^CN=((\\\\, *|\\w)+)(,.*|$)',
    '([^=]+)=([^=]+)',
    '(?:([A-Z]+)=([^,]*),?)+',
    '^.+=(.+?)$',
  ],
  ...['CN=a\\/b.*', '^[A-Z]{1,2}=(.{2,4}),.*', '\\w+=(\\w*)', '(?i)cn=(.*)', '(?:.*,)?OU=(.*?)(?:,.*)?'],
);
const replacementPart = fc.constantFrom(
  ...[
    '$1',
    '$2',
    '$0',
    '$3',
    '$12',
    '$10',
    '$01',
    '@',
    '-',
    'x',
    'É',
    ' ',
    '\\/',
    '\\$',
    '\\\\',
    '\\x',
    ',',
    '$',
    '${n}',
  ],
);
const usualReplacements = fc.constantFrom('$1', '$1@$2', '$0', 'x', '$2', '', '$1-$2-$3');

const replacements = fc.oneof(
  { weight: 3, arbitrary: usualReplacements },
  { weight: 1, arbitrary: fc.array(replacementPart, { maxLength: 4 }).map((parts) => parts.join('')) },
);
const letters = fc.constantFrom('', '', 'L', 'U');

function rulesOf(pattern: fc.Arbitrary<string>): fc.Arbitrary<string> {
  const rule = fc
    .record({ pattern, replacement: replacements, letters })
    .map((one) => `RULE:${one.pattern}/${one.replacement}/${one.letters}`);
  const rules = fc.array(fc.oneof({ weight: 5, arbitrary: rule }, { weight: 1, arbitrary: fc.constant('DEFAULT') }), {
    minLength: 1,
    maxLength: 3,
  });
  return fc.tuple(rules, fc.constantFrom(',', ', ', ' , ', ',,', ' ,\n ')).map(([list, comma]) => list.join(comma));
}

/** Pieces of the grammar in any order: what is no rule, or another one than it looks. */
const scraps = fc
  .array(
    fc.constantFrom(
      ...[
        'RULE:',
        'RULE:',
        '/',
        '/',
        '/',
        ',',
        ' ',
        'DEFAULT',
        'L',
        'U',
        'a',
        '(.*)',
        '$1',
        '\\/',
        '\\',
        '\n',
        '\u0085',
        'rule:',
      ],
    ),
    { maxLength: 12 },
  )
  .map((pieces) => pieces.join(''));

const names = fc
  .array(fc.tuple(fc.constantFrom(...TYPES), fc.constantFrom(...VALUES)), { minLength: 1, maxLength: 4 })
  .map((attributes) => attributes.map(([type, value]) => `${type}=${value}`).join(','));

export interface RuleCase {
  readonly source: string;
  readonly texts: readonly string[];
}

function casesOf(source: fc.Arbitrary<string>, text: fc.Arbitrary<string>): fc.Arbitrary<RuleCase> {
  return fc.record({ source, texts: fc.array(text, { minLength: 6, maxLength: 6 }) });
}

const anyPattern = patterns.map((pattern) => pattern.replaceAll(/(?<!\\)\//g, '\\/'));

/** Random expressions meet short texts only: on longer ones Java would backtrack for minutes. */
export const ruleCases: fc.Arbitrary<RuleCase> = fc.oneof(
  { weight: 4, arbitrary: casesOf(rulesOf(usualPatterns), names) },
  { weight: 2, arbitrary: casesOf(rulesOf(anyPattern), texts) },
  { weight: 1, arbitrary: casesOf(scraps, fc.oneof(names, texts)) },
);
