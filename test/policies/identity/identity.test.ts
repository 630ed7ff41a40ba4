import assert from 'node:assert/strict';
import test from 'node:test';
import { ANONYMOUS, NO_CERTIFICATE } from '../../../policies/identity/anonymous.ts';
import { compileIdentity } from '../../../policies/identity/compile.ts';
import { compileIdentities } from '../../../policies/identity/identity.ts';
import type { IdentitySource } from '../../../policies/source.ts';
import type { CertificateFacts } from '../../../policies/types.ts';
import { cn, facts, rdn } from './facts.ts';

/** The identities of the reference configuration, and some more. */
const IDENTITIES: readonly IdentitySource[] = [
  {
    name: 'devices',
    when: { trust: 'iot-ca', subject: { O: 'Acme' }, san: { uri: 'spiffe://acme/{plant}/{device}' } },
    principal: '{device}',
    roles: ['device'],
  },
  { name: 'erp', when: { trust: 'partner-ca', subject: { CN: 'erp-*' } }, principal: '{CN}', roles: ['erp'] },
  {
    name: 'ops',
    when: { trust: 'partner-ca', subject: { OU: ['ops', 'on call'] } },
    principal: 'ops:{CN}',
    roles: ['ops'],
  },
  { name: 'named', when: { trust: 'name-ca' }, principal: '{CN}', roles: [] },
  {
    name: 'parts',
    when: { trust: 'part-ca', subject: { CN: '{plant}-{line}.{device}' } },
    principal: '{plant}:{device}',
    roles: [],
  },
  { name: 'hosts', when: { trust: 'host-ca', san: { dns: '{host}.Example.com' } }, principal: '{host}', roles: [] },
  { name: 'people', when: { trust: 'mail-ca', san: { email: '{user}@Example.com' } }, principal: '{user}', roles: [] },
  { name: 'fixed', when: { trust: 'ip-ca', san: { ip: '2001:DB8:0::1' } }, principal: 'gateway', roles: [] },
  {
    name: 'twice',
    when: { trust: 'twice-ca', subject: { OU: 'plant {plant}' }, san: { uri: 'urn:{plant}/{device}' } },
    principal: '{plant}-{device}',
    roles: [],
  },
  { name: 'one', when: { trust: 'one-ca', san: { uri: 'urn:one' } }, principal: 'one', roles: [] },
  { name: 'glob', when: { trust: 'glob-ca', subject: { CN: 'a*' } }, principal: 'glob', roles: [] },
  { name: 'org', when: { trust: 'org-ca' }, principal: '{O}', roles: [] },
  { name: 'unit', when: { trust: 'unit-ca', subject: { OU: '{unit}' } }, principal: '{unit}', roles: [] },
];

const identify = compileIdentities(IDENTITIES, () => true);
const acme = (...uri: string[]) => facts([rdn('O', 'Acme')], { uri });

