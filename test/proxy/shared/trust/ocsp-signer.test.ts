/** A delegate who may himself be revoked is held against the lists of the store that asks (RFC 6960 4.2.2.2.1). */
import assert from 'node:assert/strict';
import test from 'node:test';
import { NO_CERTIFICATE } from '../../../../policies/identity/anonymous.ts';
import { buildRevocationIndex, type IndexedList } from '../../../../policies/revocation/build-index.ts';
import { readCrl } from '../../../../policies/revocation/crl.ts';
import { RevocationIndex } from '../../../../policies/revocation/index.ts';
import { readDelegate } from '../../../../policies/revocation/ocsp-delegate.ts';
import { OcspSource } from '../../../../proxy/control-plane/revocation/ocsp-source.ts';
import { Revocation } from '../../../../proxy/data-plane/revocation/revocation.ts';
import type { ChainElement } from '../../../../proxy/shared/trust/chain-element.ts';
import type { OcspQuery } from '../../../../proxy/shared/trust/ocsp-messages.ts';
import { objectionToSigner, type SignerStore, signerOf } from '../../../../proxy/shared/trust/ocsp-signer.ts';
import { crl, crlNumber, entry, ISSUER, namedPoint, scopeOf } from '../../../policies/revocation/support/crl-writer.ts';
import {
  answer,
  type DelegateParts,
  delegateCertificate,
  key,
  SERIAL,
  SIGNS_ANSWERS,
} from '../../../policies/revocation/support/ocsp-writer.ts';
import { sha256, testKey } from '../../../policies/revocation/support/signing.ts';
import { ascii, extension, sequence, tlv } from '../../../policies/x509/der-writer.ts';

const NOW = Date.UTC(2026, 5, 1, 12);
const HOUR = 3_600_000;
/** Serial number of what `delegateCertificate` writes. */
const DELEGATE = [0x4a, 0x01];
const ISSUER_KEY = sha256(key.spki).toString('hex');
const NO_CHECK = extension('1.3.6.1.5.5.7.48.1.5', tlv(0x05));
const POINT = 'http://lists.example/delegates.crl';
const points = extension('2.5.29.31', sequence(sequence(tlv(0xa0, tlv(0xa0, ascii(0x86, POINT))))));

const list = (revoked: readonly number[], more: Partial<IndexedList> = {}, der?: Uint8Array): IndexedList => ({
  name: 'a.crl',
  issuerKeyHash: sha256(key.spki),
  list: { complete: readCrl(der ?? crl({ entries: [entry(revoked)] })), delta: undefined },
  freshUntil: NOW + HOUR,
  ...more,
});
const CLEAN = [0x01];
const onlyAt = crl({ entries: [entry(CLEAN)], extensions: [scopeOf(namedPoint(POINT))] });
const REQUIRE: SignerStore = { store: 's', mode: 'require', onStale: 'deny' };
const PREFER: SignerStore = { ...REQUIRE, mode: 'prefer' };

const REVOKED = /is revoked: a\.crl, number 7, since 2025-06-01/;
const UNCOVERED =
  /may be revoked \(it has no id-pkix-ocsp-nocheck\), and no revocation list of the trust store s covers/;
const STALE = /may be revoked .* the revocation list of its issuer has expired: a\.crl/;

const CASES: readonly (readonly [
  what: string,
  lists: readonly IndexedList[],
  store: SignerStore,
  words: RegExp | null,
  delegate?: DelegateParts,
])[] = [
  ['no list, required', [], REQUIRE, UNCOVERED],
  ['no list, preferred', [], PREFER, null],
  ['on a list, required', [list(DELEGATE)], REQUIRE, REVOKED],
  ['on a list, preferred', [list(DELEGATE)], PREFER, REVOKED],
  ['on a list that ran out', [list(DELEGATE, { freshUntil: NOW - 1 })], PREFER, REVOKED],
  ['on a list of another store', [list(DELEGATE, { store: 't' })], PREFER, REVOKED],
  ['not on the list', [list(CLEAN)], REQUIRE, null],
  ['not on the list of another store', [list(CLEAN, { store: 't' })], REQUIRE, UNCOVERED],
  [
    'not on the list of another authority',
    [list(CLEAN, { issuerKeyHash: sha256(Buffer.from('x')) })],
    REQUIRE,
    UNCOVERED,
  ],
  ['not on a list that ran out', [list(CLEAN, { freshUntil: NOW - 1 })], REQUIRE, STALE],
  ['not on a list that ran out, preferred', [list(CLEAN, { freshUntil: NOW - 1 })], PREFER, STALE],
  ['the same, allowed', [list(CLEAN, { freshUntil: NOW - 1 })], { ...REQUIRE, onStale: 'allow' }, null],
  [
    'not on the list of a point that it names',
    [list(CLEAN, {}, onlyAt)],
    REQUIRE,
    null,
    { extensions: [SIGNS_ANSWERS, points] },
  ],
  ['not on the list of a point that it does not name', [list(CLEAN, {}, onlyAt)], REQUIRE, UNCOVERED],
];

const indexOf = (lists: readonly IndexedList[]) => new RevocationIndex(buildRevocationIndex(lists));

