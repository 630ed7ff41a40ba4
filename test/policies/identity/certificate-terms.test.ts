import assert from 'node:assert/strict';
import test from 'node:test';
import { checkIdentities, compileIdentities } from '../../../policies/identity/identity.ts';
import type { IdentitySource } from '../../../policies/source.ts';
import type { CertificateFacts } from '../../../policies/types.ts';
import { facts, rdns } from './facts.ts';

type When = IdentitySource['when'];

const CLIENT = '1.3.6.1.5.5.7.3.2';
const SERVER = '1.3.6.1.5.5.7.3.1';
const NOW = 1_000_000;

function identity(when: When): IdentitySource {
  return { name: 'x', when: { trust: 't', ...when }, principal: 'p', roles: [] };
}

const issued = (issuer: Record<string, string[]>): Partial<CertificateFacts> => ({
  issuer: facts(rdns(issuer)).subject,
});
const aged = (age: number): Partial<CertificateFacts> => ({ notBefore: NOW - age });
const names = (san: Partial<CertificateFacts['san']>): Partial<CertificateFacts> => ({ san: facts([], san).san });

/** `reason`: undefined where the certificate matches. */
const CASES: readonly [when: When, shown: Partial<CertificateFacts>, reason?: RegExp][] = [
  [{ issuer: { CN: 'Plant CA*' } }, issued({ CN: ['Plant CA 2'] })],
  [{ issuer: { CN: 'Plant CA*' } }, issued({ CN: ['Old CA'] }), /no issuer CN matches "Plant CA\*": it is "Old CA"/],
  [{ issuer: { CN: 'Plant CA*' } }, issued({ O: ['Plant CA'] }), /the issuer has no CN/],
  [{ issuer: { CN: 'a' } }, issued({ CN: ['a', 'b'] }), /the issuer has 2 attributes CN/],
  [{ issuer: { OU: ['a', 'b'] } }, issued({ OU: ['b', 'c', 'a'] })],
  [{ issuer: { OU: ['a', 'b'] } }, issued({ OU: ['b'] }), /no issuer OU matches "a"/],
  // The subject is not the issuer.
  [{ issuer: { O: 'a' } }, { subject: facts(rdns({ O: ['a'] })).subject }, /the issuer has no O/],
  [{ eku: 'clientAuth' }, { eku: [SERVER, CLIENT] }],
  [{ eku: 'serverAuth' }, { eku: [SERVER] }],
  [{ eku: 'clientAuth' }, { eku: [SERVER] }, /does not name clientAuth/],
  [{ eku: 'clientAuth' }, { eku: [] }, /does not name clientAuth/],
  [{ eku: 'clientAuth' }, { eku: ['2.5.29.37.0'] }, /does not name clientAuth/],
  [{ eku: ['anyExtendedKeyUsage'] }, { eku: ['2.5.29.37.0'] }],
  [{ eku: ['clientAuth', '1.3.6.1.4.1.5'] }, { eku: ['1.3.6.1.4.1.5', CLIENT] }],
  [{ eku: ['clientAuth', '1.3.6.1.4.1.5'] }, { eku: [CLIENT] }, /does not name 1\.3\.6\.1\.4\.1\.5/],
  [{ serial: '4a3f09' }, { serial: '4A3F09' }],
  [{ serial: '4A:3F:09' }, { serial: '4A3F09' }],
  [{ serial: '0001' }, { serial: '01' }],
  [{ serial: ['02', '01'] }, { serial: '01' }],
  [{ serial: '4A' }, { serial: '4A00' }, /the serial number is 4A00, which is not asked for/],
  [{ serial: ['02', '03'] }, { serial: '01' }, /not asked for/],
  [{ age: { max: 100 } }, aged(100)],
  [{ age: { max: 100 } }, aged(101), /is older than 0\.1 s/],
  [{ age: { max: 100 } }, aged(-5)],
  [{ age: { min: 100 } }, aged(100)],
  [{ age: { min: 100 } }, aged(99), /is younger than 0\.1 s/],
  [{ age: { min: 10, max: 100 } }, aged(50)],
  [{ age: { min: 10, max: 100 } }, aged(5), /younger/],
  [{ san: { dns: ['a.x', '{h}.y'] } }, names({ dns: ['b.y', 'c.z', 'A.x'] })],
  [{ san: { dns: ['a.x', '{h}.y'] } }, names({ dns: ['a.x'] }), /no SAN dns matches "\{h\}\.y"/],
  [{ san: { dns: ['a.x', '{h}.y'] } }, names({ dns: ['b.y'] }), /no SAN dns matches "a\.x"/],
  [{ san: { uri: ['urn:a', 'urn:b:{n}'] } }, names({ uri: ['urn:b:1', 'urn:a'] })],
  [{ san: { uri: ['u:{n}', 'v:{n}'] } }, names({ uri: ['u:1', 'v:2'] }), /two different values/],
  [{ san: { ip: ['::1', '192.0.2.1'] } }, names({ ip: ['192.0.2.1', '::1'] })],
  [{ san: { ip: ['::1', '192.0.2.1'] } }, names({ ip: ['::1'] }), /no SAN ip matches "192\.0\.2\.1"/],
  [{ san: { email: ['a@x', 'b@x'] } }, names({ email: ['a@x'] }), /no SAN email matches "b@x"/],
];