const MATCHES: readonly [
  what: string,
  store: string,
  facts: CertificateFacts,
  identity: string,
  principal: string,
  variables: object,
][] = [
  ['a device', 'iot-ca', acme('spiffe://acme/p1/d1'), 'devices', 'd1', { plant: 'p1', device: 'd1' }],
  [
    'a device with another URI beside',
    'iot-ca',
    acme('urn:x', 'spiffe://acme/p1/d1'),
    'devices',
    'd1',
    { plant: 'p1', device: 'd1' },
  ],
  [
    'one of two O',
    'iot-ca',
    facts([rdn('O', 'Other'), rdn('O', 'Acme')], { uri: ['spiffe://acme/p/d'] }),
    'devices',
    'd',
    { plant: 'p', device: 'd' },
  ],
  ['a glob', 'partner-ca', facts([cn('erp-7')]), 'erp', 'erp-7', { CN: 'erp-7' }],
  ['a glob that takes nothing', 'partner-ca', facts([cn('erp-')]), 'erp', 'erp-', { CN: 'erp-' }],
  [
    'the first of two that match',
    'partner-ca',
    facts([cn('erp-7'), rdn('OU', 'ops'), rdn('OU', 'on call')]),
    'erp',
    'erp-7',
    { CN: 'erp-7' },
  ],
  [
    'all of a list',
    'partner-ca',
    facts([rdn('OU', 'on call'), rdn('OU', 'ops'), cn('ann')]),
    'ops',
    'ops:ann',
    { CN: 'ann' },
  ],
  ['any certificate of a store', 'name-ca', facts([cn('x, y=z')]), 'named', 'x, y=z', { CN: 'x, y=z' }],
  [
    'a multi-valued RDN that nobody looks at',
    'name-ca',
    facts([
      [
        ['O', 'a'],
        ['OU', 'b'],
      ],
      cn('x'),
    ]),
    'named',
    'x',
    { CN: 'x' },
  ],
  [
    'variables within an attribute',
    'part-ca',
    facts([cn('p1-l2.d3')]),
    'parts',
    'p1:d3',
    { plant: 'p1', line: 'l2', device: 'd3' },
  ],
  [
    'a DNS name in other case',
    'host-ca',
    facts([], { dns: ['Pump-1.EXAMPLE.com'] }),
    'hosts',
    'pump-1',
    { host: 'pump-1' },
  ],
  [
    'an e-mail address whose domain is in other case',
    'mail-ca',
    facts([], { email: ['Ann@eXample.COM'] }),
    'people',
    'Ann',
    { user: 'Ann' },
  ],
  ['an IP address', 'ip-ca', facts([], { ip: ['192.0.2.1', '2001:db8::1'] }), 'fixed', 'gateway', {}],
  [
    'a variable that occurs twice with one value',
    'twice-ca',
    facts([rdn('OU', 'plant 7')], { uri: ['urn:7/d'] }),
    'twice',
    '7-d',
    { plant: '7', device: 'd' },
  ],
  ['the one OU that is there', 'unit-ca', facts([rdn('OU', 'sales')]), 'unit', 'sales', { unit: 'sales' }],
];

for (const [what, store, certificate, identity, principal, variables] of MATCHES) {
  test(`matches ${what}`, () => {
    const result = identify(store, certificate);
    assert.ok(result.ok, result.ok ? '' : result.reason);
    assert.equal(result.identity.name, identity);
    assert.equal(result.identity, IDENTITIES[result.index]);
    assert.equal(result.principal, principal);
    assert.deepEqual(result.variables, variables);
  });
}