function signer(parts: DelegateParts = {}) {
  const certificate = readDelegate(delegateCertificate(testKey(), parts));
  assert.ok(certificate);
  return signerOf({ certificate, noCheck: false });
}

for (const [what, lists, store, words, delegate] of CASES) {
  test(`a delegate ${what}: ${words === null ? 'believed' : 'not believed'}`, () => {
    const found = signer(delegate);
    assert.ok(found);
    const objection = objectionToSigner(indexOf(lists), found, ISSUER_KEY, store, NOW);
    if (words === null) assert.equal(objection, undefined);
    else assert.match(objection ?? 'none', words);
  });
}

/** A source whose responder always sends `body`; `state.index` is what is in force. */
function source(body: Uint8Array, lists: readonly IndexedList[]) {
  const state = { index: indexOf(lists), asked: 0, now: NOW };
  const failures: string[] = [];
  const ocsp = new OcspSource({
    now: () => state.now,
    onFailure: (_url, words) => void failures.push(words),
    objection: (one, { by }) => objectionToSigner(state.index, one, ISSUER_KEY, by, state.now),
    fetch: async () => {
      state.asked++;
      return new Response(new Uint8Array(body));
    },
  });
  const ask: OcspQuery = {
    urls: ['http://ocsp.example/'],
    by: REQUIRE,
    issuerName: ISSUER,
    issuerSpki: key.spki,
    serial: SERIAL,
    maxStaleness: 0,
  };
  return { ocsp, ask, state, failures };
}

const other = testKey();
const signedBy = (...extensions: readonly Uint8Array[]) =>
  answer({ signer: other, certificates: [delegateCertificate(other, { extensions: [SIGNS_ANSWERS, ...extensions] })] });

test('the answer of a delegate that need not be checked holds although he is on a list', async () => {
  const { ocsp, ask } = source(signedBy(NO_CHECK), [list(DELEGATE)]);
  assert.deepEqual(await ocsp.ask(ask), { status: { kind: 'good' }, freshUntil: Date.UTC(2026, 5, 2) });
});

test('the answer of a delegate that is not known to be good is refused, and why is told', async () => {
  const { ocsp, ask, failures } = source(signedBy(), []);
  assert.equal(await ocsp.ask(ask), null);
  assert.match(failures.join(), UNCOVERED);
});

test('a delegate whose distribution points cannot be read is not believed', async () => {
  const { ocsp, ask, failures } = source(signedBy(extension('2.5.29.31', tlv(0x05))), [list(CLEAN)]);
  assert.equal(await ocsp.ask(ask), null);
  assert.equal(failures.length, 1);
});

test('an answer that was kept counts no more once its delegate is revoked; the responder is asked anew', async () => {
  const { ocsp, ask, state, failures } = source(signedBy(), [list(CLEAN)]);
  const kept = await ocsp.ask(ask);
  assert.equal(kept?.signer?.serial, '4A01');
  assert.deepEqual([await ocsp.ask(ask), state.asked], [kept, 1]);
  state.index = indexOf([list(DELEGATE)]);
  assert.equal(await ocsp.ask(ask), null);
  assert.equal(state.asked, 2);
  assert.match(failures.join(), REVOKED);
  // A store that does not look anybody up there has an answer of its own.
  assert.deepEqual(await ocsp.ask({ ...ask, by: { ...PREFER, store: 't' } }), null);
  assert.equal(state.asked, 3);
});

test('a session whose good answer was signed by a delegate that is revoked since has nobody who speaks for it', () => {
  const link = (serial: string, keySha256: string): ChainElement => ({
    ...{ sha256: '', keySha256, points: [], responders: [], authority: null },
    certificate: { ...NO_CERTIFICATE, serial },
  });
  const chain = [link('0B', ''), link('01', ISSUER_KEY)];
  const rules = { mode: 'require', ocspHosts: [], maxStaleness: 0, onStale: 'deny' } as const;
  const store = { name: 's', anchors: new Set(['']), pins: new Set<string>(), revocation: rules };
  const found = signer({ extensions: [SIGNS_ANSWERS, points] });
  assert.ok(found);
  const answered = { status: { kind: 'good' }, freshUntil: NOW + HOUR, signer: found } as const;
  // The lists speak of certificates with this point alone, and the client has none.
  const at = (revoked: readonly number[]) =>
    list(revoked, {}, crl({ entries: [entry(revoked)], extensions: [scopeOf(namedPoint(POINT)), crlNumber(7)] }));
  const judged = (revoked: readonly number[]) => {
    const part = { index: buildRevocationIndex([at(revoked)]), deny: [] };
    const revocation = new Revocation('v', part);
    assert.equal(revocation.believes(answered, chain, store, NOW), revoked === CLEAN);
    return revocation.revoked(chain, store, answered, NOW);
  };
  assert.equal(judged(CLEAN), undefined);
  const objection = judged(DELEGATE);
  assert.equal(objection?.cause, 'revocation-unknown');
  assert.match(
    objection.message,
    /no OCSP answer covers the certificate; the OCSP answer does not count: .* responder is revoked: a\.crl, number 7/,
  );
});
