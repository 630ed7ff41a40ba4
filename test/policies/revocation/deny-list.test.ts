import assert from 'node:assert/strict';
import test from 'node:test';
import { compileDenyList, type DenyFacts, DenyListError } from '../../../policies/revocation/deny-list.ts';
import type { Name } from '../../../policies/types.ts';
import { attributeName } from '../../../policies/x509/attribute-types.ts';

const OIDS: Readonly<Record<string, string>> = { CN: '2.5.4.3', OU: '2.5.4.11', O: '2.5.4.10', C: '2.5.4.6' };
const name = (...attributes: readonly (readonly [string, string])[]): Name =>
  attributes.map(([type, value]) => [
    { oid: OIDS[type] ?? type, type: OIDS[type] === undefined ? attributeName(type) : type, value },
  ]);

const HASH = {
  leaf: 'a1'.repeat(32),
  key: 'b2'.repeat(32),
  ca: 'c3'.repeat(32),
  caKey: 'd4'.repeat(32),
  other: 'e5'.repeat(32),
};
const colons = (hash: string) => (hash.toUpperCase().match(/../g) ?? []).join(':');

const FACTS: DenyFacts = {
  certificate: {
    serial: '0A4F01',
    subject: name(['O', 'Acme'], ['OU', 'plant 7'], ['OU', 'pumps'], ['CN', 'pump-1']),
    issuer: name(['C', 'DE'], ['O', 'Acme, Inc.'], ['CN', 'Plant CA']),
  },
  sha256: HASH.leaf,
  spki: HASH.key,
  issuer: [HASH.ca, HASH.caKey],
  principal: 'pump-1',
};
const NOW = Date.UTC(2026, 11, 31, 12);
const ISSUER = 'CN=Plant CA,O=Acme\\, Inc.,C=DE';

const DENIES: readonly (readonly [entry: object, denied: boolean])[] = [
  [{ sha256: HASH.leaf }, true],
  [{ sha256: colons(HASH.leaf) }, true],
  [{ sha256: HASH.key }, false],
  [{ spki: HASH.key }, true],
  [{ spki: HASH.leaf }, false],
  [{ serial: '0A4F01', issuer: ISSUER }, true],
  [{ serial: 'a4f01', issuer: ISSUER }, true],
  [{ serial: '00:0A:4f:01', issuer: ISSUER }, true],
  [{ serial: '0A4F02', issuer: ISSUER }, false],
  [{ serial: '0A4F01', issuer: 'cn = plant  ca , O=ACME\\2c inc., C=de' }, true],
  [{ serial: '0A4F01', issuer: '2.5.4.3=Plant CA,O=Acme\\, Inc.,C=DE' }, true],
  [{ serial: '0A4F01', issuer: 'C=DE,O=Acme\\, Inc.,CN=Plant CA' }, false],
  [{ serial: '0A4F01', issuer: 'CN=Plant CA' }, false],
  [{ serial: '0A4F01', issuer: HASH.ca }, true],
  [{ serial: '0A4F01', issuer: HASH.caKey }, true],
  [{ serial: '0A4F01', issuer: HASH.other }, false],
  [{ subject: { CN: 'pump-*' } }, true],
  [{ subject: { CN: 'press-*' } }, false],
  [{ subject: { CN: 'pump-*', O: 'Acme' } }, true],
  [{ subject: { CN: 'pump-*', O: 'Other' } }, false],
  [{ subject: { OU: 'pumps' } }, true],
  [{ subject: { OU: ['pumps', 'plant *'] } }, true],
  [{ subject: { OU: ['pumps', 'valves'] } }, false],
  [{ subject: { '2.5.4.11': 'pumps' } }, true],
  [{ principal: 'pump-1' }, true],
  [{ principal: 'pump-' }, false],
  [{ principal: 'pump-*' }, false],
  [{ principal: 'pump-1', until: '2026-12-31' }, true],
  [{ principal: 'pump-1', until: '2026-12-30' }, false],
  [{ principal: 'pump-1', until: '2026-12-31T12:00:01Z' }, true],
  [{ principal: 'pump-1', until: '2026-12-31T12:00:00Z' }, false],
  [{ principal: 'pump-1', until: '2026-12-31T12:30+01:00' }, false],
];

for (const [entry, denied] of DENIES) {
  test(`${denied ? 'denies' : 'lets pass'}: ${JSON.stringify(entry).slice(0, 120)}`, () => {
    const found = compileDenyList([entry]).match(FACTS, NOW);
    assert.equal(found?.index, denied ? 0 : undefined);
  });
}

