import { Buffer } from 'node:buffer';
import { hash } from 'node:crypto';
import { DerReader, TAG } from '../x509/der.ts';

/**
 * Digest that names the issuer: SHA-1 is what responders are sure to know (RFC 5019 2.1.1); nothing rests on its
 * strength.
 */
export type CertIdDigest = 'sha1' | 'sha256';

export const DIGEST_OIDS: Readonly<Record<CertIdDigest, string>> = {
  sha1: '1.3.14.3.2.26',
  sha256: '2.16.840.1.101.3.4.2.1',
};

const DIGEST_DER: Readonly<Record<CertIdDigest, readonly number[]>> = {
  sha1: [0x06, 0x05, 0x2b, 0x0e, 0x03, 0x02, 0x1a],
  sha256: [0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01],
};
const NULL = [0x05, 0x00];
const NONCE_OID = [0x06, 0x09, 0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x30, 0x01, 0x02];
const REQUEST_EXTENSIONS = 0xa2;
/** RFC 9654 2.1: requests carry 32 octets, at least one, at most 128. */
const MAX_NONCE = 128;

/** Which certificate is asked about. */
export interface Asked {
  /** DER of the issuer's subject. */
  readonly issuerName: Uint8Array;
  /** DER of the issuer's SubjectPublicKeyInfo. */
  readonly issuerSpki: Uint8Array;
  /** Unsigned, without leading zeros. */
  readonly serial: Uint8Array;
}

/** An OCSPRequest and what the answer must repeat. */
export interface OcspQuestion {
  /** DER, the body of the POST. */
  readonly request: Uint8Array;
  readonly digest: CertIdDigest;
  readonly issuerNameHash: Uint8Array;
  readonly issuerKeyHash: Uint8Array;
  readonly serial: Uint8Array;
  readonly nonce: Uint8Array | undefined;
}

/**
 * Builds an OCSPRequest about one certificate (RFC 6960 4.1.1), unsigned.
 * @param nonce 32 random octets (RFC 9654), or none: many responders make answers beforehand and repeat none.
 * @throws X509Error when `issuerSpki` is none. RangeError for a serial number or nonce of the wrong length.
 */
export function askOcsp(asked: Asked, digest: CertIdDigest = 'sha1', nonce?: Uint8Array): OcspQuestion {
  const { serial } = asked;
  if (serial.length < 1 || serial.length > 20) throw new RangeError('a serial number has 1 to 20 octets');
  if (nonce !== undefined && (nonce.length < 1 || nonce.length > MAX_NONCE)) {
    throw new RangeError(`a nonce has 1 to ${MAX_NONCE} octets`);
  }
  const issuerNameHash = hash(digest, asked.issuerName, 'buffer');
  const issuerKeyHash = hash(digest, keyBits(asked.issuerSpki), 'buffer');
  const high = (serial[0] as number) >= 0x80 ? [0] : [];
  const certId = tlv(
    TAG.sequence,
    tlv(TAG.sequence, DIGEST_DER[digest], NULL),
    tlv(TAG.octetString, issuerNameHash),
    tlv(TAG.octetString, issuerKeyHash),
    tlv(TAG.integer, high, serial),
  );
  const requestList = tlv(TAG.sequence, tlv(TAG.sequence, certId));
  const request = tlv(TAG.sequence, tlv(TAG.sequence, requestList, nonceExtension(nonce)));
  return { request, digest, issuerNameHash, issuerKeyHash, serial, nonce };
}

/** The octets of the BIT STRING in a SubjectPublicKeyInfo: what issuerKeyHash and KeyHash are of. @throws X509Error */
export function keyBits(spki: Uint8Array): Uint8Array {
  const inside = new DerReader(spki).enter(TAG.sequence, 'subjectPublicKeyInfo');
  inside.read(TAG.sequence, 'the key algorithm');
  const { content, end } = inside.bitString('the public key');
  return spki.subarray(content + 1, end);
}

function nonceExtension(nonce: Uint8Array | undefined): Uint8Array {
  if (nonce === undefined) return new Uint8Array(0);
  const extension = tlv(TAG.sequence, NONCE_OID, tlv(TAG.octetString, tlv(TAG.octetString, nonce)));
  return tlv(REQUEST_EXTENSIONS, tlv(TAG.sequence, extension));
}

/** All that is written here is far below 64 KiB. */
function tlv(tag: number, ...content: readonly (Uint8Array | readonly number[])[]): Buffer {
  const body = Buffer.concat(content.map((part) => Uint8Array.from(part)));
  const size = body.length;
  const length = size < 0x80 ? [size] : size < 0x100 ? [0x81, size] : [0x82, size >> 8, size & 0xff];
  return Buffer.concat([Buffer.from([tag, ...length]), body]);
}
