import assert from 'node:assert/strict';
import test from 'node:test';
import { checkOcsp, type OcspCheck } from '../../../policies/revocation/ocsp-check.ts';
import type { OcspQuestion } from '../../../policies/revocation/ocsp-question.ts';
import { readOcspResponse } from '../../../policies/revocation/ocsp-response.ts';
import {
  attribute,
  CN,
  extension,
  generalizedTime,
  name,
  oid,
  sequence,
  tlv,
  utcTime,
  utf8,
} from '../x509/der-writer.ts';
import { enumerated, ISSUER, TRUE } from './support/crl-writer.ts';
import {
  type AnswerParts,
  answer,
  ask,
  byKey,
  byName,
  certId,
  type DelegateParts,
  delegateCertificate,
  key,
  nonceOf,
  revoked,
  SIGNS_ANSWERS,
  single,
  UNKNOWN,
} from './support/ocsp-writer.ts';
import { testKey, verifySignature } from './support/signing.ts';

const HOUR = 3_600_000;
const NEXT = Date.UTC(2026, 5, 2);
const CHECK: OcspCheck = {
  issuer: { name: ISSUER, spki: key.spki },
  now: Date.UTC(2026, 5, 1, 12),
  skew: 0,
  maxStaleness: 0,
  verify: verifySignature,
};
const other = testKey();
const NONCE = Buffer.alloc(32, 7);

const check = (parts: AnswerParts, more: Partial<OcspCheck> = {}, question: OcspQuestion = ask()) =>
  checkOcsp(readOcspResponse(answer(parts)), question, { ...CHECK, ...more });

const delegated = (parts: DelegateParts = {}): AnswerParts => ({
  signer: other,
  certificates: [delegateCertificate(other, parts)],
});

const about = (question: OcspQuestion, parameters?: Uint8Array) => ({
  responses: [single({ certId: certId(question, parameters) })],
});
const aboutOther = single({ certId: certId(ask('sha1', undefined, Buffer.from([1]))), status: revoked() });

const HOLDS: readonly (readonly [
  string,
  AnswerParts,
  Partial<OcspCheck>,
  OcspQuestion,
  'good' | 'unknown' | 'revoked',
  number,
])[] = [
  ['signed by the issuer, named by its key', {}, {}, ask(), 'good', NEXT],
  ['signed by the issuer, named', { responder: byName(ISSUER) }, {}, ask(), 'good', NEXT],
  ['unknown', { responses: [single({ status: UNKNOWN })] }, {}, ask(), 'unknown', NEXT],
  ['revoked', { responses: [single({ status: revoked() })] }, {}, ask(), 'revoked', NEXT],
  ['asked with SHA-256', about(ask('sha256')), {}, ask('sha256'), 'good', NEXT],
  ['a digest without parameters', about(ask(), Buffer.alloc(0)), {}, ask(), 'good', NEXT],
  ['with the nonce', { afterResponses: nonceOf(NONCE) }, {}, ask('sha1', NONCE), 'good', NEXT],
  ['with a nonce that nobody sent', { afterResponses: nonceOf(NONCE) }, {}, ask(), 'good', NEXT],
  ['beside others', { responses: [aboutOther, single()] }, {}, ask(), 'good', NEXT],
  [
    'good and revoked at once',
    { responses: [single(), single({ status: revoked(), thisUpdate: generalizedTime('20260501000000Z') })] },
    {},
    ask(),
    'revoked',
    NEXT,
  ],
  ['that ran out', {}, { now: NEXT + HOUR }, ask(), 'good', NEXT],
  ['with maxStaleness and skew', {}, { maxStaleness: HOUR, skew: 1000 }, ask(), 'good', NEXT + HOUR + 1000],
  [
    'without nextUpdate',
    { responses: [single({ nextUpdate: Buffer.alloc(0) })] },
    {},
    ask(),
    'good',
    Date.UTC(2026, 5, 1),
  ],
  [
    'from the future, within the skew',
    {},
    { now: Date.UTC(2026, 5, 1) - 1000, skew: 1000 },
    ask(),
    'good',
    NEXT + 1000,
  ],
  ['signed by a delegate', delegated(), {}, ask(), 'good', NEXT],
  [
    'signed by a delegate, named',
    { ...delegated(), responder: byName(name([attribute(CN, utf8('pump-1'))])) },
    {},
    ask(),
    'good',
    NEXT,
  ],
  [
    'a delegate behind certificates that cannot be read',
    { signer: other, certificates: [sequence(), delegateCertificate(other)] },
    {},
    ask(),
    'good',
    NEXT,
  ],
];

for (const [what, parts, more, question, kind, freshUntil] of HOLDS) {
  test(`holds: ${what}`, () => {
    const verdict = check(parts, more, question);
    assert.ok(verdict.ok, JSON.stringify(verdict));
    assert.deepEqual([verdict.status.kind, verdict.freshUntil], [kind, freshUntil]);
    assert.equal(verdict.delegate !== undefined, parts.signer === other);
  });
}

test('a delegate tells whether he himself may be revoked', () => {
  const noCheck = extension('1.3.6.1.5.5.7.48.1.5', tlv(0x05));
  const asked = check(delegated());
  assert.ok(asked.ok && asked.delegate?.noCheck === false);
  assert.equal(asked.delegate.certificate.facts.serial, '4A01');
  const spared = check(delegated({ extensions: [SIGNS_ANSWERS, noCheck] }));
  assert.ok(spared.ok && spared.delegate?.noCheck === true);
});

const usage = (bits: number) => extension('2.5.29.15', tlv(0x03, [0, bits]), TRUE);
const purposes = (...oids: readonly string[]) => extension('2.5.29.37', sequence(...oids.map(oid)));
const OTHER_NAME = name([attribute(CN, utf8('Other CA'))]);

