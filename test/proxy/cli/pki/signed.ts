import { type KeyObject, verify } from 'node:crypto';
import { DerReader, TAG } from '../../../../policies/x509/der.ts';

/** Checks SEQUENCE { what is signed, signatureAlgorithm, signature BIT STRING }: certificates, CRLs, OCSP answers. */
export function verifySigned(der: Uint8Array, key: KeyObject, digest: string | null = null): boolean {
  const reader = new DerReader(der).enter(TAG.sequence, 'what is signed');
  const tbs = reader.read(TAG.sequence, 'what the signature is over');
  reader.read(TAG.sequence, 'signatureAlgorithm');
  const { content, end } = reader.bitString('the signature');
  return verify(digest, der.subarray(tbs.start, tbs.end), key, der.subarray(content + 1, end));
}