test('an entry whose time is over hides no other', () => {
  const over = { until: '2026-01-01' };
  const list = compileDenyList([
    { spki: HASH.key, ...over },
    { spki: HASH.key, id: 'second' },
  ]);
  assert.equal(list.match(FACTS, NOW)?.id, 'second');
  const subjects = compileDenyList([
    { subject: { CN: 'pump-*' }, ...over },
    { subject: { CN: '*-1' }, id: 'second' },
  ]);
  assert.equal(subjects.match(FACTS, NOW)?.id, 'second');
});

test('the entry that is found tells why', () => {
  const list = compileDenyList([
    { spki: HASH.other },
    { sha256: HASH.leaf, id: 'theft', reason: 'stolen', until: '2027-01-01T00:00:00Z' },
  ]);
  assert.deepEqual(list.match(FACTS, NOW), {
    index: 1,
    target: { kind: 'sha256', hash: HASH.leaf },
    id: 'theft',
    reason: 'stolen',
    until: Date.UTC(2027, 0, 1),
  });
});

test('who has no principal is denied by no principal', () => {
  const list = compileDenyList([{ principal: 'undefined' }, { principal: 'pump-1' }]);
  assert.equal(list.match({ ...FACTS, principal: undefined }, NOW), undefined);
});

test('an empty list denies nobody', () => assert.equal(compileDenyList([]).match(FACTS, NOW), undefined));

test('of many entries each is found', () => {
  const hash = (i: number) => i.toString(16).padStart(64, '0');
  const list = compileDenyList(Array.from({ length: 100_000 }, (_, i) => ({ sha256: hash(i) })));
  for (const i of [0, 1, 50_000, 99_999]) assert.equal(list.match({ ...FACTS, sha256: hash(i) }, NOW)?.index, i);
  assert.equal(list.match({ ...FACTS, sha256: hash(100_000) }, NOW), undefined);
});

const serial = (more: object) => ({ serial: '01', issuer: ISSUER, ...more });
const issuer = (text: unknown) => ({ serial: '01', issuer: text });

