import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { diffPolicies } from '../../../../policies/analysis/diff/diff-policies.ts';
import { NO_CERTIFICATE } from '../../../../policies/identity/anonymous.ts';
import { checkPolicy, compilePolicy } from '../../../../policies/policy.ts';
import type { IdentitySource, PolicySource } from '../../../../policies/source.ts';
import type { CertificateFacts } from '../../../../policies/types.ts';

const CERTIFICATES: readonly CertificateFacts[] = ['srv-1', 'srv-2', 'x', 'y', 'a/b'].flatMap((cn) =>
  [['A'], ['B'], ['A', 'B'], []].map((units) => ({
    ...NO_CERTIFICATE,
    subject: [
      [{ oid: '2.5.4.3', type: 'CN', value: cn }],
      ...units.map((value) => [{ oid: '2.5.4.11', type: 'OU', value }]),
    ],
  })),
);

const identity = fc
  .record({
    trust: fc.constantFrom('ca', 'ca', 'other'),
    cn: fc.constantFrom(undefined, 'srv-*', 'srv-1', '*', '{name}', 'srv-{name}'),
    ou: fc.constantFrom(undefined, undefined, 'A', '*'),
    principal: fc.constantFrom('p', '{CN}', '{name}'),
  })
  .map(({ trust, cn, ou, principal }): Omit<IdentitySource, 'name'> => {
    const subject = { ...(cn === undefined ? {} : { CN: cn }), ...(ou === undefined ? {} : { OU: ou }) };
    const when = Object.keys(subject).length === 0 ? { trust } : { trust, subject };
    return { when, principal: principal === '{name}' && !cn?.includes('{') ? 'q' : principal, roles: ['r'] };
  });

const identities = fc
  .tuple(fc.shuffledSubarray(['i', 'j', 'k']), fc.array(identity, { minLength: 3, maxLength: 3 }))
  .map(([names, parts]) => new Map(names.map((name, n) => [name, parts[n] as Omit<IdentitySource, 'name'>])));

/** Identities before, and after: some kept as they were, some others. */
const pair = fc.tuple(identities, identities, fc.subarray(['i', 'j', 'k'])).map(([before, other, kept]) => {
  const list = (all: typeof before) => [...all].map(([name, parts]) => ({ name, ...parts }));
  const after = new Map(
    [...other].map(([name, parts]) => [name, kept.includes(name) ? (before.get(name) ?? parts) : parts]),
  );
  return [list(before), list(after)] as const;
});

test('whoever is somebody else now, somebody or nobody, is in a change of that direction', () => {
  const seen = { same: 0, came: 0, went: 0, other: 0, clear: 0 };
  fc.assert(
    fc.property(pair, ([old, now]) => {
      const source = (all: readonly IdentitySource[]): PolicySource => ({ identities: all, roles: { r: {} } });
      const [before, after] = [source(old), source(now)];
      assert.deepEqual([...checkPolicy(before), ...checkPolicy(after)], []);
      const { widens, narrows, identities: changes } = diffPolicies(before, after);
      if (widens !== narrows) seen.clear++;
      const [was, is] = [compilePolicy(before, { version: '' }), compilePolicy(after, { version: '' })];
      for (const facts of CERTIFICATES) {
        for (const store of ['ca', 'other']) {
          const [a, b] = [was.identify(store, facts), is.identify(store, facts)];
          const words = JSON.stringify({ facts: facts.subject, store, a, b, old, now, changes });
          const who = (one: typeof a) => one.ok && [one.identity, one.principal, Object.entries(one.variables).sort()];
          if (JSON.stringify(who(a)) === JSON.stringify(who(b))) seen.same++;
          else if (!a.ok) {
            seen.came++;
            assert.ok(widens, words);
          } else if (!b.ok) {
            seen.went++;
            assert.ok(narrows, words);
          } else {
            seen.other++;
            assert.ok(widens && narrows, words);
          }
        }
      }
    }),
    { numRuns: 2000, seed: 20261124 },
  );
  for (const [what, count] of Object.entries(seen)) assert.ok(count > 100, `${what}: ${count}`);
});
