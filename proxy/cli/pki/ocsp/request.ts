import { DerReader, TAG, X509Error } from '../../../../policies/x509/der.ts';

/** Certificates asked for in one request; openssl and the stacks of browsers ask for one. */
const MAX_CERTIFICATES = 32;
/** RFC 9654 2.1. */
const MAX_NONCE_BYTES = 128;

const NONCE = '1.3.6.1.5.5.7.48.1.2';
const VERSION = 0xa0;
const REQUESTOR_NAME = 0xa1;
const EXTENSIONS = 0xa2;
const CONTEXT_0 = 0xa0;

/** Digest by which an issuer is named: OID to its name in node:crypto. */
const DIGESTS: ReadonlyMap<string, string> = new Map([
  ['1.3.14.3.2.26', 'sha1'],
  ['2.16.840.1.101.3.4.2.1', 'sha256'],
  ['2.16.840.1.101.3.4.2.2', 'sha384'],
  ['2.16.840.1.101.3.4.2.3', 'sha512'],
]);

/** Which certificate is asked for: CertID of RFC 6960 4.1.1. */
export interface CertId {
  /** Its encoding, which the answer repeats. */
  readonly der: Uint8Array;
  /** Name in node:crypto; undefined when we know none. */
  readonly digest: string | undefined;
  readonly issuerNameHash: Uint8Array;
  readonly issuerKeyHash: Uint8Array;
  /** Upper-case hex without leading zero octets, as Node prints it. */
  readonly serial: string;
}

export interface OcspRequest {
  readonly certificates: readonly CertId[];
  /** Encoding of the value of the nonce extension. */
  readonly nonce: Uint8Array | undefined;
}

/**
 * Reads OCSPRequest of RFC 6960 4.1.1. A signature of the client is not looked at: anybody may ask.
 * @throws X509Error when it is not one.
 */
export function readOcspRequest(der: Uint8Array): OcspRequest {
  const outer = new DerReader(der);
  const request = outer.enter(TAG.sequence, 'the request');
  outer.done('the request');
  const tbs = request.enter(TAG.sequence, 'tbsRequest');
  if (request.peek() === CONTEXT_0) request.any('the signature');
  request.done('the request');
  if (tbs.peek() === VERSION) tbs.any('the version');
  if (tbs.peek() === REQUESTOR_NAME) tbs.any('requestorName');
  const list = tbs.enter(TAG.sequence, 'requestList');
  const certificates: CertId[] = [];
  while (list.more) {
    if (certificates.length === MAX_CERTIFICATES) {
      throw new X509Error(`more than ${MAX_CERTIFICATES} certificates are asked for`, list.at);
    }
    certificates.push(readSingle(list.enter(TAG.sequence, 'a request')));
  }
  if (certificates.length === 0) throw new X509Error('no certificate is asked for', list.at);
  const nonce = tbs.peek() === EXTENSIONS ? readNonce(tbs.enter(EXTENSIONS, 'requestExtensions')) : undefined;
  tbs.done('tbsRequest');
  return { certificates, nonce };
}

/** Request ::= SEQUENCE { reqCert CertID, [0] singleRequestExtensions OPTIONAL } */
function readSingle(reader: DerReader): CertId {
  const value = reader.read(TAG.sequence, 'reqCert');
  const id = reader.inside(value, 'reqCert');
  const algorithm = id.enter(TAG.sequence, 'hashAlgorithm');
  const digest = DIGESTS.get(algorithm.oid('hashAlgorithm'));
  if (algorithm.more) algorithm.any('the parameters of hashAlgorithm');
  algorithm.done('hashAlgorithm');
  const octets = (what: string) => {
    const { content, end } = id.read(TAG.octetString, what);
    return reader.bytes.subarray(content, end);
  };
  const issuerNameHash = octets('issuerNameHash');
  const issuerKeyHash = octets('issuerKeyHash');
  const { content, end } = id.integer('serialNumber');
  id.done('reqCert');
  if (reader.peek() === CONTEXT_0) reader.any('singleRequestExtensions');
  reader.done('a request');
  const hex = Buffer.from(reader.bytes.subarray(content, end)).toString('hex').toUpperCase();
  return {
    der: reader.bytes.subarray(value.start, value.end),
    digest,
    issuerNameHash,
    issuerKeyHash,
    serial: hex.replace(/^(00)+(?=.)/, ''),
  };
}

function readNonce(explicit: DerReader): Uint8Array | undefined {
  const extensions = explicit.enter(TAG.sequence, 'requestExtensions');
  explicit.done('requestExtensions');
  let nonce: Uint8Array | undefined;
  while (extensions.more) {
    const extension = extensions.enter(TAG.sequence, 'an extension');
    const oid = extension.oid('the identifier of an extension');
    if (extension.peek() === TAG.boolean) extension.boolean('critical');
    const { content, end, start } = extension.read(TAG.octetString, 'the value of an extension');
    extension.done('an extension');
    if (oid !== NONCE) continue;
    // The value holds an OCTET STRING of its own: two more octets, three from 128 on.
    if (end - content > MAX_NONCE_BYTES + 3) throw new X509Error('the nonce is too long', start);
    nonce = extension.bytes.subarray(content, end);
  }
  return nonce;
}
