import assert from 'node:assert/strict';
import test from 'node:test';
import { readCrl } from '../../../policies/revocation/crl.ts';
import type { CrlCheckOptions, CrlIssuer } from '../../../policies/revocation/crl-check.ts';
import { type NamedCrl, selectLists } from '../../../policies/revocation/issuer-lists.ts';
import { applyDelta, forEachRevoked, type RevokedList } from '../../../policies/revocation/revoked-list.ts';
import { attribute, CN, extension, name as nameOf, sequence, tlv, utcTime, utf8 } from '../x509/der-writer.ts';
import {
  AUTHORITY_KEY_ID,
  type CrlParts,
  crl,
  crlNumber,
  deltaOf,
  entry,
  ISSUER,
  namedPoint,
  reasonCode,
  scopeOf,
} from './support/crl-writer.ts';
import { testKey, verifySignature } from './support/signing.ts';

const key = testKey();
const issuer: CrlIssuer = { name: ISSUER, spki: key.spki, keyHash: key.keyHash, keyId: undefined, signsCrls: true };
const OPTIONS: CrlCheckOptions = {
  now: Date.UTC(2026, 5, 1),
  skew: 0,
  maxStaleness: 0,
  highest: {},
  verify: verifySignature,
};

const of = (name: string, parts: CrlParts = {}): NamedCrl => ({ name, crl: readCrl(crl({ key, ...parts })) });
const complete = (name: string, number: number, serials: readonly number[] = [1, 2], parts: CrlParts = {}) =>
  of(name, { extensions: [crlNumber(number)], entries: serials.map((serial) => entry([serial])), ...parts });
const delta = (name: string, number: number, base: number, entries: readonly Uint8Array[], parts: CrlParts = {}) =>
  of(name, { extensions: [crlNumber(number), deltaOf(base)], entries, ...parts });

function revoked(list: RevokedList): string[] {
  const found: string[] = [];
  forEachRevoked(list, (bytes, start, end, _date, reason) => {
    found.push(`${Buffer.from(bytes.subarray(start, end)).toString('hex')}:${reason}`);
  });
  return found.sort();
}

const select = (all: readonly NamedCrl[], options: Partial<CrlCheckOptions> = {}) =>
  selectLists(all, issuer, { ...OPTIONS, ...options });
const names = (all: readonly NamedCrl[], options: Partial<CrlCheckOptions> = {}) => {
  const { usable, notUsed } = select(all, options);
  return { used: usable.map(({ name }) => name), not: notUsed.map(({ name, why }) => `${name} ${why}`) };
};

test('the newest list is used, in whatever order they come', () => {
  const [old, newer, newest] = [complete('old', 5), complete('newer', 6), complete('newest', 7)];
  for (const order of [
    [old, newer, newest],
    [newest, newer, old],
    [newer, newest, old],
  ]) {
    assert.deepEqual(names(order), { used: ['newest'], not: ['newer superseded', 'old superseded'] });
  }
});

test('a forged list of a higher number stands in no way', () => {
  const forged = complete('forged', 0x7f, [], { key: testKey() });
  assert.deepEqual(names([forged, complete('genuine', 7)]), { used: ['genuine'], not: ['forged refused'] });
});

test('lists of other issuers are left alone', () => {
  const foreign = of('foreign', { issuer: nameOf([attribute(CN, utf8('Other CA'))]) });
  assert.deepEqual(names([foreign, complete('own', 7)]), { used: ['own'], not: [] });
});

test('of each scope the newest is used', () => {
  const scoped = (name: string, number: number, uri: string) =>
    of(name, { extensions: [crlNumber(number), scopeOf(namedPoint(uri))] });
  const all = [
    scoped('a1', 1, 'http://a'),
    scoped('a2', 2, 'http://a'),
    scoped('b9', 9, 'http://b'),
    complete('all', 3),
  ];
  const { used, not } = names(all);
  assert.deepEqual(used.toSorted(), ['a2', 'all', 'b9']);
  assert.deepEqual(not, ['a1 superseded']);
});

test('after a restart an older list is refused, and the newest is still taken', () => {
  const { highest } = select([complete('new', 7)]);
  assert.deepEqual(names([complete('old', 6)], { highest }), { used: [], not: ['old refused'] });
  assert.deepEqual(names([complete('new', 7)], { highest }), { used: ['new'], not: [] });
});

test('a delta is put on its complete list', () => {
  const base = complete('base', 7, [1, 2, 3]);
  const change = delta('delta', 9, 7, [
    entry([2], '250601000000Z', reasonCode(8)),
    entry([3], '250601000000Z', reasonCode(1)),
    entry([0x00, 0xff]),
  ]);
  const { usable, notUsed } = select([change, base]);
  assert.deepEqual(notUsed, []);
  assert.deepEqual(
    usable.map(({ list }) => revoked(list)),
    [['01:0', '03:1', 'ff:0']],
  );
});

