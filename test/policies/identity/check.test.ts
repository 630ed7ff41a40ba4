import assert from 'node:assert/strict';
import test from 'node:test';
import {
  checkIdentities,
  compileIdentities,
  IdentityError,
  identityVariables,
} from '../../../policies/identity/identity.ts';
import type { IdentitySource } from '../../../policies/source.ts';

const valid: IdentitySource = {
  name: 'x',
  when: { trust: 't', subject: { O: 'Acme' }, san: { uri: 'spiffe://acme/{plant}/{device}' } },
  principal: '{device}',
  roles: ['device'],
};
const roles = (role: string) => role === 'device';

const CASES: readonly [what: string, change: Partial<IdentitySource>, path: string, message: RegExp][] = [
  ['an empty name', { name: '' }, 'name', /is empty/],
  ['both kinds of principal', { kafkaPrincipalRules: 'DEFAULT' }, 'principal', /only one/],
  [
    'broken rules',
    { principal: undefined as never, kafkaPrincipalRules: 'RULE:(?=x)/$1/' },
    'kafkaPrincipalRules',
    /./,
  ],
  ['nobody with a subject', { when: { anonymous: true, subject: { O: 'a' } }, principal: 'x' }, 'when', /stands alone/],
  ['no principal', { principal: undefined as never }, 'principal', /is needed/],
  ['a constraint in the principal', { principal: '{device:[a-z]+}' }, 'principal', /belongs into the pattern/],
  [
    'rules for nobody',
    { when: { anonymous: true }, principal: undefined as never, kafkaPrincipalRules: 'DEFAULT' },
    'kafkaPrincipalRules',
    /no subject to map/,
  ],
  [
    'a name of 65 characters',
    { when: { trust: 't', subject: { CN: `{${'v'.repeat(65)}}` } }, principal: 'x' },
    'when.subject.CN',
    /up to 63 letters/,
  ],
  ['nobody with a name', { when: { anonymous: true }, principal: '{CN}' }, 'principal', /has no attribute CN/],
  ['no trust store', { when: {}, principal: 'x' }, 'when.trust', /is empty/],
  ['an empty trust store', { when: { trust: '' }, principal: 'x' }, 'when.trust', /is empty/],
  ['an empty subject', { when: { trust: 't', subject: {} }, principal: 'x' }, 'when.subject', /is empty/],
  ['an empty san', { when: { trust: 't', san: {} }, principal: 'x' }, 'when.san', /is empty/],
  [
    'an unknown attribute',
    { when: { trust: 't', subject: { XY: 'a' } }, principal: 'x' },
    'when.subject.XY',
    /unknown subject attribute$/,
  ],
  [
    'a lower-case attribute',
    { when: { trust: 't', subject: { cn: 'a' } }, principal: 'x' },
    'when.subject.cn',
    /unknown subject attribute; write CN/,
  ],
  [
    'an attribute by name and by OID',
    { when: { trust: 't', subject: { CN: 'a', '2.5.4.3': 'a' } }, principal: 'x' },
    'when.subject.2.5.4.3',
    /CN is named twice/,
  ],
  [
    'an attribute of Object',
    { when: { trust: 't', subject: { constructor: 'a' } }, principal: 'x' },
    'when.subject.constructor',
    /unknown/,
  ],
  [
    'an empty pattern',
    { when: { trust: 't', subject: { CN: '' } }, principal: 'x' },
    'when.subject.CN',
    /the pattern is empty/,
  ],
  [
    'an empty list',
    { when: { trust: 't', subject: { CN: [] } }, principal: 'x' },
    'when.subject.CN',
    /list of patterns is empty/,
  ],
  [
    'a fault within a list',
    { when: { trust: 't', subject: { CN: ['a', '{'] } }, principal: 'x' },
    'when.subject.CN[1]',
    /"\{" without its "\}"/,
  ],
  [
    'an opening brace alone',
    { when: { trust: 't', san: { uri: 'a/{b' } }, principal: 'x' },
    'when.san.uri',
    /"\{" without its "\}"/,
  ],
  [
    'a closing brace alone',
    { when: { trust: 't', san: { uri: 'a/b}' } }, principal: 'x' },
    'when.san.uri',
    /"\}" without its "\{"/,
  ],
  [
    'doubled braces',
    { when: { trust: 't', san: { uri: '{{a}}' } }, principal: 'x' },
    'when.san.uri',
    /the variable \{\{a\}/,
  ],
  [
    'an empty variable',
    { when: { trust: 't', san: { uri: 'a/{}' } }, principal: 'x' },
    'when.san.uri',
    /the variable \{\}/,
  ],
  [
    'a variable over two levels',
    { when: { trust: 't', san: { uri: '{a/b}' } }, principal: 'x' },
    'when.san.uri',
    /the variable \{a\/b\}/,
  ],
  [
    'a variable that begins with a digit',
    { when: { trust: 't', san: { uri: '{1a}' } }, principal: 'x' },
    'when.san.uri',
    /the variable \{1a\}/,
  ],
  [
    'a variable named as an attribute',
    { when: { trust: 't', san: { uri: 'a/{CN}' } }, principal: '{CN}' },
    'when.san.uri',
    /name of a subject attribute/,
  ],
  [
    'two variables side by side',
    { when: { trust: 't', san: { uri: 'a/{b}{c}' } }, principal: 'x' },
    'when.san.uri',
    /two placeholders without text between/,
  ],
  [
    'a variable beside a star',
    { when: { trust: 't', subject: { CN: '{b}*' } }, principal: 'x' },
    'when.subject.CN',
    /two placeholders without text between/,
  ],
  [
    'a star in a URI',
    { when: { trust: 't', san: { uri: 'spiffe://acme/*' } }, principal: 'x' },
    'when.san.uri',
    /only subject patterns know/,
  ],
  [
    'a control character',
    { when: { trust: 't', subject: { CN: 'a\n' } }, principal: 'x' },
    'when.subject.CN',
    /control character/,
  ],
  [
    'a pattern without end',
    { when: { trust: 't', subject: { CN: 'a'.repeat(1025) } }, principal: 'x' },
    'when.subject.CN',
    /longer than 1024/,
  ],
  [
    'an e-mail pattern without domain',
    { when: { trust: 't', san: { email: '{user}' } }, principal: 'x' },
    'when.san.email',
    /local@domain/,
  ],
  [
    'an IP address that is none',
    { when: { trust: 't', san: { ip: '10.0.0.0/8' } }, principal: 'x' },
    'when.san.ip',
    /is not an IP address/,
  ],
  ['an empty principal', { principal: '' }, 'principal', /the principal is empty/],
  ['an unknown variable in the principal', { principal: '{devcie}' }, 'principal', /\{devcie\} is neither/],
  ['a lower-case attribute in the principal', { principal: '{cn}' }, 'principal', /\{cn\} is neither/],
  ['two placeholders side by side in the principal', { principal: '{plant}{device}' }, 'principal', /two placeholders/],
  ['a control character in the principal', { principal: 'a\0{device}' }, 'principal', /control character/],
  ['an unknown role', { roles: ['device', 'erp'] }, 'roles[1]', /there is no role "erp"/],
];

test('the identity that the faulty ones are made from has no fault', () => {
  assert.deepEqual(checkIdentities([valid], roles), []);
});

test('a pattern may have 1024 characters, and a variable a name of 64', () => {
  const long: IdentitySource = {
    ...valid,
    when: { trust: 't', subject: { CN: `{${'v'.repeat(64)}}`, O: 'a'.repeat(1024) } },
    principal: `{${'v'.repeat(64)}}`,
  };
  assert.deepEqual(checkIdentities([long], roles), []);
});

test('a client without a certificate needs a principal and no trust store', () => {
  assert.deepEqual(checkIdentities([{ ...valid, when: { anonymous: true }, principal: 'guest' }], roles), []);
});

for (const [what, change, path, message] of CASES) {
  test(`reports ${what}`, () => {
    const problems = checkIdentities([{ ...valid, ...change }], roles);
    const at = problems.filter((problem) => problem.path === `identities[0].${path}`);
    assert.equal(problems.length, at.length, JSON.stringify(problems));
    assert.match(at.map((problem) => problem.message).join('\n'), message);
  });
}

test('all faults of all identities are reported at once, and nothing is compiled', () => {
  const sources = [valid, { ...valid, principal: '{x}', roles: ['y'] }, { ...valid, name: 'z', when: { trust: '' } }];
  const paths = [
    'identities[1].name',
    'identities[1].principal',
    'identities[1].roles[0]',
    'identities[2].when.trust',
    'identities[2].principal',
  ];
  assert.deepEqual(
    checkIdentities(sources, roles).map(({ path }) => path),
    paths,
  );
  assert.throws(
    () => compileIdentities(sources, roles),
    (error) => error instanceof IdentityError && error.problems.length === paths.length,
  );
});

test('the variables of an identity are those of its patterns and the attributes of its principal', () => {
  assert.deepEqual(identityVariables({ ...valid, principal: '{CN}.{device}' }), ['plant', 'device', 'CN']);
  assert.deepEqual(
    identityVariables({ ...valid, when: { trust: 't', subject: { CN: '{a}-{b}', OU: '{a}' } }, principal: '{a}' }),
    ['a', 'b'],
  );
});
