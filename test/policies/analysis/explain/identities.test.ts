import assert from 'node:assert/strict';
import test from 'node:test';
import { lookAtIdentities } from '../../../../policies/analysis/explain/identities.ts';
import { missingVariables, namedClient } from '../../../../policies/analysis/explain/named-client.ts';
import { ANONYMOUS, NO_CERTIFICATE } from '../../../../policies/identity/anonymous.ts';
import { compilePolicy } from '../../../../policies/policy.ts';
import type { IdentitySource, PolicySource } from '../../../../policies/source.ts';
import type { CertificateFacts } from '../../../../policies/types.ts';

const IDENTITIES: readonly IdentitySource[] = [
  { name: 'partners', when: { trust: 'partner-ca' }, principal: 'partner', roles: ['r'] },
  { name: 'servers', when: { trust: 'ca', subject: { CN: 'srv-*' } }, principal: '{CN}', roles: ['r'] },
  {
    name: 'pumps',
    when: { trust: 'ca', san: { dns: '{device}.{plant}.example.com' } },
    principal: '{plant}-{device}',
    roles: ['r'],
  },
  { name: 'all', when: { trust: 'ca' }, principal: 'any', roles: ['r'] },
  { name: 'nobody', when: { anonymous: true }, principal: 'guest', roles: ['r'] },
];
const SOURCE: PolicySource = {
  identities: IDENTITIES,
  roles: { r: { mqtt: { clientId: 'any' }, limits: { publish: '5/s' } } },
};

function named(cn: string, dns: readonly string[] = []): CertificateFacts {
  return {
    ...NO_CERTIFICATE,
    subject: [[{ oid: '2.5.4.3', type: 'CN', value: cn }]],
    san: { ...NO_CERTIFICATE.san, dns },
  };
}

const LOOKS: readonly (readonly [about: string, store: string, facts: CertificateFacts, outcomes: string])[] = [
  ['first match', 'ca', named('srv-1'), 'other-store matches not-reached not-reached other-store'],
  ['a later one', 'ca', named('x', ['p.north.example.com']), 'other-store no-match matches not-reached other-store'],
  ['the last', 'ca', named('x'), 'other-store no-match no-match matches other-store'],
  ['another store', 'partner-ca', named('x'), 'matches other-store other-store other-store other-store'],
  ['no certificate', ANONYMOUS, NO_CERTIFICATE, 'other-store other-store other-store other-store matches'],
  ['nobody', 'unknown-ca', named('x'), 'other-store other-store other-store other-store other-store'],
];

for (const [about, store, facts, outcomes] of LOOKS) {
  test(`identities are told in order with what became of each: ${about}`, () => {
    const looks = lookAtIdentities(SOURCE, store, facts);
    assert.equal(looks.map(({ outcome }) => outcome).join(' '), outcomes);
    const found = compilePolicy(SOURCE, { version: '' }).identify(store, facts);
    assert.equal(looks.find(({ outcome }) => outcome === 'matches')?.name, found.ok ? found.identity : undefined);
    assert.ok(looks.every(({ reason }) => reason !== ''));
  });
}

test('an age is judged at the time that is given', () => {
  const young: IdentitySource = { name: 'young', when: { trust: 'ca', age: { max: 10 } }, principal: 'x', roles: [] };
  const source: PolicySource = { identities: [young], roles: {} };
  const outcomes = [10, 11, undefined].map((now) => lookAtIdentities(source, 'ca', named('x'), now)[0]?.outcome);
  assert.deepEqual(outcomes, ['matches', 'no-match', 'no-match']);
});

test('paths name the identity, and the condition where that alone decides', () => {
  const paths = lookAtIdentities(SOURCE, 'ca', named('x')).map(({ path }) => path);
  assert.deepEqual(paths, [
    'identities[0].when.trust',
    'identities[1]',
    'identities[2]',
    'identities[3]',
    'identities[4].when.anonymous',
  ]);
});

const PRINCIPALS: readonly (readonly [identity: number, principal: string, variables: object | RegExp])[] = [
  [0, 'partner', {}],
  [0, 'partners', /of the form "partner"/],
  [0, 'part', /of the form "partner"/],
  [1, 'srv-1', { CN: 'srv-1' }],
  [1, 'client-1', /the CN in the principal does not match "srv-\*"/],
  [2, 'north-pump', { plant: 'north', device: 'pump' }],
  [2, 'north-pump-1', { plant: 'north', device: 'pump-1' }],
  [2, '-pump', /of the form/],
  [2, 'north-', /of the form/],
  [2, 'north', /of the form/],
  [2, 'North-pump', /SAN dns would not match/],
  [2, 'north-a.b', /SAN dns would not match/],
  [2, 'north-a/b', /value of \{device\} holds "\/"/],
  [4, 'guest', {}],
];

for (const [index, principal, expected] of PRINCIPALS) {
  test(`what a principal tells of its variables: ${JSON.stringify(principal)} of identity ${index}`, () => {
    const identity = IDENTITIES[index] as IdentitySource;
    const who = namedClient(SOURCE, identity, principal);
    if (expected instanceof RegExp) {
      assert.ok(!who.ok);
      assert.match(who.reason, expected);
      return;
    }
    assert.ok(who.ok, JSON.stringify(who));
    assert.deepEqual(who, {
      ok: true,
      identity: identity.name,
      principal,
      roles: ['r'],
      variables: expected,
      limits: { publish: { perSecond: 5, burst: 5, onExceed: 'throttle' } },
    });
  });
}

test('a principal with the variables of a certificate is read back to the same variables', () => {
  const policy = compilePolicy(SOURCE, { version: '' });
  for (const dns of ['p.north.example.com', 'p-1-2.n.example.com', 'p.n-s.example.com', 'a.b.example.com']) {
    const who = policy.identify('ca', named('x', [dns]));
    assert.ok(who.ok);
    if (who.identity !== 'pumps') continue;
    assert.deepEqual(namedClient(SOURCE, IDENTITIES[2] as IdentitySource, who.principal), who);
  }
});

test('variables that only rules and client ids use are asked for', () => {
  const roles = {
    r: {
      mqtt: { clientId: '{a}', allow: [{ publish: 'x/{b}/{c}' }] },
      kafka: { allow: [{ topic: '{d}', operations: ['read' as const] }] },
    },
  };
  const identity = {
    name: 'i',
    when: { trust: 'ca', san: { uri: 'u:{a}/{b}/{c}/{d}' } },
    principal: '{c}',
    roles: ['r'],
  };
  const source = { identities: [identity], roles };
  const who = namedClient(source, identity, 'z', { b: 'y' });
  assert.ok(who.ok);
  assert.deepEqual([...missingVariables(source, who)].sort(), ['a', 'd']);
});