const REFUSALS: readonly [what: string, store: string, facts: CertificateFacts, reason: RegExp][] = [
  [
    'the same certificate from another store',
    'partner-ca',
    acme('spiffe://acme/p1/d1'),
    /"partner-ca" matches: erp: the subject has no CN; ops: the subject has no OU$/,
  ],
  [
    'a store that no identity names',
    'other-ca',
    acme('spiffe://acme/p1/d1'),
    /^no identity names the trust store "other-ca"$/,
  ],
  [
    'another O',
    'iot-ca',
    facts([rdn('O', 'acme')], { uri: ['spiffe://acme/p/d'] }),
    /no O matches "Acme": it is "acme"/,
  ],
  ['an O as CN', 'iot-ca', facts([cn('Acme')], { uri: ['spiffe://acme/p/d'] }), /the subject has no O/],
  ['no SAN', 'iot-ca', acme(), /no SAN uri matches "spiffe:\/\/acme\/\{plant\}\/\{device\}": there is none/],
  [
    'a DNS name in place of a URI',
    'iot-ca',
    facts([rdn('O', 'Acme')], { dns: ['spiffe://acme/p/d'] }),
    /no SAN uri matches/,
  ],
  [
    'two URIs that match',
    'iot-ca',
    acme('spiffe://acme/p1/d1', 'spiffe://acme/p1/d2'),
    /more than one SAN uri matches/,
  ],
  ['the same URI twice', 'iot-ca', acme('spiffe://acme/p1/d1', 'spiffe://acme/p1/d1'), /more than one SAN uri matches/],
  ['a URI with a level too many', 'iot-ca', acme('spiffe://acme/p1/d1/x'), /no SAN uri matches/],
  ['a URI with a trailing slash', 'iot-ca', acme('spiffe://acme/p1/d1/'), /no SAN uri matches/],
  ['a URI with a level too few', 'iot-ca', acme('spiffe://acme/d1'), /no SAN uri matches/],
  ['an empty level', 'iot-ca', acme('spiffe://acme//d1'), /no SAN uri matches/],
  ['an empty last level', 'iot-ca', acme('spiffe://acme/p1/'), /no SAN uri matches/],
  ['a trust domain that goes on', 'iot-ca', acme('spiffe://acme.evil/p1/d1'), /no SAN uri matches/],
  ['a scheme in other case', 'iot-ca', acme('SPIFFE://acme/p1/d1'), /no SAN uri matches/],
  ['a plus in a variable', 'iot-ca', acme('spiffe://acme/p1/+'), /devices: the value of \{device\} holds "\+"/],
  ['a hash in a variable', 'iot-ca', acme('spiffe://acme/p1/d#'), /the value of \{device\} holds "#"/],
  ['a star in a variable', 'iot-ca', acme('spiffe://acme/*/d'), /the value of \{plant\} holds "\*"/],
  ['a system topic in a variable', 'iot-ca', acme('spiffe://acme/$SYS/d'), /the value of \{plant\} begins with "\$"/],
  ['a NUL in a variable', 'iot-ca', acme('spiffe://acme/p\0/d'), /the value of \{plant\} holds a control character/],
  [
    'a C1 control in a variable',
    'iot-ca',
    acme('spiffe://acme/p\u0085/d'),
    /the value of \{plant\} holds a control character/,
  ],
  ['a variable of 257 bytes', 'iot-ca', acme(`spiffe://acme/p/${'d'.repeat(257)}`), /longer than 256 bytes/],
  [
    'a variable of 86 characters of three bytes',
    'unit-ca',
    facts([rdn('OU', '€'.repeat(86))]),
    /longer than 256 bytes/,
  ],
  ['another CN', 'partner-ca', facts([cn('ERP-7')]), /erp: no CN matches "erp-\*": it is "ERP-7"/],
  ['a CN with something before', 'partner-ca', facts([cn('x erp-7')]), /no CN matches/],
  ['a CN with a slash for the principal', 'partner-ca', facts([cn('erp-a/b')]), /the subject attribute CN holds "\/"/],
  ['a CN with a plus for the principal', 'partner-ca', facts([cn('erp-+')]), /the subject attribute CN holds "\+"/],
  ['a CN that begins with a dollar', 'name-ca', facts([cn('$SYS')]), /the subject attribute CN begins with "\$"/],
  ['two CN, the first right', 'partner-ca', facts([cn('erp-7'), cn('evil')]), /erp: the subject has 2 attributes CN/],
  ['two CN, the second right', 'partner-ca', facts([cn('evil'), cn('erp-7')]), /erp: the subject has 2 attributes CN/],
  ['two equal CN', 'partner-ca', facts([cn('erp-7'), cn('erp-7')]), /erp: the subject has 2 attributes CN/],
  [
    'a multi-valued RDN',
    'partner-ca',
    facts([
      [
        ['CN', 'erp-7'],
        ['OU', 'x'],
      ],
    ]),
    /erp: the subject attribute CN stands in a multi-valued RDN/,
  ],
  [
    'a multi-valued RDN beside a plain one',
    'partner-ca',
    facts([
      cn('ann'),
      rdn('OU', 'ops'),
      [
        ['OU', 'on call'],
        ['UID', 'x'],
      ],
    ]),
    /ops: the subject attribute OU stands in a multi-valued RDN/,
  ],
  ['text that looks like an RDN', 'partner-ca', facts([cn('ann,OU=ops,OU=on call')]), /ops: the subject has no OU/],
  [
    'one of a list only',
    'partner-ca',
    facts([cn('ann'), rdn('OU', 'ops')]),
    /ops: no OU matches "on call": it is "ops"/,
  ],
  ['no CN for the principal', 'name-ca', facts([]), /named: the subject has no CN/],
  [
    'a CN that can be cut in two ways',
    'part-ca',
    facts([cn('a-b-c.d')]),
    /CN "a-b-c\.d" matches "\{plant\}-\{line\}\.\{device\}" in more than one way/,
  ],
  ['a CN that can be cut in two ways at the end', 'part-ca', facts([cn('a-b.c.d')]), /in more than one way/],
  ['a label too many', 'host-ca', facts([], { dns: ['a.b.example.com'] }), /no SAN dns matches/],
  ['a root dot', 'host-ca', facts([], { dns: ['a.example.com.'] }), /no SAN dns matches/],
  ['a wildcard certificate', 'host-ca', facts([], { dns: ['*.example.com'] }), /the value of \{host\} holds "\*"/],
  ['two hosts', 'host-ca', facts([], { dns: ['a.example.com', 'b.example.com'] }), /more than one SAN dns matches/],
  ['an address with two at signs', 'mail-ca', facts([], { email: ['a@b@example.com'] }), /no SAN email matches/],
  [
    'another IP address',
    'ip-ca',
    facts([], { ip: ['2001:db8::2'] }),
    /no SAN ip matches "2001:DB8:0::1": it is "2001:db8::2"/,
  ],
  [
    'a variable that occurs twice with two values',
    'twice-ca',
    facts([rdn('OU', 'plant 7')], { uri: ['urn:8/d'] }),
    /\{plant\} stands for two different values/,
  ],
  [
    'two equal URIs for a pattern without variables',
    'one-ca',
    facts([], { uri: ['urn:one', 'urn:one'] }),
    /more than one SAN uri matches "urn:one"/,
  ],
  [
    'two CN, though no variable takes from them',
    'glob-ca',
    facts([cn('a1'), cn('b')]),
    /the subject has 2 attributes CN/,
  ],
  [
    'two O for the principal',
    'org-ca',
    facts([rdn('O', 'a'), rdn('O', 'b')]),
    /org: the subject has 2 attributes O, the principal takes one/,
  ],
  [
    'two values for one variable',
    'unit-ca',
    facts([rdn('OU', 'sales'), rdn('OU', 'admin')]),
    /more than one OU matches/,
  ],
  [
    'a value that holds the text behind it',
    'twice-ca',
    facts([rdn('OU', 'plant 7-8')], { uri: ['urn:7-8/d'] }),
    /the value of \{plant\} holds "-", which ends it in the principal/,
  ],
];

