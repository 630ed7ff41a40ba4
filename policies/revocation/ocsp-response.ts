import { type DerRange, DerReader, TAG, X509Error } from '../x509/der.ts';
import { readExtensionList } from '../x509/extension-list.ts';
import { readCertStatus, readOcspTime, type SingleResponse } from './ocsp-single.ts';
import { readAlgorithm, type SignatureAlgorithm } from './signature.ts';

/** An answer with a chain of certificates has about 8 KiB; post-quantum ones 30. */
export const MAX_OCSP_BYTES = 64 * 1024;
const MAX_RESPONSES = 64;
const MAX_CERTIFICATES = 8;

const BASIC = '1.3.6.1.5.5.7.48.1.1';
const NONCE = '1.3.6.1.5.5.7.48.1.2';
const ENUMERATED = 0x0a;
const CONTEXT_0 = 0xa0;
const CONTEXT_1 = 0xa1;
const CONTEXT_2 = 0xa2;

/** OCSPResponseStatus of RFC 6960 4.2.1; 4 is not used. */
const STATUSES: readonly (string | undefined)[] = [
  'successful',
  'malformedRequest',
  'internalError',
  'tryLater',
  undefined,
  'sigRequired',
  'unauthorized',
];

/** The bytes are not an answer that may be used. The message says what and at which byte. */
export class OcspError extends Error {
  override readonly name = 'OcspError';
  readonly at: number;

  constructor(what: string, at: number) {
    super(`${what} (at byte ${at})`);
    this.at = at;
  }
}

/** ResponderID: who says that he signed. */
export type ResponderId =
  | { readonly kind: 'name' /** DER of a Name. */; readonly name: Uint8Array }
  | { readonly kind: 'key' /** SHA-1 of the bits of a key. */; readonly hash: Uint8Array };

/** A BasicOCSPResponse. Its signature is not yet checked. */
export interface BasicResponse {
  /** What the signature is over. */
  readonly tbs: Uint8Array;
  readonly algorithm: SignatureAlgorithm;
  readonly signature: Uint8Array;
  readonly responder: ResponderId;
  /** Milliseconds since the epoch. */
  readonly producedAt: number;
  readonly responses: readonly SingleResponse[];
  /** As the request had it. */
  readonly nonce: Uint8Array | undefined;
  /** DER of each certificate that came along, for the signature of a delegate. */
  readonly certificates: readonly Uint8Array[];
}

export type OcspResponse =
  | { readonly status: 'successful'; readonly basic: BasicResponse }
  /** `malformedRequest`, `internalError`, `tryLater`, `sigRequired` or `unauthorized`. */
  | { readonly status: string; readonly basic: undefined };

/**
 * OCSPResponse ::= SEQUENCE { responseStatus ENUMERATED, [0] responseBytes OPTIONAL } (RFC 6960 4.2.1)
 * @throws OcspError when the bytes are not one in strict DER, or ask for something unknown.
 */
export function readOcspResponse(der: Uint8Array): OcspResponse {
  if (der.length > MAX_OCSP_BYTES) throw new OcspError(`the answer has more than ${MAX_OCSP_BYTES} bytes`, 0);
  try {
    return readResponse(der);
  } catch (error) {
    if (!(error instanceof X509Error)) throw error;
    throw new OcspError(error.message.slice(0, -` (at byte ${error.at})`.length), error.at);
  }
}

function readResponse(der: Uint8Array): OcspResponse {
  const outer = new DerReader(der);
  const response = outer.enter(TAG.sequence, 'the answer');
  outer.done('the answer');
  const { content, end } = response.read(ENUMERATED, 'responseStatus');
  const status = STATUSES[der[content] as number];
  if (end - content !== 1 || status === undefined) throw new X509Error('responseStatus is unknown', content);
  if (status !== 'successful') {
    response.done('an answer that is not successful');
    return { status, basic: undefined };
  }
  const explicit = response.enter(CONTEXT_0, 'responseBytes');
  response.done('the answer');
  const bytes = explicit.enter(TAG.sequence, 'responseBytes');
  explicit.done('responseBytes');
  const type = bytes.oid('responseType');
  if (type !== BASIC) throw new X509Error(`responseType is ${type}, not that of a basic response`, bytes.at);
  const octets = bytes.read(TAG.octetString, 'response');
  bytes.done('responseBytes');
  const inside = bytes.inside(octets, 'response');
  const basic = readBasic(inside.enter(TAG.sequence, 'the basic response'));
  inside.done('response');
  return { status, basic };
}

