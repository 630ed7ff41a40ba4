import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import test from 'node:test';
import { isPostQuantum } from '../../../../proxy/data-plane/tls/post-quantum.ts';
import { keyProblem } from '../../../../proxy/shared/tls/key-rules.ts';
import { TLS_PROFILE_NAMES, TLS_PROFILES, type TlsProfileName } from '../../../../proxy/shared/tls/profiles.ts';
import { credentials, type KeyName } from '../../data-plane/tls/credentials.ts';

const KEYS: readonly [profile: TlsProfileName, key: KeyName, problem: RegExp | undefined][] = [
  ['mozilla-modern', 'P256', undefined],
  ['mozilla-modern', 'P521', /^an EC key on secp521r1; mozilla-modern allows EC on prime256v1, EC on secp384r1$/],
  ['mozilla-modern', 'RSA3072', /^an RSA key of 3072 bits; mozilla-modern allows EC/],
  ['mozilla-intermediate', 'RSA2048', undefined],
  ['mozilla-intermediate', 'RSA-PSS', undefined],
  ['mozilla-intermediate', 'Ed25519', /^a key of type ed25519; mozilla-intermediate allows RSA from 2048 bits, EC/],
  ['nist-800-52r2', 'P384', undefined],
  ['nist-800-52r2', 'brainpoolP256r1', /brainpoolP256r1/],
  ['bsi-tr-02102-2', 'RSA2048', /^an RSA key of 2048 bits; .* RSA from 3000 bits/],
  ['bsi-tr-02102-2', 'RSA3072', undefined],
  ['bsi-tr-02102-2', 'brainpoolP512r1', undefined],
  ['cnsa2', 'ML-DSA-87', undefined],
  ['cnsa2', 'ML-DSA-65', /^a key of type ml-dsa-65; cnsa2 allows ml-dsa-87$/],
  ['cnsa2', 'P384', /^an EC key on secp384r1; cnsa2 allows ml-dsa-87$/],
];

for (const [name, key, problem] of KEYS) {
  test(`${name} ${problem === undefined ? 'allows' : 'does not allow'} a certificate with a ${key} key`, () => {
    const said = keyProblem(name, new X509Certificate(credentials(key).cert).publicKey);
    if (problem === undefined) assert.equal(said, undefined);
    else assert.match(said ?? '', problem);
  });
}

const [TLS12, TLS13] = [0x0303, 0x0304];
const HELLOS: readonly [profile: TlsProfileName, versions: number[], groups: number[], answer: boolean][] = [
  ['mozilla-modern', [TLS13, TLS12], [29, 4588], true],
  ['mozilla-modern', [TLS13], [29, 23], false],
  ['mozilla-modern', [TLS13], [4587, 29], false],
  // A client of TLS 1.2 may list the group all the same.
  ['mozilla-intermediate', [], [4588, 29], false],
  ['mozilla-intermediate', [TLS12], [4588], false],
  ['nist-800-52r2', [TLS13], [4588, 4587], true],
  ['bsi-tr-02102-2', [TLS13], [4589], true],
  ['bsi-tr-02102-2', [TLS13], [4588, 23], false],
  ['cnsa2', [TLS13], [514], true],
  ['cnsa2', [TLS13], [513], false],
];

test('the ClientHello tells whether the key agreement is a post-quantum one', () => {
  for (const [name, versions, groups, answer] of HELLOS) {
    assert.equal(isPostQuantum(name, { versions, groups }), answer, `${name} ${versions} ${groups}`);
  }
});

test('every profile names its source and a date, and has forward secrecy and authenticated encryption only', () => {
  for (const name of TLS_PROFILE_NAMES) {
    const profile = TLS_PROFILES[name];
    assert.equal(profile.name, name);
    assert.notEqual(profile.source, '');
    assert.equal(new Date(profile.date).toISOString().slice(0, 10), profile.date);
    assert.ok(profile.groups.postQuantum.length > 0);
    for (const suite of profile.suites['TLSv1.2']) assert.match(suite, /^ECDHE-.*(GCM-SHA\d+|CCM|POLY1305)$/);
    assert.equal(profile.suites['TLSv1.2'].length > 0, profile.versions.includes('TLSv1.2'));
  }
});

/** What no reading of the source allows, whatever else changes. */
const NEVER: Readonly<Record<TlsProfileName, RegExp>> = {
  'mozilla-modern': /TLSv1\.2|CCM|rsa|sha1|mldsa/,
  'mozilla-intermediate': /CCM|sha1|P-521|ed25519/,
  'nist-800-52r2': /CHACHA|X25519|X448|brainpool|sha1|ed25519|CCM_8/i,
  'bsi-tr-02102-2': /CHACHA|X25519|X448|rsa_pkcs1|sha1|ed25519|CCM_8/i,
  cnsa2: /TLSv1\.2|AES_128|CHACHA|X25519|SecP|P-256|P-384|MLKEM768|rsa|ecdsa|mldsa65/,
};

test('no profile has what its source excludes', () => {
  for (const name of TLS_PROFILE_NAMES) {
    const { versions, suites, groups, signatures } = TLS_PROFILES[name];
    const all = [...versions, ...Object.values(suites).flat(), ...Object.values(groups).flat(), ...signatures];
    assert.deepEqual(
      all.filter((one) => NEVER[name].test(one)),
      [],
      name,
    );
  }
});