for (const [what, store, certificate, reason] of REFUSALS) {
  test(`refuses ${what}`, () => {
    const result = identify(store, certificate);
    assert.ok(!result.ok, JSON.stringify(result));
    assert.match(result.reason, reason);
  });
}

test('a principal may take 256 bytes and no more', () => {
  const of = compileIdentities([{ name: 'x', when: { trust: 't' }, principal: '{CN}:', roles: [] }], () => true);
  const result = of('t', facts([cn('x'.repeat(255))]));
  assert.ok(result.ok && result.principal.length === 256);
  const longer = of('t', facts([cn('x'.repeat(256))]));
  assert.ok(!longer.ok && /the principal is longer than 256 bytes/.test(longer.reason));
});

test('a pattern without variables may match several values, but for URIs', () => {
  const when = { trust: 't', subject: { OU: 'ops' }, san: { dns: 'a.example' } };
  const of = compileIdentities([{ name: 'x', when, principal: 'p', roles: [] }], () => true);
  assert.ok(of('t', facts([rdn('OU', 'ops'), rdn('OU', 'ops')], { dns: ['a.example', 'A.example'] })).ok);
});

test('a star in a principal stands for itself', () => {
  const of = compileIdentities([{ name: 'x', when: { trust: 't' }, principal: 'all*', roles: [] }], () => true);
  const result = of('t', facts([]));
  assert.ok(result.ok && result.principal === 'all*');
});

test('a principal may take an attribute twice', () => {
  const of = compileIdentities([{ name: 'x', when: { trust: 't' }, principal: '{CN}:{CN}', roles: [] }], () => true);
  const result = of('t', facts([cn('a')]));
  assert.ok(result.ok && result.principal === 'a:a');
});

test('a reason repeats 64 characters of a certificate and says how many other values there are', () => {
  const when = { trust: 't', subject: { OU: 'ops' }, issuer: { O: 'Acme' } };
  const of = compileIdentities([{ name: 'x', when, principal: 'p', roles: [] }], () => true);
  const reason = (...units: string[]) => {
    const result = of('t', facts(units.map((unit) => rdn('OU', unit))));
    return result.ok ? '' : result.reason;
  };
  assert.ok(reason('y'.repeat(64)).endsWith(`it is "${'y'.repeat(64)}"`));
  assert.ok(reason('y'.repeat(65)).endsWith(`it is "${'y'.repeat(64)}…"`));
  assert.ok(reason('a', 'b', 'c').endsWith('no OU matches "ops": it is "a" and 2 more'));
  assert.ok(reason('ops').endsWith('the issuer has no O'));
});

