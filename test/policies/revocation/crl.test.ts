import assert from 'node:assert/strict';
import test from 'node:test';
import { forEachEntry, MAX_CRL_BYTES, readCrl } from '../../../policies/revocation/crl.ts';
import { CrlError } from '../../../policies/revocation/crl-error.ts';
import {
  attribute,
  extension,
  generalizedTime,
  integer,
  name,
  oid,
  sequence,
  tlv,
  utcTime,
  utf8,
} from '../x509/der-writer.ts';
import {
  AUTHORITY_KEY_ID,
  algorithmOf,
  CRL_NUMBER,
  type CrlParts,
  crl,
  crlNumber,
  DISTRIBUTION_POINT,
  deltaOf,
  entry,
  enumerated,
  ISSUER,
  namedPoint,
  reasonCode,
  scopeOf,
  TRUE,
} from './support/crl-writer.ts';

type Entry = readonly [serial: string, date: number, reason: number];

function entriesOf(der: Uint8Array): Entry[] {
  const entries: Entry[] = [];
  forEachEntry(readCrl(der), (bytes, start, end, date, reason) => {
    entries.push([Buffer.from(bytes.subarray(start, end)).toString('hex'), date, reason]);
  });
  return entries;
}

const JUNE = Date.UTC(2025, 5, 1);
const INVALIDITY_DATE = '2.5.29.24';
const CERTIFICATE_ISSUER = '2.5.29.29';
const FRESHEST_CRL = '2.5.29.46';

test('a list gives its parts', () => {
  const keyId = [1, 2, 3, 4];
  const der = crl({
    extensions: [crlNumber(0x01, 0x00), extension(AUTHORITY_KEY_ID, sequence(tlv(0x80, keyId)))],
    entries: [entry([1]), entry([2])],
  });
  const list = readCrl(der);
  assert.equal(list.version, 2);
  assert.equal(list.algorithm.oid, '1.2.840.10045.4.3.2');
  assert.deepEqual(der.subarray(list.issuer.start, list.issuer.end), ISSUER);
  assert.equal(list.thisUpdate, Date.UTC(2026, 0, 1));
  assert.equal(list.nextUpdate, Date.UTC(2027, 0, 1));
  assert.equal(list.count, 2);
  assert.equal(list.number, 256n);
  assert.equal(list.base, undefined);
  assert.deepEqual([...(list.authorityKeyId ?? [])], keyId);
  assert.deepEqual(list.scope, { certificates: 'all', someReasons: false, names: [] });
});

test('entries of every allowed form are read alike', () => {
  const date = extension(INVALIDITY_DATE, generalizedTime('20250101000000Z'));
  const unknown = extension('1.2.3.4', utf8('x'));
  const forms: readonly (readonly [Buffer, Entry])[] = [
    [entry([0x4a, 0x01]), ['4a01', JUNE, 0]],
    [entry([0x00, 0xff]), ['ff', JUNE, 0]],
    [entry([0x00]), ['00', JUNE, 0]],
    [entry(Array<number>(20).fill(0x7f)), ['7f'.repeat(20), JUNE, 0]],
    [entry([5], '250601000000Z', reasonCode(1)), ['05', JUNE, 1]],
    [entry([5], '250601000000Z', reasonCode(0)), ['05', JUNE, 0]],
    [entry([5], '250601000000Z', reasonCode(10)), ['05', JUNE, 10]],
    [entry([5], '250601000000Z', date), ['05', JUNE, 0]],
    [entry([5], '250601000000Z', date, reasonCode(4)), ['05', JUNE, 4]],
    [entry([5], '250601000000Z', unknown, reasonCode(4)), ['05', JUNE, 4]],
    [entry([5], '250601000000Z', extension('2.5.29.21', enumerated(6), TRUE)), ['05', JUNE, 6]],
    [sequence(integer(5), generalizedTime('20250601000000Z')), ['05', JUNE, 0]],
    [
      sequence(integer(5), generalizedTime('20510601000000Z'), sequence(reasonCode(3))),
      ['05', Date.UTC(2051, 5, 1), 3],
    ],
    [entry([5], '500101000000Z'), ['05', Date.UTC(1950, 0, 1), 0]],
    [entry([5], '240229235959Z'), ['05', Date.UTC(2024, 1, 29, 23, 59, 59), 0]],
  ];
  assert.deepEqual(
    entriesOf(crl({ entries: forms.map(([der]) => der) })),
    forms.map(([, expected]) => expected),
  );
});

test('a list without entries, of either form, has none', () => {
  assert.deepEqual(entriesOf(crl({ entries: [] })), []);
  assert.deepEqual(entriesOf(crl({ revoked: sequence() })), []);
});

test('a list of version 1 has no number', () => {
  const list = readCrl(crl({ version: Buffer.alloc(0), extensions: [] }));
  assert.equal(list.version, 1);
  assert.equal(list.number, undefined);
  assert.equal(list.count, 1);
});

