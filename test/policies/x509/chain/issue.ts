/** Certificates for tests of chains: every part can be wrong. Signed with node:crypto, at once. */
import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { DerReader } from '../../../../policies/x509/der.ts';
import {
  ascii,
  attribute,
  CN,
  certificate,
  extension,
  integer,
  name,
  oid,
  type Parts,
  sequence,
  tlv,
  utf8,
} from '../der-writer.ts';

export interface KeyPair {
  readonly privateKey: KeyObject;
  /** SubjectPublicKeyInfo. */
  readonly spki: Buffer;
  /** AlgorithmIdentifier of its signatures, and the digest for `sign`. */
  readonly algorithm: Buffer;
  readonly digest: string | null;
}

const RSA_SHA256 = sequence(oid('1.2.840.113549.1.1.11'), tlv(0x05));
const ECDSA_SHA256 = sequence(oid('1.2.840.10045.4.3.2'));

/** Spares what stands before the curve: `generateKeyPairSync` has one overload per kind. */
export function ecKey(curve = 'P-256'): KeyPair {
  return pair(generateKeyPairSync('ec', { namedCurve: curve }), ECDSA_SHA256, 'sha256');
}

export function rsaKey(bits = 2048): KeyPair {
  return pair(generateKeyPairSync('rsa', { modulusLength: bits }), RSA_SHA256, 'sha256');
}

export function ed25519Key(): KeyPair {
  return pair(generateKeyPairSync('ed25519'), sequence(oid('1.3.101.112')), null);
}

export function mlDsa65Key(): KeyPair {
  return pair(generateKeyPairSync('ml-dsa-65'), sequence(oid('2.16.840.1.101.3.4.3.18')), null);
}

function pair(
  { publicKey, privateKey }: { publicKey: KeyObject; privateKey: KeyObject },
  algorithm: Buffer,
  digest: string | null,
): KeyPair {
  return { privateKey, spki: publicKey.export({ type: 'spki', format: 'der' }), algorithm, digest };
}

/** A certificate and the key that belongs to it. */
export interface Issued {
  readonly der: Buffer;
  readonly subject: Buffer;
  readonly key: KeyPair;
}

export interface Request extends Omit<Parts, 'issuer' | 'publicKey' | 'signature' | 'subject'> {
  /** Common name, or a whole Name. */
  readonly subject?: string | Buffer;
  /** Default: a new P-256 key. */
  readonly key?: KeyPair;
  /** Who signs; default: itself. */
  readonly by?: Issued;
  /** Written instead of the issuer's subject. */
  readonly issuer?: Buffer;
  /** For `sign`, where the algorithm is not the ordinary one of the key. */
  readonly signing?: object;
  readonly digest?: string;
}

const TRUE = tlv(0x01, [0xff]);

export const CLIENT_AUTH = '1.3.6.1.5.5.7.3.2';
export const SERVER_AUTH = '1.3.6.1.5.5.7.3.1';
export const ANY_PURPOSE = '2.5.29.37.0';

export const distinguishedName = (...commonNames: readonly string[]) =>
  name(...commonNames.map((commonName) => [attribute(CN, utf8(commonName))]));

export const basicConstraints = (ca: boolean, pathLength?: number) =>
  extension(
    '2.5.29.19',
    sequence(...(ca ? [TRUE] : []), ...(pathLength === undefined ? [] : [integer(pathLength)])),
    TRUE,
  );
/** `octet` as it stands in the BIT STRING: 0x80 digitalSignature, 0x04 keyCertSign, 0x02 cRLSign. */
export const keyUsage = (octet: number) =>
  extension('2.5.29.15', tlv(0x03, [31 - Math.clz32(octet & -octet), octet]), TRUE);
export const extKeyUsage = (...purposes: readonly string[]) => extension('2.5.29.37', sequence(...purposes.map(oid)));
export const nameConstraints = (permitted: readonly Buffer[], excluded: readonly Buffer[] = []) => {
  const part = (tag: number, bases: readonly Buffer[]) =>
    bases.length === 0 ? [] : [tlv(tag, ...bases.map((base) => sequence(base)))];
  return extension('2.5.29.30', sequence(...part(0xa0, permitted), ...part(0xa1, excluded)), TRUE);
};
export const subjectKeyId = (id: string) => extension('2.5.29.14', tlv(0x04, Buffer.from(id)));
export const authorityKeyId = (id: string) => extension('2.5.29.35', sequence(tlv(0x80, Buffer.from(id))));
export const unknownCritical = () => extension('1.3.6.1.4.1.55555.1', tlv(0x05), TRUE);

export const email = (text: string) => ascii(0x81, text);
export const dns = (text: string) => ascii(0x82, text);
export const uri = (text: string) => ascii(0x86, text);
export const ip = (...octets: readonly number[]) => tlv(0x87, octets);
export const directory = (of: Buffer) => tlv(0xa4, of);
export const otherName = () => tlv(0xa0, oid('1.3.6.1.4.1.55555.2'), tlv(0xa0, utf8('x')));

/** Extensions of an authority. */
export const AUTHORITY = [basicConstraints(true), keyUsage(0x04 | 0x02)];
/** Extensions of a client certificate. */
export const CLIENT = [keyUsage(0x80), extKeyUsage(CLIENT_AUTH)];

let serial = 0;

export function issue(request: Request): Issued {
  const { by, signing } = request;
  const key = request.key ?? ecKey();
  const subject = typeof request.subject === 'object' ? request.subject : distinguishedName(request.subject ?? 'leaf');
  const signer = by?.key ?? key;
  const parts: Parts = {
    serial: integer(0x40, ++serial >> 8, serial & 0xff),
    algorithm: signer.algorithm,
    ...request,
    subject,
    issuer: request.issuer ?? by?.subject ?? subject,
    publicKey: key.spki,
  };
  const unsigned = certificate(parts);
  const tbs = new DerReader(unsigned).enter(0x30, 'certificate').read(0x30, 'tbsCertificate');
  const digest = request.digest ?? signer.digest;
  const signature = sign(digest, unsigned.subarray(tbs.start, tbs.end), { key: signer.privateKey, ...signing });
  return { der: certificate({ ...parts, signature: tlv(0x03, [0], signature) }), subject, key };
}

/** A self-signed authority. */
export const root = (subject = 'root', request: Request = {}) => issue({ extensions: AUTHORITY, ...request, subject });
/** An authority below another. */
export const authority = (by: Issued, subject: string, request: Request = {}) =>
  issue({ extensions: AUTHORITY, ...request, subject, by });
/** A client certificate. */
export const client = (by: Issued, request: Request = {}) => issue({ extensions: CLIENT, ...request, by });
