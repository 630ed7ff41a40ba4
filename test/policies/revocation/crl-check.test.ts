import assert from 'node:assert/strict';
import test from 'node:test';
import { type Crl, readCrl } from '../../../policies/revocation/crl.ts';
import { type CrlCheckOptions, type CrlIssuer, checkCrl } from '../../../policies/revocation/crl-check.ts';
import { type HighestNumbers, readHighestNumbers } from '../../../policies/revocation/highest-numbers.ts';
import { attribute, CN, extension, name, sequence, tlv, utcTime, utf8 } from '../x509/der-writer.ts';
import {
  AUTHORITY_KEY_ID,
  type CrlParts,
  crl,
  crlNumber,
  entry,
  ISSUER,
  namedPoint,
  scopeOf,
} from './support/crl-writer.ts';
import { testKey, verifySignature } from './support/signing.ts';

const key = testKey();
const ISSUED: CrlIssuer = {
  name: ISSUER,
  spki: key.spki,
  keyHash: key.keyHash,
  keyId: Buffer.from([1, 2]),
  signsCrls: true,
};
const DAY = 86_400_000;
const NEXT = Date.UTC(2027, 0, 1);
const OPTIONS: CrlCheckOptions = {
  now: Date.UTC(2026, 5, 1),
  skew: 0,
  maxStaleness: 0,
  highest: {},
  verify: verifySignature,
};

const signed = (parts: CrlParts = {}): Crl => readCrl(crl({ key, ...parts }));
const numbered = (number: number, parts: CrlParts = {}) => signed({ extensions: [crlNumber(number)], ...parts });
const keyId = (...octets: number[]) => ({
  extensions: [crlNumber(7), extension(AUTHORITY_KEY_ID, sequence(tlv(0x80, octets)))],
});

function highestAfter(list: Crl, highest: HighestNumbers = {}): HighestNumbers {
  const verdict = checkCrl(list, ISSUED, { ...OPTIONS, highest });
  assert.ok(verdict.ok, verdict.ok ? '' : verdict.reason);
  // As it comes back after a restart.
  return readHighestNumbers(JSON.parse(JSON.stringify(verdict.highest))) ?? assert.fail('not readable');
}

const tampered = crl({ key });
tampered[tampered.indexOf(Buffer.from([0x4a, 0x01])) + 1] = 0x02;

const REFUSED: readonly (readonly [string, Crl, Partial<CrlIssuer>, Partial<CrlCheckOptions>, RegExp])[] = [
  ['of another name', signed({ issuer: name([attribute(CN, utf8('Other CA'))]) }), {}, {}, /another issuer/],
  ['signed with another key', signed({ key: testKey() }), {}, {}, /signature of the list is not that of its issuer/],
  ['changed after it was signed', readCrl(tampered), {}, {}, /signature of the list/],
  ['that names another key', signed(keyId(3, 4)), {}, {}, /another key of its issuer/],
  ['of an issuer without cRLSign', signed(), { signsCrls: false }, {}, /keyUsage without cRLSign/],
  ['without a number', signed({ extensions: [] }), {}, {}, /no CRLNumber/],
  ['of version 1', signed({ version: Buffer.alloc(0), extensions: [] }), {}, {}, /no CRLNumber/],
  ['of tomorrow', signed(), {}, { now: Date.UTC(2026, 0, 1) - 1 }, /in the future, at 2026-01-01T00:00:00/],
  ['of tomorrow, beyond the skew', signed(), {}, { now: Date.UTC(2026, 0, 1) - 1001, skew: 1000 }, /in the future/],
];

for (const [what, list, issuer, options, words] of REFUSED) {
  test(`refused: a list ${what}`, () => {
    const verdict = checkCrl(list, { ...ISSUED, ...issuer }, { ...OPTIONS, ...options });
    assert.ok(!verdict.ok && words.test(verdict.reason), JSON.stringify(verdict));
  });
}