/** BasicOCSPResponse ::= SEQUENCE { tbsResponseData, signatureAlgorithm, signature BIT STRING, [0] certs OPTIONAL } */
function readBasic(reader: DerReader): BasicResponse {
  const tbs = reader.read(TAG.sequence, 'tbsResponseData');
  const { oid, der } = readAlgorithm(reader, 'signatureAlgorithm');
  const signature = reader.bitString('the signature');
  const certificates = reader.peek() === CONTEXT_0 ? readCertificates(reader.enter(CONTEXT_0, 'certs')) : [];
  reader.done('the basic response');
  return {
    tbs: part(reader, tbs),
    algorithm: { oid, der },
    signature: reader.bytes.subarray(signature.content + 1, signature.end),
    certificates,
    ...readData(reader.inside(tbs, 'tbsResponseData')),
  };
}

/** Located, not read: only the one that signed matters. */
function readCertificates(explicit: DerReader): readonly Uint8Array[] {
  const list = explicit.enter(TAG.sequence, 'certs');
  explicit.done('certs');
  const certificates: Uint8Array[] = [];
  while (list.more) {
    if (certificates.length === MAX_CERTIFICATES) {
      throw new X509Error(`more than ${MAX_CERTIFICATES} certificates came along`, list.at);
    }
    certificates.push(part(list, list.read(TAG.sequence, 'a certificate')));
  }
  return certificates;
}

/**
 * ResponseData ::= SEQUENCE { [0] version DEFAULT v1, responderID, producedAt, responses, [1] responseExtensions }
 */
function readData(reader: DerReader): Pick<BasicResponse, 'responder' | 'producedAt' | 'responses' | 'nonce'> {
  if (reader.peek() === CONTEXT_0) throw new X509Error('version is not v1', reader.at);
  const responder = readResponder(reader);
  const producedAt = readOcspTime(reader, 'producedAt');
  const list = reader.enter(TAG.sequence, 'responses');
  const responses: SingleResponse[] = [];
  while (list.more) {
    if (responses.length === MAX_RESPONSES) throw new X509Error(`more than ${MAX_RESPONSES} responses`, list.at);
    responses.push(readCertStatus(list.enter(TAG.sequence, 'a response')));
  }
  if (responses.length === 0) throw new X509Error('responses are empty', list.at);
  const nonce = reader.peek() === CONTEXT_1 ? readNonce(reader.enter(CONTEXT_1, 'responseExtensions')) : undefined;
  reader.done('tbsResponseData');
  return { responder, producedAt, responses, nonce };
}

/** ResponderID ::= CHOICE { [1] byName Name, [2] byKey OCTET STRING } */
function readResponder(reader: DerReader): ResponderId {
  if (reader.peek() === CONTEXT_1) {
    const explicit = reader.enter(CONTEXT_1, 'responderID');
    const name = part(reader, explicit.read(TAG.sequence, 'the name of the responder'));
    explicit.done('responderID');
    return { kind: 'name', name };
  }
  const explicit = reader.enter(CONTEXT_2, 'responderID');
  const { content, end, start } = explicit.read(TAG.octetString, 'the key hash of the responder');
  explicit.done('responderID');
  if (end - content !== 20) throw new X509Error('the key hash of the responder has not 20 octets', start);
  return { kind: 'key', hash: reader.bytes.subarray(content, end) };
}

function readNonce(explicit: DerReader): Uint8Array | undefined {
  let nonce: Uint8Array | undefined;
  for (const { oid, critical, value } of readExtensionList(explicit, 'responseExtensions')) {
    if (oid === NONCE) {
      const inside = explicit.inside(value, 'the nonce');
      const { content, end } = inside.read(TAG.octetString, 'the nonce');
      inside.done('the nonce');
      nonce = explicit.bytes.subarray(content, end);
    } else if (critical) {
      throw new X509Error(`the answer has the unknown critical extension ${oid}`, value.start);
    }
  }
  return nonce;
}

function part(reader: DerReader, { start, end }: DerRange): Uint8Array {
  return reader.bytes.subarray(start, end);
}
