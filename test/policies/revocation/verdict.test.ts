import assert from 'node:assert/strict';
import test from 'node:test';
import type { Coverage } from '../../../policies/revocation/coverage.ts';
import { type Found, revocationFacts } from '../../../policies/revocation/facts.ts';
import type { CertStatus } from '../../../policies/revocation/ocsp-single.ts';
import {
  type RevocationFacts,
  type RevocationPolicy,
  revocationVerdict,
  TABLE,
} from '../../../policies/revocation/verdict.ts';

type Mode = RevocationPolicy['mode'];
type OnStale = RevocationPolicy['onStale'];
type Crl = RevocationFacts['crl'];
type Ocsp = RevocationFacts['ocsp'];
type Outcome = 'ok' | 'alarm' | 'revoked deny' | 'revoked crl' | 'revoked ocsp' | 'unknown crl' | 'unknown ocsp';

function outcome(mode: Mode, onStale: OnStale, denied: boolean, crl: Crl, ocsp: Ocsp): Outcome {
  const verdict = revocationVerdict({ mode, onStale }, { denied, crl, ocsp });
  if (verdict.ok) return verdict.alarm === undefined ? 'ok' : 'alarm';
  assert.notEqual(verdict.message, '');
  return `${verdict.cause === 'revoked' ? 'revoked' : 'unknown'} ${verdict.source}` as Outcome;
}

/** One case for each row of the table, in its order. */
const ROWS: readonly (readonly [Mode, OnStale, boolean, Crl, Ocsp, Outcome])[] = [
  ['off', 'allow', true, 'good', 'good', 'revoked deny'],
  ['off', 'deny', false, 'revoked', 'revoked', 'ok'],
  ['prefer', 'allow', false, 'revoked', 'good', 'revoked crl'],
  ['prefer', 'allow', false, 'good', 'revoked', 'revoked ocsp'],
  ['require', 'deny', false, 'good', 'unknown', 'ok'],
  ['require', 'deny', false, 'stale', 'good', 'ok'],
  ['prefer', 'deny', false, 'stale', 'none', 'unknown crl'],
  ['prefer', 'deny', false, 'none', 'stale', 'unknown ocsp'],
  ['require', 'allow', false, 'stale', 'unknown', 'unknown ocsp'],
  ['require', 'allow', false, 'stale', 'none', 'alarm'],
  ['require', 'allow', false, 'none', 'stale', 'alarm'],
  ['require', 'allow', false, 'none', 'none', 'unknown crl'],
  ['prefer', 'deny', false, 'none', 'unknown', 'ok'],
];

for (const [index, [mode, onStale, denied, crl, ocsp, expected]] of ROWS.entries()) {
  test(`row ${index + 1}: ${mode}, onStale ${onStale}, denied ${denied}, crl ${crl}, ocsp ${ocsp}: ${expected}`, () => {
    assert.equal(outcome(mode, onStale, denied, crl, ocsp), expected);
    const known: Record<string, unknown> = { mode, onStale, denied, crl, ocsp };
    const row = TABLE.findIndex(({ when }) => Object.entries(when).every(([key, value]) => known[key] === value));
    assert.equal(row, index);
  });
}

test('each row has a case', () => assert.equal(ROWS.length, TABLE.length));

const MODES: readonly Mode[] = ['require', 'prefer', 'off'];
const CRL: readonly Crl[] = ['revoked', 'good', 'stale', 'none'];
const OCSP: readonly Ocsp[] = ['revoked', 'good', 'stale', 'unknown', 'none'];

test('for every combination, the rules that must always hold do', () => {
  let combinations = 0;
  for (const mode of MODES)
    for (const onStale of ['deny', 'allow'] as const)
      for (const denied of [true, false])
        for (const crl of CRL)
          for (const ocsp of OCSP) {
            combinations++;
            const got = outcome(mode, onStale, denied, crl, ocsp);
            const what = `${mode} ${onStale} ${denied} ${crl} ${ocsp}: ${got}`;
            const accepted = got === 'ok' || got === 'alarm';
            if (denied) assert.equal(got, 'revoked deny', what);
            else if (mode === 'off') assert.equal(got, 'ok', what);
            else if (crl === 'revoked' || ocsp === 'revoked') assert.match(got, /^revoked (crl|ocsp)$/, what);
            else if (crl === 'good' || ocsp === 'good') assert.equal(got, 'ok', what);
            else if (crl === 'stale' || ocsp === 'stale')
              assert.ok(got === 'alarm' ? onStale === 'allow' : !accepted, what);
            else assert.equal(accepted, mode === 'prefer', what);
          }
  assert.equal(combinations, 240);
});

