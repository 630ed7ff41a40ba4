import assert from 'node:assert/strict';
import test from 'node:test';
import { RegexBudgetError } from '../../../../policies/identity/kafka-rule/regex/machine.ts';
import { compileRegex, findAll } from '../../../../policies/identity/kafka-rule/regex/regex.ts';
import { RegexError } from '../../../../policies/identity/kafka-rule/regex/syntax.ts';

const PLENTY = 1_000_000;

/** The texts of every match, and of its groups behind a colon; `-` for a group that took no part. */
const MATCHES: readonly (readonly [pattern: string, text: string, found: readonly string[]])[] = [
  ['a|ab', 'ab', ['a']],
  ['(?:a|ab)(?:c|bcd)', 'abcd', ['abcd']],
  ['(a+)(a+)', 'aaaa', ['aaaa:aaa:a']],
  ['(a+?)(a+)', 'aaaa', ['aaaa:a:aaa']],
  ['(a{2,3}?)(a*)', 'aaaa', ['aaaa:aa:aa']],
  ['(a)|b', 'ab', ['a:a', 'b:-']],
  ['x*', 'axb', ['', 'x', '', '']],
  // An iteration that takes nothing ends the repeat, and keeps its captures.
  ['(a|b*)*', 'a', ['a:', ':']],
  ['(?:^|a){2}', 'a', ['']],
  ['(|a)+', 'aa', [':', ':', ':']],
  // A repeated group of assertions alone keeps no capture, an optional one does.
  ['(^)*a', 'a', ['a:-']],
  ['(^)?a', 'a', ['a:']],
  // `$` stands before a last line terminator as well, and not inside CR LF; `.` takes none.
  ['a$', 'a\n', ['a']],
  ['a\\r?$', 'a\r\n', ['a']],
  ['a$', 'a\u0085', ['a']],
  ['a$', 'a\nb', []],
  ['.+', 'a\u0085b\u2028c', ['a', 'b', 'c']],
  // Whole code points, though an empty match moves on by half of one.
  ['[^a]', '😀a', ['😀']],
  ['😀', 'a😀', ['😀']],
  ['\\w+', 'aß_0', ['a', '_0']],
  ['\\bb', 'b ab b', ['b', 'b']],
  ['[]a^-]+', 'x]a^-', [']a^-']],
  ['[\\d\\-,]+', 'a1-,', ['1-,']],
  ['[^\\s,]+', 'a b,c', ['a', 'b', 'c']],
  ['\\x41\\u0042\\t', 'AB\t', ['AB\t']],
];

for (const [pattern, text, expected] of MATCHES) {
  test(`matches of ${pattern} in ${JSON.stringify(text)}`, () => {
    const regex = compileRegex(pattern);
    const found = [...findAll(regex, text, { steps: PLENTY })].map(({ start, end, slots }) => {
      const groups = Array.from({ length: regex.groups }, (_, i) => {
        const begin = slots[2 * i] ?? -1;
        return begin < 0 ? '-' : text.slice(begin, slots[2 * i + 1]);
      });
      return [text.slice(start, end), ...groups].join(':');
    });
    assert.deepEqual(found, expected);
  });
}

/** What Java takes and this engine does not, or nobody takes: the reason, and where. */
const REFUSED: readonly (readonly [pattern: string, message: string])[] = [
  ['a(?=b)', 'look-ahead (at character 2)'],
  ['a(?!b)', 'look-ahead (at character 2)'],
  ['(?<=a)b', 'look-behind (at character 1)'],
  ['(?<!a)b', 'look-behind (at character 1)'],
  ['(?<n>a)', 'a named group (write a numbered one) (at character 1)'],
  ['(?>a)', 'an atomic group (at character 1)'],
  ['(?i)a', 'inline flags (at character 1)'],
  ['a++', 'a possessive quantifier (at character 2)'],
  ['a{2}+', 'a possessive quantifier (at character 2)'],
  ['(a)\\1', 'a back-reference (\\1) (at character 4)'],
  ['\\k<n>', 'a back-reference (\\k) (at character 1)'],
  ['\\p{L}', 'a Unicode property (\\p) (at character 1)'],
  ['[\\p{L}]', 'a Unicode property (\\p) (at character 2)'],
  ['\\Qa\\E', 'quoting with \\Q (at character 1)'],
  ['\\012', 'an octal escape (\\0) (at character 1)'],
  ['\\h', 'the escape \\h (at character 1)'],
  ['\\b{g}', 'a repeated or qualified \\b (at character 1)'],
  ['[a[b]]', 'a class inside a class (write \\[ for the character) (at character 3)'],
  ['[a&&b]', 'an intersection of classes (&&) (at character 3)'],
  ['[\\b]', 'the escape \\b (at character 2)'],
  ['[a-\\uffff]', 'a range across the surrogates (U+D800 to U+DFFF) (at character 2)'],
  ['\\ud83d', 'half a surrogate pair (at character 1)'],
  ['a\ud83d', 'half a surrogate pair (at character 2)'],
  ['\\x1', 'an escape without its 2 hexadecimal digits (at character 1)'],
  ['a\\', 'a backslash with nothing behind it (at character 2)'],
  ['*a', 'a "*" with nothing before it to repeat (write \\* for the character) (at character 1)'],
  ['a{2}{3}', 'a "{" with nothing before it to repeat (write \\{ for the character) (at character 5)'],
  ['a{x}', 'a "{" that begins no repeat (write \\{ for the character) (at character 2)'],
  ['a{2,1}', 'a repeat whose end is below its beginning (at character 2)'],
  ['a{1001}', 'a repeat of more than 1000 (at character 2)'],
  ['a{1,1001}', 'a repeat of more than 1000 (at character 2)'],
  ['a)', 'a ")" without its "(" (at character 2)'],
  ['(a', 'a "(" without its ")" (at character 1)'],
  ['[a', 'a class without its "]" (at character 1)'],
  ['[]', 'a class without its "]" (at character 1)'],
  ['[a-', 'a range without its end (at character 2)'],
  ['[b-a]', 'a range whose end is before its beginning (at character 2)'],
  ['[a-\\d]', 'a range that ends in a class (at character 2)'],
  ['('.repeat(33), 'more than 32 groups inside each other (at character 33)'],
  ['()'.repeat(101), 'more than 100 groups (at character 201)'],
  ['(?:a{1000}){1000}', 'more than 10000 steps: repeats of repeats are too long (at character 1)'],
  ['(((((a?)*)*)*)*)*', 'more than 4 repeats of what may be empty, inside each other (at character 1)'],
];

for (const [pattern, message] of REFUSED) {
  test(`refused: ${pattern.slice(0, 30)}`, () => {
    assert.throws(
      () => compileRegex(pattern),
      (error) => error instanceof RegexError && error.message === message,
    );
  });
}

test('groups inside a repeated group are not to be relied on, the repeated group is', () => {
  assert.deepEqual([...compileRegex('(a)?((b)(c))+(?:(d)e)*(f)').unsteady], [3, 4, 5]);
});

test('a pattern that backtracks for ages elsewhere takes a time linear in the text', () => {
  const regex = compileRegex('(?:(?:a|a?)+)+b');
  for (const length of [1_000, 10_000]) {
    const budget = { steps: 400 * length };
    assert.equal(regex.matches('a'.repeat(length), budget), false);
    assert.equal(regex.find('a'.repeat(length), 0, budget), undefined);
  }
});

test('the budget ends a search', () => {
  assert.throws(() => compileRegex('(?:a?){100}').matches('a'.repeat(100), { steps: 500 }), RegexBudgetError);
});