test('a certificate that a delta both removes and revokes is revoked', () => {
  const change = delta('delta', 8, 7, [entry([1]), entry([1], '250601000000Z', reasonCode(8))]);
  assert.deepEqual(
    select([complete('base', 7, [1]), change]).usable.map(({ list }) => revoked(list)),
    [['01:0']],
  );
});

test('the newest of two deltas is used', () => {
  const all = [
    complete('base', 7),
    delta('first', 8, 7, [entry([8])]),
    delta('second', 9, 7, [entry([8]), entry([9])]),
  ];
  const { usable } = select(all);
  assert.deepEqual(
    usable.map(({ list }) => revoked(list)),
    [['01:0', '02:0', '08:0', '09:0']],
  );
  assert.deepEqual(names(all).not, ['first superseded']);
});

test('a delta that came after the complete list prolongs it, one that ran out does not shorten it', () => {
  const short = { nextUpdate: utcTime('260301000000Z') };
  const prolonged = select([complete('base', 7, [1], short), delta('delta', 8, 7, [])]);
  assert.deepEqual(
    prolonged.usable.map(({ freshUntil }) => freshUntil),
    [Date.UTC(2027, 0, 1)],
  );
  const kept = select([complete('base', 7), delta('delta', 8, 7, [], short)]);
  assert.deepEqual(
    kept.usable.map(({ freshUntil }) => freshUntil),
    [Date.UTC(2027, 0, 1)],
  );
});

test('a complete list does not take back what a delta told: not without it, not after a restart', () => {
  const [base, change] = [complete('base', 7), delta('delta', 9, 7, [entry([9])])];
  const { highest } = select([base, change]);
  assert.deepEqual(names([base], { highest }), { used: [], not: ['base refused'] });
  assert.deepEqual(names([base, delta('older', 8, 7, [])], { highest }), {
    used: [],
    not: ['older refused', 'base refused'],
  });
  assert.deepEqual(names([base, change], { highest }), { used: ['base'], not: [] });
  assert.deepEqual(names([complete('next', 9)], { highest }), { used: ['next'], not: [] });
});

test('a delta alone is refused', () => {
  assert.deepEqual(names([delta('delta', 9, 7, [])]), { used: [], not: ['delta refused'] });
});

const keyId = (octet: number) => extension(AUTHORITY_KEY_ID, sequence(tlv(0x80, [octet])));
const user = scopeOf(tlv(0x81, [0xff]));

const MISFITS: readonly (readonly [string, NamedCrl, NamedCrl, RegExp, boolean])[] = [
  ['its base is newer than the list', complete('base', 6), delta('d', 9, 7, []), /number 7 or higher, not 6/, false],
  ['it is not newer than the list', complete('base', 9), delta('d', 9, 7, []), /no more than 9/, true],
  [
    'it is of another issuer',
    complete('base', 7),
    delta('d', 9, 7, [], { issuer: nameOf([attribute(CN, utf8('X'))]) }),
    /another issuer/,
    false,
  ],
  [
    'it has another scope',
    complete('base', 7),
    of('d', { extensions: [crlNumber(9), deltaOf(7), user] }),
    /another scope/,
    false,
  ],
  [
    'it names another key',
    of('base', { extensions: [crlNumber(7), keyId(1)] }),
    of('d', { extensions: [crlNumber(9), deltaOf(7), keyId(2)] }),
    /another key/,
    false,
  ],
  [
    'only the list names a key',
    of('base', { extensions: [crlNumber(7), keyId(1)] }),
    delta('d', 9, 7, []),
    /another key/,
    false,
  ],
  ['the list has no number', of('base', { extensions: [] }), delta('d', 9, 7, []), /without a CRLNumber/, false],
  ['it is a complete list', complete('base', 7), complete('d', 9), /complete list was given for the delta/, false],
  [
    'the list is a delta',
    delta('base', 7, 6, []),
    delta('d', 9, 7, []),
    /delta was given for the complete list/,
    false,
  ],
];

for (const [what, base, change, words, needless] of MISFITS) {
  test(`a delta is not put on a list when ${what}`, () => {
    const applied = applyDelta(base.crl, change.crl);
    assert.ok(!applied.ok && words.test(applied.reason) && applied.needless === needless, JSON.stringify(applied.ok));
  });
}

test('a delta that does not fit leaves the complete list in use', () => {
  assert.deepEqual(names([complete('base', 6), delta('delta', 9, 7, [])]), { used: ['base'], not: ['delta refused'] });
  assert.deepEqual(names([complete('base', 9), delta('delta', 8, 7, [])]), {
    used: ['base'],
    not: ['delta superseded'],
  });
});
