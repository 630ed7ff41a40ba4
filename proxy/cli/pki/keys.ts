import { createPrivateKey, type KeyObject, webcrypto } from 'node:crypto';

/** Kind of a key, as webcrypto names it. RSA-1024 exists to show that it is refused. */
export type KeyKind = 'P-256' | 'P-384' | 'RSA-2048' | 'RSA-3072' | 'RSA-1024' | 'Ed25519' | 'ML-DSA-65' | 'ML-DSA-87';

/** What webcrypto needs to make a key and to sign with it. ML-DSA: FIPS 204, in certificates RFC 9881. */
type Algorithm = webcrypto.EcKeyGenParams | webcrypto.RsaHashedKeyGenParams | { readonly name: string };

const RSA = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256', publicExponent: Uint8Array.of(1, 0, 1) };

const ALGORITHMS: Readonly<Record<KeyKind, Algorithm>> = {
  'P-256': { name: 'ECDSA', namedCurve: 'P-256' },
  'P-384': { name: 'ECDSA', namedCurve: 'P-384' },
  'RSA-2048': { ...RSA, modulusLength: 2048 },
  'RSA-3072': { ...RSA, modulusLength: 3072 },
  'RSA-1024': { ...RSA, modulusLength: 1024 },
  Ed25519: { name: 'Ed25519' },
  'ML-DSA-65': { name: 'ML-DSA-65' },
  'ML-DSA-87': { name: 'ML-DSA-87' },
};

/** The names on the command line. */
export const KEY_TYPES: ReadonlyMap<string, KeyKind> = new Map([
  ['p256', 'P-256'],
  ['p384', 'P-384'],
  ['rsa2048', 'RSA-2048'],
  ['rsa3072', 'RSA-3072'],
  ['ed25519', 'Ed25519'],
  ['ml-dsa-65', 'ML-DSA-65'],
  ['ml-dsa-87', 'ML-DSA-87'],
]);

/** An authority's private key and how it signs. */
export interface SigningKey {
  readonly key: webcrypto.CryptoKey;
  /** The algorithm of the key with the hash: SHA-384 for P-384, SHA-256 for P-256 and RSA, the others hash on their own. */
  readonly algorithm: webcrypto.EcdsaParams;
}

export async function generateKey(kind: KeyKind): Promise<webcrypto.CryptoKeyPair> {
  const { subtle } = webcrypto;
  return (await subtle.generateKey(ALGORITHMS[kind] as webcrypto.EcKeyGenParams, true, [
    'sign',
    'verify',
  ])) as webcrypto.CryptoKeyPair;
}

export function signingKey(key: webcrypto.CryptoKey, kind: KeyKind): SigningKey {
  return { key, algorithm: { ...ALGORITHMS[kind], hash: kind === 'P-384' ? 'SHA-384' : 'SHA-256' } };
}

/** PKCS #8 as PEM. */
export async function keyPem(key: webcrypto.CryptoKey): Promise<string> {
  const der = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', key));
  return createPrivateKey({ key: der, format: 'der', type: 'pkcs8' }).export({
    format: 'pem',
    type: 'pkcs8',
  }) as string;
}

/**
 * Reads the key of an authority from PEM (PKCS #8, or what OpenSSL wrote before it).
 * @throws Error when it is of a kind that no authority of ours has.
 */
export async function importKey(pem: string): Promise<SigningKey> {
  const object = createPrivateKey(pem);
  const kind = kindOf(object);
  const der = object.export({ format: 'der', type: 'pkcs8' });
  const algorithm = ALGORITHMS[kind] as webcrypto.EcKeyImportParams;
  return signingKey(await webcrypto.subtle.importKey('pkcs8', der, algorithm, true, ['sign']), kind);
}

function kindOf({ asymmetricKeyType: type, asymmetricKeyDetails: details }: KeyObject): KeyKind {
  const wanted =
    type === 'ec'
      ? ({ prime256v1: 'p256', secp384r1: 'p384' }[details?.namedCurve ?? ''] ?? details?.namedCurve)
      : type === 'rsa'
        ? `rsa${details?.modulusLength}`
        : type;
  const kind = KEY_TYPES.get(wanted ?? '');
  if (kind === undefined) throw new Error(`a key of type ${wanted} signs nothing here`);
  return kind;
}
