import { constants } from 'node:crypto';
import { type DerRange, DerReader, TAG } from '../der.ts';
import type { KeyKind } from './keys.ts';
import { readPssDigest } from './rsa-pss.ts';

export type Digest = 'sha256' | 'sha384' | 'sha512';

export type SignatureName =
  | `rsa-pkcs1-${Digest}`
  | `rsa-pss-${Digest}`
  | `ecdsa-${Digest}`
  | 'ed25519'
  | 'ed448'
  | 'ml-dsa-44'
  | 'ml-dsa-65'
  | 'ml-dsa-87';

export interface SignatureAlgorithm {
  readonly name: SignatureName;
  /** Kinds of keys that make such signatures. */
  readonly keys: readonly KeyKind[];
  /** For `verify` of node:crypto; null where the algorithm hashes by itself. */
  readonly digest: Digest | null;
  readonly padding?: { readonly padding: number; readonly saltLength?: number };
}

const PSS = '1.2.840.113549.1.1.10';
const CURVES: readonly KeyKind[] = ['P-256', 'P-384', 'P-521'];

const SALT_LENGTH: Record<Digest, number> = { sha256: 32, sha384: 48, sha512: 64 };

const pkcs1 = (digest: Digest): SignatureAlgorithm => ({
  name: `rsa-pkcs1-${digest}`,
  keys: ['rsa'],
  digest,
  padding: { padding: constants.RSA_PKCS1_PADDING },
});
const ecdsa = (digest: Digest): SignatureAlgorithm => ({ name: `ecdsa-${digest}`, keys: CURVES, digest });
const whole = (name: SignatureName & KeyKind): SignatureAlgorithm => ({ name, keys: [name], digest: null });

/** RFC 4055, RFC 5758, RFC 8410, RFC 9881. SHA-1, MD5, SHA-224 and DSA are not here, so they are refused. */
const ALGORITHMS: ReadonlyMap<string, SignatureAlgorithm> = new Map([
  ['1.2.840.113549.1.1.11', pkcs1('sha256')],
  ['1.2.840.113549.1.1.12', pkcs1('sha384')],
  ['1.2.840.113549.1.1.13', pkcs1('sha512')],
  ['1.2.840.10045.4.3.2', ecdsa('sha256')],
  ['1.2.840.10045.4.3.3', ecdsa('sha384')],
  ['1.2.840.10045.4.3.4', ecdsa('sha512')],
  ['1.3.101.112', whole('ed25519')],
  ['1.3.101.113', whole('ed448')],
  ['2.16.840.1.101.3.4.3.17', whole('ml-dsa-44')],
  ['2.16.840.1.101.3.4.3.18', whole('ml-dsa-65')],
  ['2.16.840.1.101.3.4.3.19', whole('ml-dsa-87')],
]);

/**
 * Reads an AlgorithmIdentifier of a signature. An algorithm that is never accepted, or has
 * parameters that it must not have, gives the reason as text.
 * @throws X509Error when the encoding is broken.
 */
export function readSignatureAlgorithm(der: Uint8Array, place: DerRange): SignatureAlgorithm | string {
  const reader = new DerReader(der, place.start, place.end).enter(TAG.sequence, 'the signature algorithm');
  const oid = reader.oid('the signature algorithm');
  if (oid === PSS) {
    const digest = readPssDigest(reader);
    return digest === undefined ? 'the RSA-PSS parameters are not accepted' : pss(digest);
  }
  const algorithm = ALGORITHMS.get(oid);
  if (algorithm === undefined) return `the signature algorithm ${oid} is not accepted`;
  // RFC 4055 section 5 writes NULL for RSA and takes its absence; all others have none.
  const rsaNull = algorithm.padding !== undefined && reader.peek() === 0x05;
  if (rsaNull) reader.any('the parameters of the signature algorithm');
  return reader.more ? `the signature algorithm ${algorithm.name} has parameters` : algorithm;
}

function pss(digest: Digest): SignatureAlgorithm {
  const padding = { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: SALT_LENGTH[digest] };
  return { name: `rsa-pss-${digest}`, keys: ['rsa'], digest, padding };
}
