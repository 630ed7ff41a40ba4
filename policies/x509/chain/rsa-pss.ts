import { type DerReader, TAG } from '../der.ts';

const MGF1 = '1.2.840.113549.1.1.8';

const DIGESTS = new Map([
  ['2.16.840.1.101.3.4.2.1', { digest: 'sha256', salt: 32 }],
  ['2.16.840.1.101.3.4.2.2', { digest: 'sha384', salt: 48 }],
  ['2.16.840.1.101.3.4.2.3', { digest: 'sha512', salt: 64 }],
] as const);

/**
 * RSASSA-PSS-params ::= SEQUENCE { hashAlgorithm [0], maskGenAlgorithm [1], saltLength [2],
 * trailerField [3] DEFAULT 1 } (RFC 4055 3.1). Accepted is what TLS 1.3 accepts (RFC 8446 4.2.3): one
 * SHA-2 digest for both, and a salt as long as the digest. Undefined for all else, SHA-1 defaults included.
 * @throws X509Error when the encoding is broken.
 */
export function readPssDigest(algorithm: DerReader): 'sha256' | 'sha384' | 'sha512' | undefined {
  if (!algorithm.more) return undefined;
  const parameters = algorithm.enter(TAG.sequence, 'the RSA-PSS parameters');
  if (parameters.peek() !== 0xa0) return undefined;
  const hash = hashOid(parameters.enter(0xa0, 'the RSA-PSS digest'));
  if (parameters.peek() !== 0xa1) return undefined;
  const generator = parameters.enter(0xa1, 'the RSA-PSS mask').enter(TAG.sequence, 'the RSA-PSS mask');
  const mask = generator.oid('the RSA-PSS mask');
  const maskHash = generator.more ? hashOid(generator) : undefined;
  if (parameters.peek() !== 0xa2) return undefined;
  const salt = parameters.enter(0xa2, 'the RSA-PSS salt').integer('the RSA-PSS salt');
  const known = DIGESTS.get(hash as Parameters<typeof DIGESTS.get>[0]);
  if (known === undefined || mask !== MGF1 || maskHash !== hash || parameters.more) return undefined;
  const length = salt.end - salt.content === 1 ? parameters.bytes[salt.content] : undefined;
  return length === known.salt ? known.digest : undefined;
}

/** AlgorithmIdentifier of a digest: parameters NULL or absent. */
function hashOid(reader: DerReader): string | undefined {
  const algorithm = reader.enter(TAG.sequence, 'a digest of RSA-PSS');
  const oid = algorithm.oid('a digest of RSA-PSS');
  if (algorithm.peek() === 0x05) algorithm.any('the parameters of a digest');
  return algorithm.more || reader.more ? undefined : oid;
}
