/** Writes OCSP responses for tests, right or wrong as they need it. */
import { createHash } from 'node:crypto';
import {
  askOcsp,
  type CertIdDigest,
  keyBits,
  type OcspQuestion,
} from '../../../../policies/revocation/ocsp-question.ts';
import { certificate, extension, generalizedTime, integer, oid, sequence, tlv } from '../../x509/der-writer.ts';
import { enumerated, ISSUER } from './crl-writer.ts';
import { ECDSA_SHA256, ecdsa, type TestKey, testKey } from './signing.ts';

export const key: TestKey = testKey();
export const NONCE = '1.3.6.1.5.5.7.48.1.2';
export const SERIAL = Buffer.from([0xca, 0xfe]);

export const ask = (digest?: CertIdDigest, nonce?: Uint8Array, serial: Uint8Array = SERIAL): OcspQuestion =>
  askOcsp({ issuerName: ISSUER, issuerSpki: key.spki, serial }, digest, nonce);

export const GOOD = tlv(0x80);
export const UNKNOWN = tlv(0x82);
export const revoked = (...more: readonly Uint8Array[]) => tlv(0xa1, generalizedTime('20260101000000Z'), ...more);

export const byKey = (spki: Uint8Array) => tlv(0xa2, tlv(0x04, createHash('sha1').update(keyBits(spki)).digest()));
export const byName = (name: Uint8Array) => tlv(0xa1, name);
export const nonceOf = (octets: Uint8Array) => tlv(0xa1, sequence(extension(NONCE, tlv(0x04, octets))));

/** CertID as a question has it. */
export function certId(question: OcspQuestion, parameters: Uint8Array = tlv(0x05)): Buffer {
  const digest = question.digest === 'sha1' ? '1.3.14.3.2.26' : '2.16.840.1.101.3.4.2.1';
  const high = (question.serial[0] ?? 0) >= 0x80 ? [0] : [];
  return sequence(
    sequence(oid(digest), parameters),
    tlv(0x04, question.issuerNameHash),
    tlv(0x04, question.issuerKeyHash),
    integer(...high, ...question.serial),
  );
}

export interface SingleParts {
  readonly certId?: Uint8Array;
  readonly status?: Uint8Array;
  readonly thisUpdate?: Uint8Array;
  /** `[0]` and what is in it. */
  readonly nextUpdate?: Uint8Array;
  readonly after?: Uint8Array;
}

const nothing = Buffer.alloc(0);

export const single = (parts: SingleParts = {}) =>
  sequence(
    parts.certId ?? certId(ask()),
    parts.status ?? GOOD,
    parts.thisUpdate ?? generalizedTime('20260601000000Z'),
    parts.nextUpdate ?? tlv(0xa0, generalizedTime('20260602000000Z')),
    parts.after ?? nothing,
  );

/** Parts of an answer; what is left out is as in a plain valid one, signed by the issuer. */
export interface AnswerParts {
  readonly status?: Uint8Array;
  readonly type?: Uint8Array;
  readonly beforeResponder?: Uint8Array;
  readonly responder?: Uint8Array;
  readonly producedAt?: Uint8Array;
  readonly responses?: readonly Uint8Array[];
  readonly afterResponses?: Uint8Array;
  readonly algorithm?: Uint8Array;
  readonly signer?: TestKey;
  readonly signature?: Uint8Array;
  readonly certificates?: readonly Uint8Array[];
  readonly afterSignature?: Uint8Array;
  readonly after?: Uint8Array;
}

export function answer(parts: AnswerParts = {}): Buffer {
  const tbs = sequence(
    parts.beforeResponder ?? nothing,
    parts.responder ?? byKey((parts.signer ?? key).spki),
    parts.producedAt ?? generalizedTime('20260601000000Z'),
    sequence(...(parts.responses ?? [single()])),
    parts.afterResponses ?? nothing,
  );
  const basic = sequence(
    tbs,
    parts.algorithm ?? ECDSA_SHA256,
    parts.signature ?? tlv(0x03, [0], ecdsa(tbs, parts.signer ?? key)),
    parts.certificates === undefined ? nothing : tlv(0xa0, sequence(...parts.certificates)),
    parts.afterSignature ?? nothing,
  );
  const bytes = sequence(parts.type ?? oid('1.3.6.1.5.5.7.48.1.1'), tlv(0x04, basic));
  return sequence(parts.status ?? enumerated(0), tlv(0xa0, bytes), parts.after ?? nothing);
}

export interface DelegateParts {
  readonly issuer?: Uint8Array;
  readonly notBefore?: Uint8Array;
  readonly notAfter?: Uint8Array;
  readonly extensions?: readonly Uint8Array[];
  /** Default: the issuer. */
  readonly signer?: TestKey;
}

export const SIGNS_ANSWERS = extension('2.5.29.37', sequence(oid('1.3.6.1.5.5.7.3.9')));

/** A certificate that the issuer made for a responder. */
export function delegateCertificate(holder: TestKey, parts: DelegateParts = {}): Buffer {
  const { signer = key, extensions = [SIGNS_ANSWERS], ...dates } = parts;
  const unsigned = certificate({ issuer: ISSUER, publicKey: holder.spki, ...dates, extensions });
  const tbs = firstValue(unsigned);
  return sequence(tbs, ECDSA_SHA256, tlv(0x03, [0], ecdsa(tbs, signer)));
}

/** tbsCertificate, which is below 64 KiB. */
function firstValue(der: Buffer): Buffer {
  const header = (at: number) => ((der[at + 1] as number) < 0x80 ? 2 : 2 + ((der[at + 1] as number) & 0x7f));
  const start = header(0);
  const head = header(start);
  const size = head === 2 ? (der[start + 1] as number) : der.readUIntBE(start + 2, head - 2);
  return der.subarray(start, start + head + size);
}
