import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { compileIdentities } from '../../../policies/identity/identity.ts';
import {
  dnsPattern,
  emailPattern,
  type Pattern,
  subjectPattern,
  uriPattern,
} from '../../../policies/identity/pattern.ts';
import { TemplateError } from '../../../policies/identity/template.ts';
import { facts } from './facts.ts';

const MAKERS = { subject: subjectPattern, uri: uriPattern, dns: dnsPattern, email: emailPattern };
type KindOfText = keyof typeof MAKERS;

const MATCHES: readonly [kind: KindOfText, pattern: string, text: string, values: object | undefined | 'ambiguous'][] =
  [
    ['uri', 's://a/{plant:[a-z0-9-]+}/{d}', 's://a/p-1/D', { plant: 'p-1', d: 'D' }],
    ['uri', 's://a/{plant:[a-z0-9-]+}/{d}', 's://a/P-1/D', undefined],
    // The whole value must match, not a part of it.
    ['uri', 'u:{n:[0-9]+}', 'u:7a', undefined],
    ['uri', 'u:{n:[0-9]+}', 'u:a7', undefined],
    ['uri', 'u:{n:a|b}', 'u:ab', undefined],
    ['uri', 'u:{n:a|b}', 'u:b', { n: 'b' }],
    // Braces of repeats, in classes and behind a backslash end no constraint.
    ['subject', '{n:[0-9]{2,4}}', '123', { n: '123' }],
    ['subject', '{n:[0-9]{2,4}}', '12345', undefined],
    ['subject', '{n:[}]x}', '}x', { n: '}x' }],
    ['subject', '{n:[]}]x}', ']x', { n: ']x' }],
    ['subject', '{n:[^]}]x}', '}x', undefined],
    ['subject', '{n:\\}[\\]]}', '}]', { n: '}]' }],
    // Separators and stars within a constraint are part of it.
    ['uri', 'u:/{a:[^/]+}/{b:x/?}', 'u:/a/x', { a: 'a', b: 'x' }],
    ['dns', '{h:[a-z.]+}.example', 'pump.example', { h: 'pump' }],
    ['dns', '{h:[a-z.]+}.example', 'a.b.example', undefined],
    ['email', '{u:[^@]*}@{d:[a-z]+}', 'Ann@x', { u: 'Ann', d: 'x' }],
    ['uri', 'u:{n:a*}', 'u:aa', { n: 'aa' }],
    ['subject', 'x*-{n:a*}', 'xy-aa', { n: 'aa' }],
    // DNS names are lower case before a constraint sees them.
    ['dns', '{h:[a-z]+}.example', 'PUMP.Example', { h: 'pump' }],
    ['dns', '{h:[A-Z]+}.example', 'PUMP.example', undefined],
    // Constraints do not choose between readings.
    ['subject', '{a:[a-z]+}-{b:[0-9]+}', 'x-1', { a: 'x', b: '1' }],
    ['subject', '{a:[a-z]+}-{b:[a-z-]+}', 'x-y-z', 'ambiguous'],
    ['subject', '{a:[0-9]+}-{a}', '1-1', { a: '1' }],
    ['subject', '{a}-{a:[0-9]+}', 'x-x', undefined],
    ['subject', '{a:.+}', 'x'.repeat(256), { a: 'x'.repeat(256) }],
    ['subject', '{a:.+}', 'x'.repeat(257), undefined],
    ['subject', '{a:ü+}', 'üü', { a: 'üü' }],
  ];

for (const [kind, pattern, text, values] of MATCHES) {
  const shown = text.length > 40 ? `${text.length} characters` : text;
  test(`the ${kind} pattern ${pattern} and ${shown}`, () => {
    const found = MAKERS[kind](pattern).match(text);
    assert.deepEqual(typeof found === 'object' ? { ...found } : found, values);
  });
}