const USED: readonly (readonly [string, Crl, Partial<CrlCheckOptions & CrlIssuer>, 'fresh' | 'stale', number])[] = [
  ['that is in time', signed(), {}, 'fresh', NEXT],
  ['that names the key', signed(keyId(1, 2)), {}, 'fresh', NEXT],
  ['of now', signed(), { now: Date.UTC(2026, 0, 1) }, 'fresh', NEXT],
  ['of tomorrow, within the skew', signed(), { now: Date.UTC(2026, 0, 1) - 1000, skew: 1000 }, 'fresh', NEXT + 1000],
  ['at its nextUpdate', signed(), { now: NEXT }, 'fresh', NEXT],
  ['after its nextUpdate', signed(), { now: NEXT + 1 }, 'stale', NEXT],
  ['after it, within the skew', signed(), { now: NEXT + 1000, skew: 1000 }, 'fresh', NEXT + 1000],
  ['after it, within maxStaleness', signed(), { now: NEXT + DAY, maxStaleness: DAY }, 'fresh', NEXT + DAY],
  ['after maxStaleness', signed(), { now: NEXT + DAY + 1, maxStaleness: DAY }, 'stale', NEXT + DAY],
  ['that has no nextUpdate', signed({ nextUpdate: Buffer.alloc(0) }), {}, 'stale', Date.UTC(2026, 0, 1)],
  ['whose issuer has no key identifier', signed(keyId(9)), { keyId: undefined }, 'fresh', NEXT],
];

for (const [what, list, options, freshness, freshUntil] of USED) {
  test(`${freshness}: a list ${what}`, () => {
    const verdict = checkCrl(list, { ...ISSUED, ...options }, { ...OPTIONS, ...options });
    assert.ok(verdict.ok, JSON.stringify(verdict));
    assert.deepEqual([verdict.freshness, verdict.freshUntil], [freshness, freshUntil]);
  });
}

const other = { entries: [entry([0x77])] };
const later = { thisUpdate: utcTime('260102000000Z') };
const earlier = { thisUpdate: utcTime('251231000000Z') };

/** After list 7 was seen. */
const NEXT_LISTS: readonly (readonly [string, Crl, boolean])[] = [
  ['the same', numbered(7), true],
  ['the same, signed once more', numbered(7), true],
  ['a higher number', numbered(8), true],
  ['a higher number, dated earlier', numbered(8, earlier), true],
  ['a lower number', numbered(6), false],
  ['a lower number, dated later', numbered(6, later), false],
  ['the same number, other entries, dated earlier', numbered(7, { ...other, ...earlier }), false],
  ['the same number, other entries, dated alike', numbered(7, other), false],
  ['the same number, other entries, dated later', numbered(7, { ...other, ...later }), true],
  [
    'a lower number in another scope',
    signed({ extensions: [crlNumber(1), scopeOf(namedPoint('http://a.example'))] }),
    true,
  ],
];

for (const [what, list, taken] of NEXT_LISTS) {
  test(`after list 7, ${taken ? 'taken' : 'refused'}: ${what}`, () => {
    const verdict = checkCrl(list, ISSUED, { ...OPTIONS, highest: highestAfter(numbered(7)) });
    assert.equal(verdict.ok, taken, JSON.stringify(verdict));
  });
}

test('numbers beyond 2^53 are compared exactly', () => {
  const large = (last: number) => signed({ extensions: [crlNumber(0x40, 0, 0, 0, 0, 0, 0, 0, 0, last)] });
  const highest = highestAfter(large(2));
  assert.equal(checkCrl(large(1), ISSUED, { ...OPTIONS, highest }).ok, false);
  assert.equal(checkCrl(large(3), ISSUED, { ...OPTIONS, highest }).ok, true);
});

test('the numbers of one issuer say nothing of another', () => {
  const otherKey = testKey();
  const another = { ...ISSUED, spki: otherKey.spki, keyHash: otherKey.keyHash };
  const highest = highestAfter(numbered(7));
  assert.equal(checkCrl(numbered(1, { key: otherKey }), another, { ...OPTIONS, highest }).ok, true);
});

test('a list that is refused leaves the numbers as they were', () => {
  const forged = numbered(0x7f, { key: testKey() });
  assert.equal(checkCrl(forged, ISSUED, OPTIONS).ok, false);
  assert.equal(checkCrl(numbered(7), ISSUED, OPTIONS).ok, true);
});

test('kept numbers that were damaged are not taken', () => {
  const kept = highestAfter(numbered(7));
  const [[id, seen] = ['', undefined]] = Object.entries(kept);
  const damaged: readonly unknown[] = [
    null,
    [],
    'x',
    { x: seen },
    { [id]: null },
    { [id]: { ...seen, number: 7 } },
    { [id]: { ...seen, number: '-7' } },
    { [id]: { ...seen, digest: 'x' } },
    { [id]: { ...seen, thisUpdate: '2026' } },
  ];
  for (const one of damaged) assert.equal(readHighestNumbers(one), undefined, JSON.stringify(one));
  assert.deepEqual(readHighestNumbers({}), {});
});
