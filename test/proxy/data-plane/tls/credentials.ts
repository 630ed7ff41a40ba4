import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import {
  bitString,
  generalizedTime,
  integer,
  oid,
  pem,
  sequence,
  tagged,
  tlv,
} from '../../../../proxy/cli/pki/der-writer.ts';

/** What one side of a handshake shows; PEM. */
export interface Credentials {
  readonly cert: string;
  readonly key: string;
}

const DAY = 86_400_000;
const ECDSA_SHA256 = sequence(oid('1.2.840.10045.4.3.2'));
const authority = generateKeyPairSync('ec', { namedCurve: 'prime256v1' }).privateKey;

/** Kinds of keys that the tests need; several are known to no certificate authority of ours. */
const KEYS = {
  P256: () => generateKeyPairSync('ec', { namedCurve: 'prime256v1' }),
  P384: () => generateKeyPairSync('ec', { namedCurve: 'secp384r1' }),
  P521: () => generateKeyPairSync('ec', { namedCurve: 'secp521r1' }),
  brainpoolP256r1: () => generateKeyPairSync('ec', { namedCurve: 'brainpoolP256r1' }),
  brainpoolP384r1: () => generateKeyPairSync('ec', { namedCurve: 'brainpoolP384r1' }),
  brainpoolP512r1: () => generateKeyPairSync('ec', { namedCurve: 'brainpoolP512r1' }),
  RSA2048: () => generateKeyPairSync('rsa', { modulusLength: 2048 }),
  RSA3072: () => generateKeyPairSync('rsa', { modulusLength: 3072 }),
  'RSA-PSS': () => generateKeyPairSync('rsa-pss', { modulusLength: 3072 }),
  Ed25519: () => generateKeyPairSync('ed25519'),
  'ML-DSA-65': () => generateKeyPairSync('ml-dsa-65'),
  'ML-DSA-87': () => generateKeyPairSync('ml-dsa-87'),
} satisfies Record<string, () => { readonly publicKey: KeyObject; readonly privateKey: KeyObject }>;

export type KeyName = keyof typeof KEYS;

const made = new Map<KeyName, Credentials>();

/** A certificate for localhost with a key of this kind; always the same one. Signed by an ECDSA authority. */
export function credentials(kind: KeyName): Credentials {
  let found = made.get(kind);
  if (found === undefined) {
    const { publicKey, privateKey } = KEYS[kind]();
    const key = privateKey.export({ format: 'pem', type: 'pkcs8' }) as string;
    found = { cert: certify(publicKey), key };
    made.set(kind, found);
  }
  return found;
}

function certify(key: KeyObject): string {
  const now = Date.now();
  const tbs = sequence(
    tagged(0, integer(2)),
    integer(1),
    ECDSA_SHA256,
    commonName('Test CA'),
    sequence(generalizedTime(new Date(now - DAY)), generalizedTime(new Date(now + DAY))),
    commonName('localhost'),
    key.export({ format: 'der', type: 'spki' }),
  );
  return pem('CERTIFICATE', sequence(tbs, ECDSA_SHA256, bitString(sign('sha256', tbs, authority))));
}

function commonName(text: string): Buffer {
  return sequence(tlv(0x31, sequence(oid('2.5.4.3'), tlv(0x0c, Buffer.from(text)))));
}