const FAULTS: readonly [pattern: string, message: RegExp][] = [
  ['{a:}', /constraint of \{a\} that is not taken: it is empty/],
  ['{a:[0-9]+', /"\{" without its "\}"/],
  ['{a:x{2}', /"\{" without its "\}"/],
  ['{a:[}', /"\{" without its "\}"/],
  ['{a:(?=x)y}', /look-ahead/],
  ['{a:(x)\\1}', /back-reference/],
  ['{a:x++}', /possessive/],
  ['{a:(x*)*}', /a repeat of what may be empty/],
  ['{a:(x{100}){6}}', /more than 512 steps/],
  ['{a:(((x{99}){99}){99}){99}}', /steps/],
  [`{a:${'x'.repeat(257)}}`, /longer than 256 characters/],
  ['{a:x\n}', /control character/],
  ['{a b:x}', /the variable \{a b\}/],
  ['{:x}', /the variable \{\}/],
  ['{a:x}{b:y}', /two placeholders without text between/],
];

for (const [pattern, message] of FAULTS) {
  test(`the pattern ${pattern.slice(0, 40)} is refused in words`, () => {
    assert.throws(
      () => subjectPattern(pattern),
      (error) => error instanceof TemplateError && message.test(error.message),
    );
  });
}

test('a value that a constraint allows is refused all the same when rules could not hold it', () => {
  const source = { name: 'x', when: { trust: 't', subject: { CN: '{a:.+}' } }, principal: '{a}', roles: [] };
  const identify = compileIdentities([source], () => true);
  for (const value of ['a/b', 'a+', '#', '*', '$a', 'a\u0001']) {
    const found = identify('t', facts([[['CN', value]]]));
    assert.ok(!found.ok, value);
    assert.match(found.reason, /the value of \{a\}|no CN matches/);
  }
  assert.ok(identify('t', facts([[['CN', 'a$']]])).ok);
});

test('a constraint takes away from what its pattern matches, and changes no value', () => {
  const constraint = fc.constantFrom('[ab]+', '[a-c-]*', 'a|b|bc', '.{2,3}', '(a.)+', '[^-]+', '\\w+');
  const shape = fc.constantFrom<readonly [KindOfText, (c: string, d: string) => string, string]>(
    ['subject', (c, d) => `{x${c}}-{y${d}}`, '{x}-{y}'],
    ['subject', (c) => `*b{x${c}}c`, '*b{x}c'],
    ['uri', (c, d) => `u:/{x${c}}/a{y${d}}`, 'u:/{x}/a{y}'],
    ['dns', (c, d) => `{x${c}}-b.{y${d}}`, '{x}-b.{y}'],
    ['email', (c, d) => `{x${c}}@{y${d}}`, '{x}@{y}'],
  );
  const text = fc.array(fc.constantFrom('a', 'b', 'c', '-'), { minLength: 1, maxLength: 5 }).map((all) => all.join(''));
  let [taken, refused] = [0, 0];
  fc.assert(
    fc.property(shape, constraint, constraint, text, text, ([kind, write, bare], c, d, one, two) => {
      const separator = { subject: '-', uri: '/a', dns: '-b.', email: '@' }[kind];
      const written = `${kind === 'uri' ? 'u:/' : ''}${one}${separator}${two}`;
      const narrow: Pattern = MAKERS[kind](write(`:${c}`, `:${d}`));
      const wide = MAKERS[kind](bare);
      assert.equal(narrow.shape, bare);
      const [found, expected] = [narrow.match(written), wide.match(written)];
      if (found === undefined) {
        if (expected !== undefined) refused++;
        return;
      }
      taken++;
      assert.deepEqual(found, expected);
      if (found === 'ambiguous') return;
      assert.match(found['x'] as string, new RegExp(`^(?:${c})$`));
      if (bare.includes('{y}')) assert.match(found['y'] as string, new RegExp(`^(?:${d})$`));
    }),
    { numRuns: 4000 },
  );
  assert.ok(taken > 200 && refused > 200, `${taken} taken, ${refused} refused`);
});
