import assert from 'node:assert/strict';
import test from 'node:test';
import type { DistributionPoint } from '../../../policies/revocation/distribution-points.ts';
import { listUrls } from '../../../policies/revocation/list-urls.ts';

const HOSTS = ['crl.example', '192.0.2.1', '[2001:db8::1]'];
const point = (names: readonly string[], more: Partial<DistributionPoint> = {}): DistributionPoint => ({
  names,
  someReasons: false,
  otherIssuer: false,
  ...more,
});

const CASES: readonly (readonly [
  what: string,
  points: readonly DistributionPoint[],
  urls: string[],
  words: RegExp[],
])[] = [
  ['nothing', [], [], []],
  [
    'two places, one of them twice',
    [point(['http://crl.example/a', 'https://crl.example:8443/b']), point(['HTTP://CRL.example:80/a'])],
    ['http://crl.example/a', 'https://crl.example:8443/b'],
    [],
  ],
  [
    'addresses',
    [point(['http://192.0.2.1/', 'http://[2001:db8::1]/'])],
    ['http://192.0.2.1/', 'http://[2001:db8::1]/'],
    [],
  ],
  ['an address in disguise', [point(['http://0xc0.0.2.1/'])], ['http://192.0.2.1/'], []],
  ['another address in disguise', [point(['http://2130706433/'])], [], [/host 127\.0\.0\.1 is not one/]],
  ['a host below one that is allowed', [point(['http://a.crl.example/'])], [], [/host a\.crl\.example is not one/]],
  ['a host that begins as one', [point(['http://crl.example.evil/'])], [], [/crl\.example\.evil/]],
  ['a host behind a user', [point(['http://crl.example@evil.example/'])], [], [/user name or password/]],
  ['a user before the host', [point(['http://user@crl.example/'])], [], [/user name or password/]],
  ['a name with a dot at its end', [point(['http://crl.example./'])], [], [/crl\.example\. is not one/]],
  ['other schemes', [point(['ldap://crl.example/', 'file:///etc/passwd', 'no url'])], [], [/no http or https URL/]],
  ['names of other kinds', [point(['der:a40a']), point([])], [], [/no http or https URL/, /names no URL/]],
  ['some reasons', [point(['http://crl.example/'], { someReasons: true })], [], [/some reasons only/]],
  ['another issuer', [point(['http://crl.example/'], { otherIssuer: true })], [], [/another authority/]],
  [
    'a good one beside a bad one',
    [point(['ldap://x/', 'http://crl.example/a'])],
    ['http://crl.example/a'],
    [/no http/],
  ],
  ['a long one', [point([`http://crl.example/${'a'.repeat(1100)}`])], [], [/more than 1024 characters/]],
];

for (const [what, points, urls, words] of CASES) {
  test(`places of lists: ${what}`, () => {
    const found = listUrls(points, HOSTS);
    assert.deepEqual(found.urls, urls);
    assert.equal(found.unusable.length, words.length, found.unusable.join());
    for (const [i, pattern] of words.entries()) assert.match(found.unusable[i] ?? '', pattern);
  });
}

test('of one certificate no more than eight places are looked at', () => {
  const many = Array.from({ length: 32 }, (_, i) => `http://crl.example/${i}`);
  const { urls, unusable } = listUrls([point(many)], HOSTS);
  assert.deepEqual(urls, many.slice(0, 8));
  assert.deepEqual(unusable, ['of 32 URLs the first 8 are looked at']);
});