for (const [when, shown, reason] of CASES) {
  test(`${JSON.stringify(when)} ${reason ? 'refuses' : 'matches'} ${JSON.stringify(shown).slice(0, 80)}`, () => {
    const found = compileIdentities([identity(when)], () => true)('t', { ...facts([]), ...shown }, NOW);
    if (reason === undefined) assert.ok(found.ok, JSON.stringify(found));
    else assert.match(found.ok ? 'it matches' : found.reason, reason);
  });
}

test('without a time no certificate is of an age', () => {
  const sources = [identity({ age: { max: 1 } }), { ...identity({}), name: 'y' }];
  const found = compileIdentities(sources, () => true)('t', facts([]));
  assert.ok(found.ok && found.identity.name === 'y');
  const alone = compileIdentities(sources.slice(0, 1), () => true)('t', facts([]));
  assert.match(alone.ok ? '' : alone.reason, /no time to judge it at was given/);
});

const FAULTS: readonly [when: When, path: string, message: RegExp][] = [
  [{ issuer: {} }, 'issuer', /is empty; leave it out to match any issuer/],
  [{ issuer: { cn: 'a' } }, 'issuer.cn', /unknown issuer attribute; write CN/],
  [{ issuer: { CN: '{a}' } }, 'issuer.CN', /the variable \{a\}: nothing is taken from the issuer/],
  [{ issuer: { CN: ['a', '{b:x}'] } }, 'issuer.CN[1]', /nothing is taken from the issuer/],
  [{ eku: [] }, 'eku', /list of purposes is empty/],
  [{ eku: 'client' }, 'eku', /neither one of serverAuth, clientAuth, anyExtendedKeyUsage nor a dotted OID/],
  [{ eku: ['clientAuth', '1.02.3'] }, 'eku[1]', /dotted OID/],
  [{ serial: [] }, 'serial', /list of serial numbers is empty/],
  [{ serial: 'xyz' }, 'serial', /1 to 40 hexadecimal digits/],
  [{ serial: ['01', ''] }, 'serial[1]', /1 to 40 hexadecimal digits/],
  [{ serial: '1'.repeat(41) }, 'serial', /1 to 40 hexadecimal digits/],
  [{ age: {} }, 'age', /neither "min" nor "max"/],
  [{ age: { min: 2, max: 1 } }, 'age', /"min" is more than "max"/],
  [{ san: { dns: [] } }, 'san.dns', /list of patterns is empty/],
  [{ san: { uri: ['urn:a', 'urn:{CN}'] } }, 'san.uri[1]', /name of a subject attribute/],
];

for (const [when, path, message] of FAULTS) {
  test(`reports ${JSON.stringify(when)}`, () => {
    const problems = checkIdentities([identity(when)]);
    assert.deepEqual(
      problems.map((problem) => problem.path),
      [`identities[0].when.${path}`],
    );
    assert.match(problems[0]?.message ?? '', message);
  });
}

test('a constraint in a principal is refused, and one identity without certificate asks for nothing else', () => {
  const constrained = { ...identity({ subject: { CN: '{a}' } }), principal: '{a:x}' };
  assert.match(checkIdentities([constrained])[0]?.message ?? '', /belongs into the pattern/);
  const nobody = { ...identity({}), when: { anonymous: true as const, age: { max: 1 } } };
  assert.match(checkIdentities([nobody])[0]?.message ?? '', /stands alone/);
});
