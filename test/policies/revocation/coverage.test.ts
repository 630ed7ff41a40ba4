import assert from 'node:assert/strict';
import test from 'node:test';
import type { ListRecord } from '../../../policies/revocation/build-index.ts';
import { type CoveredCertificate, coverage } from '../../../policies/revocation/coverage.ts';
import type { CrlScope } from '../../../policies/revocation/crl-scope.ts';
import { type DistributionPoint, readDistributionPoints } from '../../../policies/revocation/distribution-points.ts';
import { DerReader, X509Error } from '../../../policies/x509/der.ts';
import { ascii, sequence, tlv } from '../x509/der-writer.ts';
import { namedPoint } from './support/crl-writer.ts';

const NOW = 1000;

const list = (name: string, freshUntil: number, scope: Partial<CrlScope> = {}): ListRecord => ({
  name,
  number: '1',
  thisUpdate: 0,
  nextUpdate: freshUntil,
  freshUntil,
  count: 0,
  scope: { certificates: 'all', someReasons: false, names: [], ...scope },
});
const point = (...names: readonly string[]): DistributionPoint => ({ names, someReasons: false, otherIssuer: false });
const leaf = (...points: readonly DistributionPoint[]): CoveredCertificate => ({ isCa: false, points });
const authority: CoveredCertificate = { isCa: true, points: [] };

const CASES: readonly (readonly [
  string,
  readonly ListRecord[],
  CoveredCertificate,
  'good' | 'stale' | 'none',
  string?,
])[] = [
  ['no list', [], leaf(), 'none'],
  ['a fresh list of all', [list('a', NOW)], leaf(), 'good', 'a'],
  ['a list that ran out', [list('a', NOW - 1)], leaf(), 'stale', 'a'],
  ['a fresh one beside it', [list('a', NOW - 1), list('b', NOW + 1), list('c', NOW)], leaf(), 'good', 'b'],
  ['end entities, asked for one', [list('a', NOW, { certificates: 'user' })], leaf(), 'good', 'a'],
  ['end entities, asked for an authority', [list('a', NOW, { certificates: 'user' })], authority, 'none'],
  ['authorities, asked for one', [list('a', NOW, { certificates: 'ca' })], authority, 'good', 'a'],
  ['authorities, asked for an end entity', [list('a', NOW, { certificates: 'ca' })], leaf(), 'none'],
  ['attribute certificates', [list('a', NOW, { certificates: 'attribute' })], leaf(), 'none'],
  ['some reasons', [list('a', NOW, { someReasons: true })], leaf(), 'none'],
  [
    'a point that the certificate names',
    [list('a', NOW, { names: ['u', 'v'] })],
    leaf(point('x'), point('v')),
    'good',
    'a',
  ],
  ['a point that it does not name', [list('a', NOW, { names: ['u'] })], leaf(point('x')), 'none'],
  ['a point, and a certificate without', [list('a', NOW, { names: ['u'] })], leaf(), 'none'],
  ['a point of another issuer', [list('a', NOW, { names: ['u'] })], leaf({ ...point('u'), otherIssuer: true }), 'none'],
  ['a point of some reasons', [list('a', NOW, { names: ['u'] })], leaf({ ...point('u'), someReasons: true }), 'none'],
  ['all, and a certificate with points', [list('a', NOW)], leaf(point('x')), 'good', 'a'],
  [
    'a fresh list of others beside an old one',
    [list('a', NOW - 1), list('b', NOW, { certificates: 'ca' })],
    leaf(),
    'stale',
    'a',
  ],
];

for (const [what, lists, certificate, state, name] of CASES) {
  test(`${state}: ${what}`, () => {
    const found = coverage(lists, certificate, NOW);
    assert.deepEqual([found.state, found.list?.name], [state, name]);
  });
}

test('the distribution points of a certificate are read', () => {
  const der = sequence(
    sequence(namedPoint('http://a.example/1.crl', 'ldap://a')),
    sequence(namedPoint('http://b.example'), tlv(0x81, [0x06, 0x40]), tlv(0xa2, sequence())),
    sequence(),
    sequence(tlv(0xa0, tlv(0xa1, ascii(0x13, 'relative')))),
  );
  assert.deepEqual(readDistributionPoints(new DerReader(der)), [
    { names: ['http://a.example/1.crl', 'ldap://a'], someReasons: false, otherIssuer: false },
    { names: ['http://b.example'], someReasons: true, otherIssuer: true },
    { names: [], someReasons: false, otherIssuer: false },
    { names: [], someReasons: false, otherIssuer: false },
  ]);
});

test('malformed distribution points are refused', () => {
  const uri = ascii(0x86, 'http://a');
  const malformed = [
    sequence(),
    sequence(uri),
    sequence(sequence(uri)),
    sequence(sequence(tlv(0xa0, tlv(0xa0)))),
    sequence(sequence(tlv(0xa0), tlv(0xa1))),
    sequence(sequence(namedPoint('a\nb'))),
    sequence(sequence(namedPoint('http://a'), namedPoint('http://b'))),
    sequence(...Array.from({ length: 33 }, () => sequence())),
    sequence(sequence(namedPoint(...Array.from({ length: 33 }, () => 'http://a')))),
    Buffer.concat([sequence(sequence()), sequence()]),
  ];
  for (const der of malformed)
    assert.throws(() => readDistributionPoints(new DerReader(der)), X509Error, der.toString('hex'));
});