test('nextUpdate may be missing', () => {
  assert.equal(readCrl(crl({ nextUpdate: Buffer.alloc(0) })).nextUpdate, undefined);
});

test('a delta names its base and may remove entries', () => {
  const der = crl({ extensions: [crlNumber(9), deltaOf(7)], entries: [entry([1], '250601000000Z', reasonCode(8))] });
  assert.equal(readCrl(der).base, 7n);
  assert.deepEqual(entriesOf(der), [['01', JUNE, 8]]);
});

test('extensions that are not critical and not known are passed over', () => {
  const others = [extension(FRESHEST_CRL, sequence()), extension('1.3.6.1.5.5.7.1.1', sequence())];
  assert.equal(readCrl(crl({ extensions: [crlNumber(7), ...others] })).number, 7n);
});

const flag = (tag: number) => tlv(tag, [0xff]);

test('the scope of a list is read', () => {
  const uri = 'http://crl.example/1.crl';
  const whole = { certificates: 'all', someReasons: false, names: [] };
  const scopes: readonly (readonly [readonly Buffer[], object])[] = [
    [[flag(0x81)], { ...whole, certificates: 'user' }],
    [[flag(0x82)], { ...whole, certificates: 'ca' }],
    [[flag(0x85)], { ...whole, certificates: 'attribute' }],
    [[tlv(0x83, [0x06, 0x40])], { ...whole, someReasons: true }],
    [[namedPoint(uri)], { ...whole, names: [uri] }],
    [[namedPoint(uri, 'ldap://x'), flag(0x81)], { certificates: 'user', someReasons: false, names: [uri, 'ldap://x'] }],
    [[tlv(0xa0, tlv(0xa0, tlv(0x82, [0x61])))], { ...whole, names: ['der:820161'] }],
  ];
  for (const [parts, expected] of scopes) {
    assert.deepEqual(readCrl(crl({ extensions: [crlNumber(7), scopeOf(...parts)] })).scope, expected);
  }
});

const numbered = (...more: readonly Uint8Array[]): CrlParts => ({ extensions: [crlNumber(7), ...more] });
const entries = (...list: readonly Uint8Array[]): CrlParts => ({ entries: list });
const one = (...extensions: readonly Uint8Array[]) => entries(entry([1], '250601000000Z', ...extensions));

