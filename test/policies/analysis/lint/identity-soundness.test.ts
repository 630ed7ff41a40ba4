import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { checkPolicy, compilePolicy } from '../../../../policies/policy.ts';
import type { IdentitySource } from '../../../../policies/source.ts';
import { facts } from '../../identity/facts.ts';
import { counter, lint, merge, optional, RUNS, ruleIds } from './soundness-support.ts';

test('an identity that is called unreachable is nobody’s', () => {
  const seen = counter();
  const texts = ['a', 'ab', 'abc', 'b', 'a/b', '$a', 'cab'];
  const subject = fc.constantFrom(
    'a',
    'ab',
    'a*',
    '*b',
    '{x}',
    'a{x}',
    '{x}b',
    '*',
    'a{x}c',
    'a/b',
    '{x:a|ab}',
    'a{x:b*}',
  );
  const when = merge(
    fc.constant({ trust: 'ca' }),
    optional(
      'subject',
      merge(
        optional(
          'CN',
          fc.oneof(
            subject,
            fc.uniqueArray(
              subject.filter((text) => !text.includes('{')),
              { minLength: 1, maxLength: 2 },
            ),
          ),
        ),
        optional(
          'OU',
          subject.map((text) => text.replace('{x', '{y')),
        ),
        fc.constant({ O: 'o' }),
      ),
    ),
    optional(
      'san',
      fc.constantFrom(
        { dns: '{z}.a' },
        { dns: 'b.a' },
        { dns: '{w}.A' },
        { uri: 'u:/{z}' },
        { uri: 'u:/{w}' },
        { uri: 'u:/a' },
        { uri: 'u:/{z:[ac]}' },
        { dns: '{w:b}.a' },
        { dns: ['{w}.a', 'c.b'] },
        { dns: ['b.a', 'c.b'] },
      ),
    ),
    optional('issuer', fc.constantFrom({ O: 'i' }, { O: '*' }, { O: ['i', '*'] })),
    optional('eku', fc.constantFrom('clientAuth', 'serverAuth', ['clientAuth', 'serverAuth'])),
    optional('serial', fc.constantFrom('01', '02', ['01', '02'])),
    optional('age', fc.constantFrom({ max: 5 }, { max: 9 }, { min: 3 }, { min: 3, max: 5 })),
  ) as fc.Arbitrary<IdentitySource['when']>;
  const principal = fc.constantFrom('p', '{CN}', 'x-{CN}', '{OU}', '{x}', '{y}', '{CN}-{OU}');
  const identity = fc.record({ when, principal });
  const names = fc.array(fc.constantFrom(...texts), { maxLength: 2 });
  const certificate = fc.record({
    cn: names,
    ou: names,
    dns: fc.subarray(['b.a', 'B.A', 'c.a', 'c.b']),
    uri: fc.subarray(['u:/a', 'u:/b', 'u:/a/b']),
    issuer: fc.constantFrom('i', 'j'),
    eku: fc.subarray(['1.3.6.1.5.5.7.3.1', '1.3.6.1.5.5.7.3.2']),
    serial: fc.constantFrom('01', '02', '03'),
    age: fc.constantFrom(1, 4, 7, 12),
  });
  fc.assert(
    fc.property(
      fc.array(identity, { minLength: 2, maxLength: 3 }),
      fc.array(certificate, { minLength: 40, maxLength: 40 }),
      (all, certificates) => {
        const identities = all.map((one, i): IdentitySource => ({ ...one, name: `i${i}`, roles: ['idle'] }));
        const source = { identities, roles: { idle: {} } };
        if (checkPolicy(source).length > 0) return;
        const unreachable = ruleIds(lint(source), 'unreachable-identity', seen);
        const policy = compilePolicy(source, { version: '' });
        for (const { cn, ou, dns, uri, issuer, eku, serial, age } of certificates) {
          const rdns = [
            ...cn.map((text) => [['CN', text]] as const),
            ...ou.map((text) => [['OU', text]] as const),
            [['O', 'o']] as const,
          ];
          const own = { issuer: facts([[['O', issuer]]]).subject, eku, serial, notBefore: -age };
          const found = policy.identify('ca', { ...facts(rdns, { dns, uri }), ...own }, 0);
          if (found.ok)
            assert.ok(!unreachable.has(`identities[${found.identity.slice(1)}]`), JSON.stringify({ cn, ou, dns, uri }));
        }
      },
    ),
    { ...RUNS, numRuns: 2000 },
  );
  seen.atLeast({ 'unreachable-identity': 100 });
});
