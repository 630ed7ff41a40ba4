import { type DerReader, type DerValue, TAG, X509Error } from '../x509/der.ts';
import { readExtensionList } from '../x509/extension-list.ts';
import { readTime } from '../x509/time.ts';
import { isReason } from './crl-reasons.ts';
import { readAlgorithm } from './signature.ts';

const GOOD = 0x80;
const REVOKED = 0xa1;
const UNKNOWN = 0x82;
const CONTEXT_0 = 0xa0;
const CONTEXT_1 = 0xa1;
const ENUMERATED = 0x0a;

/** CertID of RFC 6960 4.1.1. */
export interface CertId {
  /** OID of the digest. */
  readonly digest: string;
  readonly issuerNameHash: Uint8Array;
  readonly issuerKeyHash: Uint8Array;
  /** Without leading zeros. */
  readonly serial: Uint8Array;
}

/** What a response says of a certificate (RFC 6960, 4.2.1). */
export type CertStatus =
  | { readonly kind: 'good' }
  | { readonly kind: 'unknown' }
  /** `date` in milliseconds since the epoch; `reason` as in RFC 5280 5.3.1, 0 where none is given. */
  | { readonly kind: 'revoked'; readonly date: number; readonly reason: number };

/** What an answer says of one certificate. */
export interface SingleResponse {
  readonly certId: CertId;
  readonly status: CertStatus;
  /** Milliseconds since the epoch. */
  readonly thisUpdate: number;
  readonly nextUpdate: number | undefined;
}

/**
 * Inside SingleResponse ::= SEQUENCE { certID, certStatus, thisUpdate, [0] nextUpdate OPTIONAL, [1] singleExtensions
 * OPTIONAL }
 * @throws X509Error
 */
export function readCertStatus(reader: DerReader): SingleResponse {
  const certId = readCertId(reader.enter(TAG.sequence, 'certID'));
  const status = readStatus(reader);
  const thisUpdate = readOcspTime(reader, 'thisUpdate');
  let nextUpdate: number | undefined;
  if (reader.peek() === CONTEXT_0) {
    const explicit = reader.enter(CONTEXT_0, 'nextUpdate');
    nextUpdate = readOcspTime(explicit, 'nextUpdate');
    explicit.done('nextUpdate');
    if (nextUpdate < thisUpdate) throw new X509Error('nextUpdate is before thisUpdate', reader.at);
  }
  if (reader.peek() === CONTEXT_1) {
    const explicit = reader.enter(CONTEXT_1, 'singleExtensions');
    const unknown = readExtensionList(explicit, 'singleExtensions').find(({ critical }) => critical);
    if (unknown !== undefined) {
      throw new X509Error(`a response has the unknown critical extension ${unknown.oid}`, unknown.value.start);
    }
  }
  reader.done('a response');
  return { certId, status, thisUpdate, nextUpdate };
}

/** OCSP knows GeneralizedTime only, without fractions (RFC 6960 4.2.2.1). */
export function readOcspTime(reader: DerReader, what: string): number {
  if (reader.peek() === TAG.utcTime) throw new X509Error(`${what} is no GeneralizedTime`, reader.at);
  return readTime(reader, what);
}

function readCertId(reader: DerReader): CertId {
  const { oid: digest } = readAlgorithm(reader, 'hashAlgorithm');
  const octets = (value: DerValue) => reader.bytes.subarray(value.content, value.end);
  const issuerNameHash = octets(reader.read(TAG.octetString, 'issuerNameHash'));
  const issuerKeyHash = octets(reader.read(TAG.octetString, 'issuerKeyHash'));
  const serial = octets(reader.integer('serialNumber'));
  reader.done('certID');
  const padded = serial.length > 1 && serial[0] === 0;
  return { digest, issuerNameHash, issuerKeyHash, serial: padded ? serial.subarray(1) : serial };
}

/**
 * CertStatus ::= CHOICE { good [0] NULL, revoked [1] SEQUENCE { revocationTime, [0] revocationReason }, unknown [2]
 * NULL }
 */
function readStatus(reader: DerReader): CertStatus {
  const tag = reader.peek();
  if (tag === GOOD || tag === UNKNOWN) {
    const { content, end } = reader.any('certStatus');
    if (content !== end) throw new X509Error('certStatus is no NULL', content);
    return { kind: tag === GOOD ? 'good' : 'unknown' };
  }
  const info = reader.enter(REVOKED, 'certStatus');
  const date = readOcspTime(info, 'revocationTime');
  const reason = info.more ? readReason(info.enter(CONTEXT_0, 'revocationReason')) : 0;
  info.done('certStatus');
  return { kind: 'revoked', date, reason };
}

function readReason(explicit: DerReader): number {
  const { content, end } = explicit.read(ENUMERATED, 'revocationReason');
  explicit.done('revocationReason');
  const code = explicit.bytes[content] as number;
  if (end - content !== 1 || !isReason(code)) throw new X509Error('revocationReason is none of RFC 5280', content);
  return code;
}
