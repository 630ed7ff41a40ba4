/** Keys and signatures for lists and answers that the tests write themselves. */
import { createHash, createPublicKey, generateKeyPairSync, type KeyObject, sign, verify } from 'node:crypto';
import type { VerifySignature } from '../../../../policies/revocation/signature.ts';
import { oid, sequence } from '../../x509/der-writer.ts';

export const ECDSA_SHA256 = sequence(oid('1.2.840.10045.4.3.2'));

/** Digest by the OID of the signature algorithm. */
const DIGESTS: Readonly<Record<string, string>> = {
  '1.2.840.10045.4.3.2': 'sha256',
  '1.2.840.10045.4.3.3': 'sha384',
  '1.2.840.113549.1.1.11': 'sha256',
};

/** The few algorithms of the tests, by node:crypto. */
export const verifySignature: VerifySignature = (signed, { oid: algorithm }, signature, issuerSpki) => {
  const digest = DIGESTS[algorithm];
  if (digest === undefined) return false;
  const key = createPublicKey({ key: Buffer.from(issuerSpki), format: 'der', type: 'spki' });
  return verify(digest, signed, key, signature);
};

export interface TestKey {
  readonly privateKey: KeyObject;
  /** DER of SubjectPublicKeyInfo. */
  readonly spki: Buffer;
  /** SHA-256 of it. */
  readonly keyHash: Buffer;
}

export function testKey(): TestKey {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const spki = publicKey.export({ format: 'der', type: 'spki' });
  return { privateKey, spki, keyHash: sha256(spki) };
}

export const sha256 = (bytes: Uint8Array): Buffer => createHash('sha256').update(bytes).digest();

export const ecdsa = (signed: Uint8Array, { privateKey }: TestKey): Buffer => sign('sha256', signed, privateKey);
