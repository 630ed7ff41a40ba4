import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { MAX_OCSP_BYTES, OcspError, readOcspResponse } from '../../../policies/revocation/ocsp-response.ts';
import { extension, generalizedTime, integer, oid, sequence, tlv, utcTime, utf8 } from '../x509/der-writer.ts';
import { forMutationsOf } from '../x509/mutations.ts';
import { enumerated, ISSUER, TRUE } from './support/crl-writer.ts';
import {
  type AnswerParts,
  answer,
  ask,
  byName,
  certId,
  GOOD,
  key,
  NONCE,
  nonceOf,
  revoked,
  SERIAL,
  type SingleParts,
  single,
  UNKNOWN,
} from './support/ocsp-writer.ts';

const basicOf = (der: Uint8Array) => readOcspResponse(der).basic ?? assert.fail('not successful');

test('an answer gives its parts', () => {
  const nonce = Buffer.alloc(32, 7);
  const basic = basicOf(answer({ afterResponses: nonceOf(nonce), certificates: [sequence(), sequence(integer(1))] }));
  assert.equal(basic.responder.kind, 'key');
  assert.equal(basic.producedAt, Date.UTC(2026, 5, 1));
  assert.equal(basic.algorithm.oid, '1.2.840.10045.4.3.2');
  assert.deepEqual(Buffer.from(basic.nonce ?? []), nonce);
  assert.equal(basic.certificates.length, 2);
  const [response] = basic.responses;
  assert.equal(response?.thisUpdate, Date.UTC(2026, 5, 1));
  assert.equal(response?.nextUpdate, Date.UTC(2026, 5, 2));
  assert.deepEqual(Buffer.from(response?.certId.serial ?? []), SERIAL);
});

test('a responder may be named', () => {
  const { responder } = basicOf(answer({ responder: byName(ISSUER) }));
  assert.ok(responder.kind === 'name');
  assert.deepEqual(responder.name, ISSUER);
});

test('the three states of a certificate are read', () => {
  const reason = tlv(0xa0, enumerated(1));
  const states: readonly (readonly [Buffer, object])[] = [
    [GOOD, { kind: 'good' }],
    [UNKNOWN, { kind: 'unknown' }],
    [revoked(), { kind: 'revoked', date: Date.UTC(2026, 0, 1), reason: 0 }],
    [revoked(reason), { kind: 'revoked', date: Date.UTC(2026, 0, 1), reason: 1 }],
  ];
  for (const [status, expected] of states) {
    assert.deepEqual(basicOf(answer({ responses: [single({ status })] })).responses[0]?.status, expected);
  }
});

test('nextUpdate may be missing, and what is not critical and not known is passed over', () => {
  const after = tlv(0xa1, sequence(extension('1.2.3.4', utf8('x'))));
  const [response] = basicOf(answer({ responses: [single({ nextUpdate: Buffer.alloc(0), after })] })).responses;
  assert.equal(response?.nextUpdate, undefined);
  assert.equal(basicOf(answer({ afterResponses: after })).nonce, undefined);
});

test('an answer without a response tells its status', () => {
  const statuses = ['malformedRequest', 'internalError', 'tryLater', undefined, 'sigRequired', 'unauthorized'];
  for (const [index, status] of statuses.entries()) {
    const der = sequence(enumerated(index + 1));
    if (status === undefined) assert.throws(() => readOcspResponse(der), OcspError);
    else assert.deepEqual(readOcspResponse(der), { status, basic: undefined });
  }
});

const one = (parts: SingleParts): AnswerParts => ({ responses: [single(parts)] });
const id = certId(ask());
const many = (count: number) => Array.from({ length: count }, () => single());
const critical = tlv(0xa1, sequence(extension('1.2.3.4', utf8('x'), TRUE)));