const REFUSED: readonly (readonly [string, AnswerParts, Partial<OcspCheck>, OcspQuestion, RegExp])[] = [
  ['another serial number', {}, {}, ask('sha1', undefined, Buffer.from([1])), /not about the certificate/],
  ['another digest', {}, {}, ask('sha256'), /not about the certificate/],
  ['another issuer', about({ ...ask(), issuerNameHash: Buffer.alloc(20) }), {}, ask(), /not about the certificate/],
  [
    'another key of the issuer',
    about({ ...ask(), issuerKeyHash: Buffer.alloc(20) }),
    {},
    ask(),
    /not about the certificate/,
  ],
  ['no nonce', {}, {}, ask('sha1', NONCE), /repeats no nonce/],
  ['another nonce', { afterResponses: nonceOf(Buffer.alloc(32, 8)) }, {}, ask('sha1', NONCE), /another nonce/],
  ['a nonce cut short', { afterResponses: nonceOf(NONCE.subarray(1)) }, {}, ask('sha1', NONCE), /another nonce/],
  ['the future', {}, { now: Date.UTC(2026, 5, 1) - 1 }, ask(), /from the future/],
  ['producedAt in the future', { producedAt: generalizedTime('20260601120001Z') }, {}, ask(), /from the future/],
  ['the signature of another', { signer: other, responder: byKey(key.spki) }, {}, ask(), /not that of the issuer/],
  ['the signature of nobody', { signature: tlv(0x03, [0, 1, 2, 3]) }, {}, ask(), /not that of the issuer/],
  ['another algorithm', { algorithm: sequence(oid('1.2.3')) }, {}, ask(), /not that of the issuer/],
  ['a responder that nobody knows', { signer: other }, {}, ask(), /neither the issuer nor came with a certificate/],
  [
    'a certificate of another',
    { signer: other, certificates: [delegateCertificate(testKey())] },
    {},
    ask(),
    /neither the issuer nor/,
  ],
  ['a delegate of another name', delegated({ issuer: OTHER_NAME }), {}, ask(), /not of the issuer that is asked about/],
  ['a delegate that another key signed', delegated({ signer: testKey() }), {}, ask(), /was not signed by the issuer/],
  ['a delegate that signed himself', delegated({ signer: other }), {}, ask(), /was not signed by the issuer/],
  ['a delegate without a purpose', delegated({ extensions: [] }), {}, ask(), /no id-kp-OCSPSigning/],
  [
    'a client as delegate',
    delegated({ extensions: [purposes('1.3.6.1.5.5.7.3.2')] }),
    {},
    ask(),
    /no id-kp-OCSPSigning/,
  ],
  ['any purpose', delegated({ extensions: [purposes('2.5.29.37.0')] }), {}, ask(), /no id-kp-OCSPSigning/],
  [
    'purposes that cannot be read',
    delegated({ extensions: [extension('2.5.29.37', utf8('x'))] }),
    {},
    ask(),
    /cannot be read/,
  ],
  [
    'a delegate that signs nothing',
    delegated({ extensions: [SIGNS_ANSWERS, usage(0x20)] }),
    {},
    ask(),
    /without digitalSignature/,
  ],
  [
    'a delegate with an unknown critical extension',
    delegated({ extensions: [SIGNS_ANSWERS, extension('1.2.3', utf8('x'), TRUE)] }),
    {},
    ask(),
    /critical extension 1\.2\.3/,
  ],
  ['a delegate that has expired', delegated({ notAfter: utcTime('260601115959Z') }), {}, ask(), /has expired/],
  ['a delegate that is not yet valid', delegated({ notBefore: utcTime('260601120001Z') }), {}, ask(), /not yet valid/],
  [
    'a delegate whose signature is wrong',
    { ...delegated(), signature: tlv(0x03, [0, 1, 2, 3]) },
    {},
    ask(),
    /not that of the responder that it names/,
  ],
];

for (const [what, parts, more, question, words] of REFUSED) {
  test(`refused: ${what}`, () => {
    const verdict = check(parts, more, question);
    assert.ok(!verdict.ok && words.test(verdict.reason), JSON.stringify(verdict));
  });
}

test('a delegate with digitalSignature, valid to the second, holds', () => {
  const dates = { notBefore: utcTime('260601120000Z'), notAfter: utcTime('260601120000Z') };
  assert.ok(check(delegated({ ...dates, extensions: [SIGNS_ANSWERS, usage(0x80)] })).ok);
});

test('an answer that was changed after it was signed is refused', () => {
  // A later nextUpdate of the same length.
  const genuine = answer({ responses: [single({ status: revoked() })] });
  assert.ok(checkOcsp(readOcspResponse(genuine), ask(), CHECK).ok);
  const at = genuine.indexOf('20260602000000Z');
  genuine.write('20270602000000Z', at, 'latin1');
  assert.equal(checkOcsp(readOcspResponse(genuine), ask(), CHECK).ok, false);
});

test('an answer that is no success is refused with its status', () => {
  const verdict = checkOcsp(readOcspResponse(sequence(enumerated(3))), ask(), CHECK);
  assert.deepEqual(verdict, { ok: false, reason: 'the responder answered tryLater' });
});

test('questions of a wrong length are not asked', () => {
  assert.throws(() => ask('sha1', undefined, Buffer.alloc(21, 1)), RangeError);
  assert.throws(() => ask('sha1', undefined, Buffer.alloc(0)), RangeError);
  assert.throws(() => ask('sha1', Buffer.alloc(0)), RangeError);
  assert.throws(() => ask('sha1', Buffer.alloc(129)), RangeError);
});
