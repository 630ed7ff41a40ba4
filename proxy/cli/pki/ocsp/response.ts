import { createHash, createPrivateKey, type KeyObject, sign, X509Certificate } from 'node:crypto';
import { DerReader, TAG } from '../../../../policies/x509/der.ts';
import {
  bitString,
  enumerated,
  extension,
  generalizedTime,
  nothing,
  octetString,
  oid,
  sequence,
  tagged,
  tlv,
} from '../der-writer.ts';

const BASIC_RESPONSE = '1.3.6.1.5.5.7.48.1.1';
const NONCE = '1.3.6.1.5.5.7.48.1.2';
const GOOD = 0x80;
const UNKNOWN = 0x82;

/** OCSPResponseStatus of RFC 6960 4.2.1, where there is nothing to sign. */
export const FAILURE = { malformedRequest: 1, internalError: 2 } as const;

export type CertStatus = 'good' | 'unknown' | { readonly revoked: Date /** CRLReason */; readonly reason: number };

export interface SingleResponse {
  /** CertID of the request, as it came. */
  readonly certId: Uint8Array;
  readonly status: CertStatus;
}

export interface ResponseData {
  readonly responses: readonly SingleResponse[];
  readonly producedAt: Date;
  readonly nextUpdate: Date;
  /** Value of the request's nonce extension. */
  readonly nonce: Uint8Array | undefined;
}

/** Who signs: the authority, or a certificate that it delegated to, which then travels along. PEM. */
export interface OcspSigner {
  readonly cert: string;
  readonly key: string;
  readonly delegated: boolean;
}

/** A response without an answer. */
export function failure(status: number): Buffer {
  return sequence(enumerated(status));
}

/** OCSPResponse with a BasicOCSPResponse (RFC 6960 4.2.1), the responder named by the hash of its key. */
export function signResponse(data: ResponseData, signer: OcspSigner): Buffer {
  const key = createPrivateKey(signer.key);
  const certificate = new X509Certificate(signer.cert);
  const responses = data.responses.map(({ certId, status }) =>
    sequence(certId, certStatus(status), generalizedTime(data.producedAt), tagged(0, generalizedTime(data.nextUpdate))),
  );
  const tbs = sequence(
    tagged(2, octetString(keyHash(certificate, 'sha1'))),
    generalizedTime(data.producedAt),
    sequence(...responses),
    ...(data.nonce === undefined ? [] : [tagged(1, sequence(extension(NONCE, data.nonce)))]),
  );
  const { algorithm, digest } = signature(key);
  const basic = sequence(
    tbs,
    algorithm,
    bitString(sign(digest, tbs, key)),
    ...(signer.delegated ? [tagged(0, sequence(certificate.raw))] : []),
  );
  return sequence(enumerated(0), tagged(0, sequence(oid(BASIC_RESPONSE), octetString(basic))));
}

/** Hash of the bits of a certificate's key, without its algorithm: issuerKeyHash of its CertIDs. */
export function keyHash(certificate: X509Certificate, digest: string): Buffer {
  const spki = certificate.publicKey.export({ format: 'der', type: 'spki' });
  const reader = new DerReader(spki).enter(TAG.sequence, 'the key');
  reader.any('the key algorithm');
  const { content, end } = reader.bitString('the key');
  return createHash(digest)
    .update(spki.subarray(content + 1, end))
    .digest();
}

function certStatus(status: CertStatus): Buffer {
  if (status === 'good') return tlv(GOOD);
  if (status === 'unknown') return tlv(UNKNOWN);
  return tagged(1, generalizedTime(status.revoked), tagged(0, enumerated(status.reason)));
}

/** AlgorithmIdentifier and digest of the signatures of a key: RFC 5758, RFC 4055, RFC 8410, RFC 9881. */
function signature(key: KeyObject): { readonly algorithm: Buffer; readonly digest: string | null } {
  const { asymmetricKeyType: type, asymmetricKeyDetails: details } = key;
  switch (type) {
    case 'ec':
      return details?.namedCurve === 'secp384r1'
        ? { algorithm: sequence(oid('1.2.840.10045.4.3.3')), digest: 'sha384' }
        : { algorithm: sequence(oid('1.2.840.10045.4.3.2')), digest: 'sha256' };
    case 'rsa':
      return { algorithm: sequence(oid('1.2.840.113549.1.1.11'), nothing()), digest: 'sha256' };
    case 'ed25519':
      return { algorithm: sequence(oid('1.3.101.112')), digest: null };
    case 'ml-dsa-65':
      return { algorithm: sequence(oid('2.16.840.1.101.3.4.3.18')), digest: null };
    case 'ml-dsa-87':
      return { algorithm: sequence(oid('2.16.840.1.101.3.4.3.19')), digest: null };
    default:
      throw new Error(`a key of type ${type} signs no OCSP responses here`);
  }
}
