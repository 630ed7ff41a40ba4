import { type DerReader, type DerValue, TAG } from '../x509/der.ts';

/** How a thing was signed: `oid` dotted, `der` the whole AlgorithmIdentifier. */
export interface SignatureAlgorithm {
  readonly oid: string;
  readonly der: Uint8Array;
}

/**
 * Is `signature` that of the key in `issuerSpki` (DER of SubjectPublicKeyInfo) over `signed`? False also for an
 * algorithm that is unknown or too weak.
 */
export type VerifySignature = (
  signed: Uint8Array,
  algorithm: SignatureAlgorithm,
  signature: Uint8Array,
  issuerSpki: Uint8Array,
) => boolean;

/**
 * AlgorithmIdentifier ::= SEQUENCE { algorithm OBJECT IDENTIFIER, parameters ANY OPTIONAL }
 * @throws X509Error
 */
export function readAlgorithm(reader: DerReader, what: string): SignatureAlgorithm & { readonly value: DerValue } {
  const value = reader.read(TAG.sequence, what);
  const parts = reader.inside(value, what);
  const oid = parts.oid(what);
  if (parts.more) parts.any(`the parameters of ${what}`);
  parts.done(what);
  return { oid, der: reader.bytes.subarray(value.start, value.end), value };
}
