import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { compileIdentities } from '../../../policies/identity/identity.ts';
import { subjectPattern } from '../../../policies/identity/pattern.ts';
import { fillPrincipal, MAX_PRINCIPAL_BYTES } from '../../../policies/identity/principal.ts';
import { parseTemplate, TemplateError } from '../../../policies/identity/template.ts';
import type { IdentitySource } from '../../../policies/source.ts';
import type { CertificateFacts } from '../../../policies/types.ts';
import { cn, facts, rdn } from './facts.ts';

/** All ways to cut `text` along `pattern`, by trying: what the two walks of segment.ts must agree with. */
function everyMatch(pattern: string, text: string): Record<string, string>[] {
  const found: Record<string, string>[] = [];
  const walk = (rest: readonly (string | object | symbol)[], at: number, values: Record<string, string>) => {
    const [part, ...more] = rest;
    if (part === undefined) {
      if (at === text.length) found.push(values);
    } else if (typeof part === 'string') {
      if (text.startsWith(part, at)) walk(more, at + part.length, values);
    } else {
      const name = typeof part === 'object' ? (part as { variable: string }).variable : undefined;
      for (let end = at + (name === undefined ? 0 : 1); end <= text.length; end++) {
        walk(more, end, name === undefined ? values : { ...values, [name]: text.slice(at, end) });
      }
    }
  };
  walk(parseTemplate(pattern, true), 0, {});
  return [...new Map(found.map((values) => [JSON.stringify(values), values])).values()];
}

const patterns = fc
  .array(fc.constantFrom('a', 'b', 'ab', '*', '{x}', '{y}', '{z}'), { minLength: 1, maxLength: 6 })
  .map((parts) => parts.filter((part, index) => !part.startsWith('{') || parts.indexOf(part) === index).join(''))
  .filter((pattern) => {
    try {
      return parseTemplate(pattern, true).length > 0;
    } catch (error) {
      assert.ok(error instanceof TemplateError);
      return false;
    }
  });

test('a pattern matches if there is just one way to cut the text into its variables', () => {
  const seen = { none: 0, one: 0, ambiguous: 0 };
  const texts = fc.array(fc.constantFrom('a', 'b'), { maxLength: 8 }).map((chars) => chars.join(''));
  fc.assert(
    fc.property(patterns, texts, (pattern, text) => {
      const ways = everyMatch(pattern, text);
      const result = subjectPattern(pattern).match(text);
      seen[ways.length === 0 ? 'none' : ways.length === 1 ? 'one' : 'ambiguous']++;
      assert.deepEqual(result, ways.length > 1 ? 'ambiguous' : ways[0], `${pattern} on ${text}`);
    }),
    { numRuns: 5000 },
  );
  assert.ok(Math.min(...Object.values(seen)) > 50, JSON.stringify(seen));
});

test('different values never make the same principal', () => {
  const value = fc.array(fc.constantFrom('a', '-', ':'), { minLength: 1, maxLength: 4 }).map((chars) => chars.join(''));
  const template = fc.constantFrom('{a}-{b}', '{a}--{b}', '{a}:{b}-{c}', 'x{a}-:-{b}-', '{a}-{b}:{a}');
  const values = fc.record({ a: value, b: value, c: value });
  fc.assert(
    fc.property(template, values, values, (text, one, two) => {
      const parts = parseTemplate(text, false);
      const [first, second] = [fillPrincipal(parts, one), fillPrincipal(parts, two)];
      if ('problem' in first || 'problem' in second || first.principal !== second.principal) return;
      const used = (from: typeof one) => [from.a, from.b, text.includes('{c}') ? from.c : ''];
      assert.deepEqual(used(one), used(two), first.principal);
    }),
    { numRuns: 20_000 },
  );
});

const POOL: readonly IdentitySource['when'][] = [
  { trust: 't', subject: { CN: 'a' } },
  { trust: 't', subject: { CN: 'b', O: 'Acme' } },
  { trust: 't', subject: { CN: '*b' } },
  { trust: 't', subject: { O: ['Acme', 'Acme *'] } },
  { trust: 't', san: { dns: 'A.example' } },
  { trust: 't', san: { dns: '{host}.example' } },
  { trust: 't', san: { uri: 'urn:x' } },
  { trust: 't', san: { email: 'a@B.example' } },
  { trust: 't', san: { ip: '0:0::1' } },
  { trust: 't', serial: '0A' },
  { trust: 't', serial: ['b', '0c'], subject: { O: 'Acme' } },
  { trust: 't', subject: { CN: '{a:b+}' } },
  { trust: 't', san: { dns: ['a.example', '{host:b}.example'] } },
  { trust: 'u', subject: { CN: 'a' } },
];

test('looking candidates up finds what trying all identities in order finds', () => {
  const whens = fc.array(fc.constantFrom(...POOL), { minLength: 9, maxLength: 40 });
  const certificate: fc.Arbitrary<CertificateFacts> = fc
    .record({
      name: fc.constantFrom('a', 'b', 'bb', 'c'),
      orgs: fc.subarray(['Acme', 'Acme Two', 'Other']),
      dns: fc.subarray(['a.EXAMPLE', 'b.example', 'x']),
      uri: fc.subarray(['urn:x', 'urn:y']),
      email: fc.subarray(['a@b.EXAMPLE', 'A@b.example']),
      ip: fc.subarray(['::1', '::2']),
      serial: fc.constantFrom('0A', '0B', '0C', '0D'),
    })
    .map(({ name, orgs, serial, ...san }) => ({
      ...facts([cn(name), ...orgs.map((org) => rdn('O', org))], san),
      serial,
    }));
  fc.assert(
    fc.property(whens, certificate, (chosen, of) => {
      const sources = chosen.map((when, index) => ({ name: `i${index}`, when, principal: 'p', roles: [] }));
      const result = compileIdentities(sources, () => true)('t', of);
      const expected = sources.findIndex((source) => compileIdentities([source], () => true)('t', of).ok);
      assert.equal(result.ok ? result.index : -1, expected);
    }),
    { numRuns: 300 },
  );
});

test('whatever a certificate holds, a principal and its variables are safe or there is none', () => {
  const identify = compileIdentities(
    [
      {
        name: 'x',
        when: { trust: 't', subject: { CN: '{a}' }, san: { uri: 'x:/{b}/{c}' } },
        principal: '{a}:{OU}',
        roles: [],
      },
    ],
    () => true,
  );
  const text = fc.oneof(
    fc.string({ unit: 'binary', minLength: 1, maxLength: 20 }),
    fc
      .array(fc.constantFrom('a', '/', '+', '#', '$', '\0', '*', ':'), { minLength: 1, maxLength: 4 })
      .map((c) => c.join('')),
    fc.constant('ok'),
  );
  let matched = 0;
  fc.assert(
    fc.property(text, text, text, text, (a, ou, b, c) => {
      const result = identify('t', facts([cn(a), rdn('OU', ou)], { uri: [`x:/${b}/${c}`] }));
      if (!result.ok) return;
      matched++;
      assert.deepEqual(Object.keys(result.variables), ['a', 'b', 'c', 'OU']);
      for (const value of Object.values(result.variables)) {
        assert.ok(value !== '' && !value.startsWith('$') && !/[/+#*\p{Cc}]/u.test(value), JSON.stringify(value));
      }
      assert.ok(Buffer.byteLength(result.principal) <= MAX_PRINCIPAL_BYTES);
    }),
    { numRuns: 2000 },
  );
  assert.ok(matched > 20, `${matched}`);
});