const REFUSED: readonly (readonly [what: string, parts: AnswerParts, words: RegExp])[] = [
  ['an unknown status', { status: enumerated(7) }, /responseStatus is unknown/],
  ['a status of two octets', { status: tlv(0x0a, [0, 0]) }, /responseStatus is unknown/],
  ['a failure with a response', { status: enumerated(1) }, /left over/],
  ['another type', { type: oid('1.2.3') }, /responseType is 1\.2\.3/],
  ['more behind it', { after: integer(1) }, /left over/],
  ['more behind the signature', { afterSignature: integer(1) }, /the basic response has bytes left over/],
  ['a version', { beforeResponder: tlv(0xa0, integer(0)) }, /version is not v1/],
  ['a responder by nothing', { responder: tlv(0xa3) }, /responderID has tag 0xa3/],
  ['a key hash of 19 octets', { responder: tlv(0xa2, tlv(0x04, Buffer.alloc(19))) }, /not 20 octets/],
  ['producedAt in UTCTime', { producedAt: utcTime('260601000000Z') }, /producedAt is no GeneralizedTime/],
  ['producedAt with a fraction', { producedAt: generalizedTime('20260601000000.5Z') }, /producedAt is not of the form/],
  ['no responses', { responses: [] }, /responses are empty/],
  ['65 responses', { responses: many(65) }, /more than 64 responses/],
  ['9 certificates', { certificates: Array.from({ length: 9 }, () => sequence()) }, /more than 8 certificates/],
  ['an unknown critical extension', { afterResponses: critical }, /critical extension 1\.2\.3\.4/],
  ['the same in a response', one({ after: critical }), /critical extension 1\.2\.3\.4/],
  [
    'a nonce twice',
    { afterResponses: tlv(0xa1, sequence(extension(NONCE, tlv(0x04)), extension(NONCE, tlv(0x04)))) },
    /twice/,
  ],
  ['a nonce that is none', { afterResponses: tlv(0xa1, sequence(extension(NONCE, utf8('x')))) }, /the nonce has tag/],
  ['good with content', one({ status: tlv(0x80, [0]) }), /certStatus is no NULL/],
  ['a fourth state', one({ status: tlv(0x83) }), /certStatus has tag 0x83/],
  ['revoked for reason 7', one({ status: revoked(tlv(0xa0, enumerated(7))) }), /revocationReason is none/],
  [
    'revoked with more',
    one({ status: revoked(tlv(0xa0, enumerated(1)), integer(1)) }),
    /certStatus has bytes left over/,
  ],
  [
    'nextUpdate before thisUpdate',
    one({ nextUpdate: tlv(0xa0, generalizedTime('20250601000000Z')) }),
    /nextUpdate is before/,
  ],
  ['thisUpdate in UTCTime', one({ thisUpdate: utcTime('260601000000Z') }), /thisUpdate is no GeneralizedTime/],
  ['a CertID with more', one({ certId: sequence(id, integer(1)) }), /hashAlgorithm/],
  ['more in a response', one({ after: integer(1) }), /a response has bytes left over/],
  ['a signature with unused bits', { signature: tlv(0x03, [1, 0x80]) }, /unused bits/],
];

for (const [what, parts, words] of REFUSED) {
  test(`refused: ${what}`, () => {
    assert.throws(
      () => readOcspResponse(answer(parts)),
      (error) => error instanceof OcspError && words.test(error.message),
    );
  });
}

test('an answer longer than 64 KiB is refused unread', () => {
  assert.throws(() => readOcspResponse(new Uint8Array(MAX_OCSP_BYTES + 1)), /more than 65536 bytes/);
});

const genuine = answer({ afterResponses: nonceOf(Buffer.alloc(32, 7)), certificates: [sequence()], signer: key });

function readsOrRefuses(der: Uint8Array): void {
  try {
    readOcspResponse(der);
  } catch (error) {
    assert.ok(error instanceof OcspError, `${error}`);
  }
}

test('a mutated answer is read or refused with OcspError, never anything else', () => {
  forMutationsOf(genuine, readsOrRefuses);
  fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), readsOrRefuses));
});

test('every truncation is refused', () => {
  for (let size = 0; size < genuine.length; size++) {
    assert.throws(() => readOcspResponse(genuine.subarray(0, size)), OcspError);
  }
});