const PROBLEMS: readonly (readonly [entry: unknown, path: string, words: RegExp])[] = [
  ['x', 'deny[0]', /must be an entry such as/],
  [null, 'deny[0]', /must be an entry such as/],
  [[], 'deny[0]', /must be an entry such as/],
  [{}, 'deny[0]', /names nothing to deny; it needs one of serial, sha256, spki, subject, principal/],
  [{ reason: 'x' }, 'deny[0]', /names nothing to deny/],
  [{ sha256: HASH.leaf, spki: HASH.key }, 'deny[0]', /has both sha256 and spki/],
  [{ sha256: HASH.leaf, fingerprint: 'x' }, 'deny[0].fingerprint', /is not known; known are serial/],
  [{ sha256: HASH.leaf, issuer: ISSUER }, 'deny[0].issuer', /stands only beside serial/],
  [{ sha256: 'a1' }, 'deny[0].sha256', /64 hexadecimal digits/],
  [{ sha256: 7 }, 'deny[0].sha256', /64 hexadecimal digits/],
  [{ spki: `${HASH.key}0` }, 'deny[0].spki', /64 hexadecimal digits/],
  [{ serial: '01' }, 'deny[0]', /without its issuer/],
  [serial({ serial: 4711 }), 'deny[0].serial', /in quotation marks/],
  [serial({ serial: '' }), 'deny[0].serial', /1 to 40 hexadecimal digits/],
  [serial({ serial: '0x01' }), 'deny[0].serial', /1 to 40 hexadecimal digits/],
  [serial({ serial: '0:1' }), 'deny[0].serial', /1 to 40 hexadecimal digits/],
  [serial({ serial: 'a'.repeat(41) }), 'deny[0].serial', /1 to 40 hexadecimal digits/],
  [issuer(7), 'deny[0].issuer', /must be text: a name such as/],
  [issuer('Plant CA'), 'deny[0].issuer', /SHA-256/],
  [issuer('CN=a,b'), 'deny[0].issuer', /a part without "="/],
  [issuer('CN='), 'deny[0].issuer', /without a value/],
  [issuer('CN=a,,O=b'), 'deny[0].issuer', /a part without "="/],
  [issuer('XY=a'), 'deny[0].issuer', /neither known nor an OID/],
  [issuer('CN=#0c0161'), 'deny[0].issuer', /hexadecimal DER/],
  [issuer('CN="a"'), 'deny[0].issuer', /" without "\\" before it/],
  [issuer('CN=a;O=b'), 'deny[0].issuer', /; without "\\" before it/],
  [issuer('CN=a\\xb'), 'deny[0].issuer', /before a character that needs none/],
  [issuer('CN=a\\'), 'deny[0].issuer', /before a character that needs none/],
  [issuer('CN=a\\ff'), 'deny[0].issuer', /not valid UTF-8/],
  [issuer('CN=a\\00'), 'deny[0].issuer', /control character/],
  [issuer(`CN=${'a'.repeat(2048)}`), 'deny[0].issuer', /longer than 2048/],
  [{ subject: 'CN=a' }, 'deny[0].subject', /must be attributes and patterns/],
  [{ subject: {} }, 'deny[0].subject', /must be attributes and patterns/],
  [{ subject: { cn: 'a' } }, 'deny[0].subject.cn', /neither a known attribute/],
  [{ subject: { CN: 7 } }, 'deny[0].subject.CN', /must be text such as/],
  [{ subject: { CN: [] } }, 'deny[0].subject.CN', /1 to 16 patterns/],
  [{ subject: { CN: new Array(17).fill('a') } }, 'deny[0].subject.CN', /1 to 16 patterns/],
  [{ subject: { CN: '' } }, 'deny[0].subject.CN', /is empty/],
  [{ subject: { CN: 'a{' } }, 'deny[0].subject.CN', /without its "}"/],
  [{ subject: { CN: '{device}' } }, 'deny[0].subject.CN', /variable \{device\}, which means nothing here/],
  [{ subject: { CN: '*' } }, 'deny[0].subject', /would deny every certificate/],
  [{ principal: '' }, 'deny[0].principal', /must be text/],
  [{ principal: 'a\u0000b' }, 'deny[0].principal', /control character/],
  [{ principal: 'a', reason: 7 }, 'deny[0].reason', /must be text/],
  [{ principal: 'a', id: '' }, 'deny[0].id', /must be text/],
  [{ principal: 'a', until: 'tomorrow' }, 'deny[0].until', /must be a date such as/],
  [{ principal: 'a', until: '2026-02-30' }, 'deny[0].until', /is not a point in time/],
  [{ principal: 'a', until: '2026-13-01T00:00:00Z' }, 'deny[0].until', /is not a point in time/],
  [{ principal: 'a', until: '2026-01-01T25:00:00Z' }, 'deny[0].until', /is not a point in time/],
  [{ principal: 'a', until: '2026-01-01T00:00:00' }, 'deny[0].until', /must be a date such as/],
];

const problemsOf = (written: unknown) => {
  try {
    compileDenyList(written);
  } catch (error) {
    assert.ok(error instanceof DenyListError, `${error}`);
    return error.problems;
  }
  return [];
};

for (const [entry, path, words] of PROBLEMS) {
  test(`refused: ${JSON.stringify(entry).slice(0, 120)}`, () => {
    const problems = problemsOf([entry]);
    assert.ok(
      problems.some((problem) => problem.path === path && words.test(problem.message)),
      JSON.stringify(problems),
    );
  });
}

test('a list may have 1000 subjects, an attribute 16 patterns, a serial number 40 digits', () => {
  const subjects = Array.from({ length: 1000 }, (_, i) => ({ subject: { CN: new Array(16).fill(`pump-${i}`) } }));
  const list = compileDenyList([...subjects, serial({ serial: 'f'.repeat(40) })]);
  assert.equal(list.match(FACTS, NOW)?.index, 1);
  const certificate = { ...FACTS.certificate, serial: 'F'.repeat(40), subject: [] };
  assert.equal(list.match({ ...FACTS, certificate }, NOW)?.index, 1000);
});

test('what is wrong with a list as a whole is told', () => {
  assert.deepEqual(problemsOf({}), [{ path: 'deny', message: 'must be a list of entries' }]);
  assert.match(problemsOf(new Array(100_001).fill({}))[0]?.message ?? '', /more than 100000 entries/);
  const twice = problemsOf([
    { principal: 'a', id: 'x' },
    { principal: 'b', id: 'x' },
  ]);
  assert.deepEqual(twice, [{ path: 'deny[1].id', message: 'is the id of another entry' }]);
  const subjects = problemsOf(Array.from({ length: 1001 }, (_, i) => ({ subject: { CN: `pump-${i}` } })));
  assert.deepEqual(
    subjects.map(({ path }) => path),
    ['deny[1000].subject'],
  );
});

test('every fault is told, a hundred at most', () => {
  const three = problemsOf([{ principal: '' }, { principal: 'fine' }, { sha256: 'x', until: 'y' }]);
  assert.deepEqual(
    three.map(({ path }) => path),
    ['deny[0].principal', 'deny[2].sha256', 'deny[2].until'].toSorted(),
  );
  assert.equal(problemsOf(new Array(1000).fill({})).length, 100);
});