test('an issuer is matched like a subject, and named as such', () => {
  const when = { trust: 't', subject: { O: 'Acme' }, issuer: { O: 'Acme *' } };
  const of = compileIdentities([{ name: 'x', when, principal: 'p', roles: [] }], () => true);
  const issuedBy = (...issuer: Parameters<typeof facts>[0]) =>
    of('t', { ...facts([rdn('O', 'Acme')]), issuer: facts(issuer).subject });
  assert.ok(issuedBy(rdn('O', 'Acme p1'), rdn('O', 'Other')).ok);
  const reasons = [
    issuedBy(rdn('O', 'Other')),
    issuedBy(cn('Acme p1')),
    issuedBy([
      ['O', 'Acme p1'],
      ['CN', 'x'],
    ]),
  ].map((result) => (result.ok ? '' : result.reason.replace(/^.*: x: /, '')));
  assert.deepEqual(reasons, [
    'no issuer O matches "Acme *": it is "Other"',
    'the issuer has no O',
    'the issuer attribute O stands in a multi-valued RDN',
  ]);
});

test('reasons are bounded, however long the text of a certificate and however many the identities', () => {
  const many = Array.from({ length: 500 }, (_, i) => ({
    name: `n${i}`,
    when: { trust: 't', subject: { CN: `${'y'.repeat(500)}*` } },
    principal: '{CN}',
    roles: [],
  }));
  const result = compileIdentities(many, () => true)('t', facts([cn('x'.repeat(10_000))]));
  assert.ok(!result.ok);
  assert.match(result.reason, /; 492 more do not fit$/);
  assert.ok(result.reason.length < 2000, `${result.reason.length}`);
});

test('a client without a certificate is the first identity for such, and nobody else', () => {
  const nobody = compileIdentities(
    [
      { name: 'devices', when: { trust: 'iot-ca' }, principal: 'device', roles: [] },
      { name: 'guests', when: { anonymous: true }, principal: 'guest', roles: [] },
      { name: 'more', when: { anonymous: true }, principal: 'other', roles: [] },
    ],
    () => true,
  );
  const found = nobody(ANONYMOUS, NO_CERTIFICATE);
  assert.deepEqual(found.ok && [found.identity.name, found.principal], ['guests', 'guest']);
  const none = compileIdentities(
    [{ name: 'devices', when: { trust: 'iot-ca' }, principal: 'd', roles: [] }],
    () => true,
  );
  assert.deepEqual(none(ANONYMOUS, NO_CERTIFICATE), {
    ok: false,
    reason: 'no identity is for clients without a certificate',
  });
});

test('kafkaPrincipalRules make the principal of the whole subject, as Kafka does', () => {
  const identity = {
    name: 'erp',
    when: { trust: 'partner-ca', subject: { O: 'Acme' } },
    kafkaPrincipalRules: 'RULE:^CN=(.*?),OU=ServiceUsers.*$/$1/L,RULE:^CN=([a-z]+)$/$1@x/',
    roles: [],
  };
  const identify = compileIdentities([identity], () => true);
  const of = (...rdns: Parameters<typeof facts>[0]) => identify('partner-ca', facts(rdns));
  const found = of(rdn('O', 'Acme'), rdn('OU', 'ServiceUsers'), cn('Kafka-01'));
  assert.deepEqual(found.ok && [found.principal, found.variables], ['kafka-01', {}]);
  assert.match((of(rdn('O', 'Acme'), cn('x')) as { reason: string }).reason, /erp: .*rule/);
  const control = of(rdn('O', 'Acme'), rdn('OU', 'a\u0001'));
  assert.match((control as { reason: string }).reason, /erp: .* control character/, 'a subject that has no text');
  const { principal } = compileIdentity(identity, 0, () => true, []);
  assert.deepEqual(principal, [], 'the rules alone make it');
  assert.match((of(rdn('O', 'Other'), cn('x')) as { reason: string }).reason, /no O matches/);
});