const NOW = Date.UTC(2026, 5, 1);
const NOTHING: Found = {
  denied: undefined,
  revoked: undefined,
  coverage: { state: 'none', list: undefined },
  ocsp: undefined,
};
const list = {
  name: 'iot.crl',
  number: '7',
  thisUpdate: 0,
  nextUpdate: null,
  freshUntil: NOW - 1000,
  count: 1,
  scope: { certificates: 'all', someReasons: false, names: [] },
} as const;
const stale: Coverage = { state: 'stale', list };
const answer = (status: CertStatus, freshUntil = NOW) => ({ ocsp: { status, freshUntil } });
const revoked = { kind: 'revoked', date: Date.UTC(2026, 0, 1), reason: 1 } as const;
const entry = { list: 0, reason: 4, date: Date.UTC(2026, 0, 1) };
const target = { kind: 'sha256', hash: '00' } as const;
const denied = { index: 2, target, id: undefined, reason: undefined, until: undefined };

const FACTS: readonly (readonly [string, Partial<Found>, RevocationFacts])[] = [
  ['nothing', {}, { denied: false, crl: 'none', ocsp: 'none', details: {} }],
  ['covered', { coverage: { state: 'good', list } }, { denied: false, crl: 'good', ocsp: 'none', details: {} }],
  [
    'an old list',
    { coverage: stale },
    {
      denied: false,
      crl: 'stale',
      ocsp: 'none',
      details: { crl: 'iot.crl, number 7, counted until 2026-05-31T23:59:59.000Z' },
    },
  ],
  [
    'revoked by an old list',
    { coverage: stale, revoked: { entry, list } },
    {
      denied: false,
      crl: 'revoked',
      ocsp: 'none',
      details: { crl: 'iot.crl, number 7, since 2026-01-01T00:00:00.000Z (superseded)' },
    },
  ],
  ['good by OCSP', answer({ kind: 'good' }), { denied: false, crl: 'none', ocsp: 'good', details: {} }],
  [
    'good by an old answer',
    answer({ kind: 'good' }, NOW - 1),
    { denied: false, crl: 'none', ocsp: 'stale', details: { ocsp: 'it counted until 2026-05-31T23:59:59.999Z' } },
  ],
  [
    'revoked by an old answer',
    answer(revoked, NOW - 1),
    {
      denied: false,
      crl: 'none',
      ocsp: 'revoked',
      details: { ocsp: 'since 2026-01-01T00:00:00.000Z (keyCompromise)' },
    },
  ],
  ['unknown', answer({ kind: 'unknown' }), { denied: false, crl: 'none', ocsp: 'unknown', details: {} }],
  ['denied', { denied }, { denied: true, crl: 'none', ocsp: 'none', details: { deny: 'entry 3, by sha256' } }],
  [
    'denied by a named entry',
    { denied: { ...denied, id: 'theft', reason: 'stolen' } },
    { denied: true, crl: 'none', ocsp: 'none', details: { deny: 'entry "theft", by sha256: stolen' } },
  ],
];

for (const [what, found, facts] of FACTS) {
  test(`facts: ${what}`, () => assert.deepEqual(revocationFacts({ ...NOTHING, ...found }, NOW), facts));
}

test('an old "unknown" is no answer', () => {
  assert.equal(revocationFacts({ ...NOTHING, ...answer({ kind: 'unknown' }, NOW - 1) }, NOW).ocsp, 'none');
});

test('a refusal tells the details of its source', () => {
  const facts = revocationFacts({ ...NOTHING, coverage: stale, ...answer({ kind: 'good' }, NOW - 1) }, NOW);
  const verdict = revocationVerdict({ mode: 'require', onStale: 'deny' }, facts);
  assert.ok(!verdict.ok);
  assert.equal(
    verdict.message,
    'the revocation list of the issuer has expired: iot.crl, number 7, counted until 2026-05-31T23:59:59.000Z',
  );
});