const REFUSED: readonly (readonly [what: string, parts: CrlParts, words: RegExp])[] = [
  // the list
  ['version 3', { version: integer(2) }, /version is not v2/],
  ['version 1, written', { version: integer(0) }, /version is not v2/],
  ['two algorithms', { outerAlgorithm: algorithmOf('1.2.840.10045.4.3.3') }, /the two signature algorithms differ/],
  ['an algorithm with more', { algorithm: sequence(oid('1.2.3'), utf8('a'), utf8('b')) }, /left over/],
  ['no issuer', { issuer: name() }, /issuer is empty/],
  ['an issuer with a control character', { issuer: name([attribute('2.5.4.3', utf8('a\nb'))]) }, /control character/],
  ['thisUpdate that is none', { thisUpdate: utcTime('260230000000Z') }, /thisUpdate is not a point in time/],
  ['nextUpdate before thisUpdate', { nextUpdate: utcTime('250101000000Z') }, /nextUpdate is before thisUpdate/],
  ['something behind the extensions', { afterTbs: sequence() }, /tbsCertList has bytes left over/],
  ['something behind the signature', { after: integer(1) }, /the list has bytes left over/],
  ['a signature with unused bits', { signature: tlv(0x03, [1, 0x80]) }, /the signature has unused bits/],
  ['a signature that is none', { signature: tlv(0x04, [0]) }, /the signature has tag 0x04/],
  // its extensions
  ['extensions in version 1', { version: Buffer.alloc(0) }, /a list of version 1 has extensions/],
  ['empty extensions', { extensions: [], afterTbs: tlv(0xa0, sequence()) }, /the extensions of the list are empty/],
  ['an extension twice', numbered(crlNumber(8)), /extension 2\.5\.29\.20 occurs twice/],
  ['an unknown critical extension', numbered(extension('1.2.3.4', utf8('x'), TRUE)), /critical extension 1\.2\.3\.4/],
  ['a critical freshestCRL', numbered(extension(FRESHEST_CRL, sequence(), TRUE)), /critical extension 2\.5\.29\.46/],
  ['critical, written FALSE', numbered(extension('1.2.3', utf8('x'), tlv(0x01, [0]))), /although it is the default/],
  ['a critical CRLNumber', { extensions: [extension(CRL_NUMBER, integer(7), TRUE)] }, /CRLNumber is critical/],
  ['a negative CRLNumber', { extensions: [crlNumber(0x80)] }, /CRLNumber is negative/],
  ['a padded CRLNumber', { extensions: [crlNumber(0, 7)] }, /CRLNumber is padded/],
  ['a CRLNumber of 21 octets', { extensions: [crlNumber(...Array<number>(21).fill(1))] }, /over 20 octets/],
  ['a negative BaseCRLNumber', numbered(deltaOf(0xff)), /BaseCRLNumber is negative/],
  // its scope
  ['an indirect list', numbered(scopeOf(flag(0x84))), /indirect/],
  ['an empty scope', numbered(scopeOf()), /issuingDistributionPoint is empty/],
  ['two kinds of certificates', numbered(scopeOf(flag(0x81), flag(0x82))), /two kinds of certificates/],
  ['parts of the scope in disorder', numbered(scopeOf(flag(0x82), flag(0x81))), /left over/],
  ['a FALSE that is written', numbered(scopeOf(tlv(0x81, [0]))), /onlyContainsUserCerts is not a canonical TRUE/],
  ['a name relative to the issuer', numbered(scopeOf(tlv(0xa0, tlv(0xa1)))), /relative to the issuer/],
  ['a point without names', numbered(scopeOf(tlv(0xa0, tlv(0xa0)))), /fullName of the distribution point is empty/],
  [
    'a scope that is no sequence',
    numbered(extension(DISTRIBUTION_POINT, utf8('x'), TRUE)),
    /issuingDistributionPoint has tag/,
  ],
  // its entries
  ['an entry that is no sequence', entries(integer(1)), /an entry has tag 0x02/],
  ['an entry without a date', entries(sequence(integer(1))), /revocationDate is missing/],
  [
    'an entry with more',
    entries(sequence(integer(1), utcTime('250601000000Z'), utf8('x'))),
    /the extensions of an entry has tag/,
  ],
  ['a negative serial number', entries(entry([0x80])), /negative/],
  ['a padded serial number', entries(entry([0, 0x7f])), /padded/],
  ['an empty serial number', entries(entry([])), /empty/],
  ['a serial number of 21 octets', entries(entry(Array<number>(21).fill(1))), /over 20 octets/],
  ['a date of month 13', entries(entry([1], '251301000000Z')), /revocationDate is not a point in time/],
  ['a date of February 29', entries(entry([1], '250229000000Z')), /revocationDate is not a point in time/],
  ['a date with an offset', entries(entry([1], '2506010000+01')), /revocationDate is not of the form/],
  ['a date with a letter', entries(entry([1], '25060100000xZ')), /no digit/],
  ['entry extensions in version 1', { ...one(reasonCode(1)), version: Buffer.alloc(0), extensions: [] }, /version 1/],
  ['empty entry extensions', entries(sequence(integer(1), utcTime('250601000000Z'), sequence())), /are empty/],
  ['reason 7', one(reasonCode(7)), /reasonCode is none of RFC 5280/],
  ['reason 11', one(reasonCode(11)), /reasonCode is none of RFC 5280/],
  ['a reason of two octets', one(extension('2.5.29.21', tlv(0x0a, [0, 1]))), /reasonCode is none of RFC 5280/],
  ['a reason that is an INTEGER', one(extension('2.5.29.21', integer(1))), /reasonCode has tag 0x02/],
  ['removeFromCRL in a complete list', one(reasonCode(8)), /removeFromCRL in a list that is no delta/],
  ['an entry of another issuer', one(extension(CERTIFICATE_ISSUER, sequence(), TRUE)), /another issuer/],
  ['the same, not critical', one(extension(CERTIFICATE_ISSUER, sequence())), /another issuer/],
  ['an unknown critical entry extension', one(extension('1.2.3.4', utf8('x'), TRUE)), /critical extension 1\.2\.3\.4/],
  ['an invalidityDate in UTCTime', one(extension(INVALIDITY_DATE, utcTime('250101000000Z'))), /no GeneralizedTime/],
  ['a fault in the second entry', entries(entry([1]), entry([0x80])), /negative/],
];

for (const [what, parts, words] of REFUSED) {
  test(`refused: ${what}`, () => {
    assert.throws(
      () => readCrl(crl(parts)),
      (error) =>
        error instanceof CrlError && words.test(error.message) && error.message.endsWith(`(at byte ${error.at})`),
    );
  });
}

test('refused: an invalidity date whose last two octets are the beginning of the next entry', () => {
  const date = extension(INVALIDITY_DATE, generalizedTime('20250101000000Z'));
  const next = entry([1], '250601000000Z', extension('1.2.3.4', utf8('x'.repeat(59))));
  assert.equal(next.subarray(0, 2).toString(), '0Z');
  const cut = entry([1], '250601000000Z', date.subarray(0, -2));
  assert.throws(() => readCrl(crl({ entries: [cut, next] })), CrlError);
  assert.equal(readCrl(crl({ entries: [entry([1], '250601000000Z', date), next] })).count, 2);
});

test('a list longer than 64 MiB is refused unread', () => {
  assert.throws(() => readCrl(new Uint8Array(MAX_CRL_BYTES + 1)), CrlError);
});
