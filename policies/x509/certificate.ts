import type { CertificateFacts, Name } from '../types.ts';
import { NO_ALT_NAMES, readAltNames } from './alt-names.ts';
import { type DerRange, DerReader, type DerValue, TAG, X509Error } from './der.ts';
import { EXT_KEY_USAGE, readExtKeyUsage } from './ext-key-usage.ts';
import { type Extension, readExtensionList } from './extension-list.ts';
import { readName } from './name.ts';
import { readTime } from './time.ts';

/** A certificate of an IoT device or service takes about 600 bytes; post-quantum ones 6 KiB. */
export const MAX_CERTIFICATE_BYTES = 16 * 1024;
export const MAX_EXTENSIONS = 64;
/** RFC 5280 4.1.2.2. */
const MAX_SERIAL_BYTES = 20;

const SUBJECT_ALT_NAME = '2.5.29.17';
const VERSION = 0xa0;
const ISSUER_UNIQUE_ID = 0x81;
const SUBJECT_UNIQUE_ID = 0x82;
const EXTENSIONS = 0xa3;

/** A certificate with the places of its parts in `der`. */
export interface Certificate {
  readonly der: Uint8Array;
  readonly version: 1 | 3;
  readonly facts: CertificateFacts;
  /** What the signature is over: `[start, end)`. */
  readonly tbs: DerValue;
  readonly signatureAlgorithm: DerValue;
  /** BIT STRING; the first content octet (unused bits) is 0. */
  readonly signature: DerValue;
  readonly issuer: DerRange;
  readonly subject: DerRange;
  readonly publicKey: DerValue;
  readonly extensions: readonly Extension[];
}

/**
 * Reads what identities match on.
 * @throws X509Error when the bytes are not one certificate in strict DER, break a limit, or hold
 *   a name that different programs would read differently.
 */
export function readCertificate(der: Uint8Array): CertificateFacts {
  return parseCertificate(der).facts;
}

/**
 * Certificate ::= SEQUENCE { tbsCertificate, signatureAlgorithm, signatureValue BIT STRING }
 * (RFC 5280 4.1). Signature, key and the extensions that identities do not look at are located, not judged.
 * @throws X509Error
 */
export function parseCertificate(der: Uint8Array): Certificate {
  if (der.length > MAX_CERTIFICATE_BYTES) {
    throw new X509Error(`the certificate has ${der.length} bytes, more than ${MAX_CERTIFICATE_BYTES}`, 0);
  }
  const outer = new DerReader(der);
  const certificate = outer.enter(TAG.sequence, 'the certificate');
  outer.done('the certificate');
  const tbs = certificate.read(TAG.sequence, 'tbsCertificate');
  const signatureAlgorithm = certificate.read(TAG.sequence, 'signatureAlgorithm');
  const signature = certificate.bitString('the signature');
  certificate.done('the certificate');
  const body = readTbs(certificate.inside(tbs, 'tbsCertificate'));
  if (!sameBytes(der, signatureAlgorithm, body.algorithm)) {
    throw new X509Error('the two signature algorithms differ', body.algorithm.start);
  }
  return { der, tbs, signatureAlgorithm, signature, ...body };
}

type Body = Omit<Certificate, 'der' | 'tbs' | 'signatureAlgorithm' | 'signature'> & { readonly algorithm: DerValue };

/**
 * TBSCertificate ::= SEQUENCE { [0] version DEFAULT v1, serialNumber, signature, issuer, validity,
 *   subject, subjectPublicKeyInfo, [1] issuerUniqueID, [2] subjectUniqueID, [3] extensions }
 */
function readTbs(reader: DerReader): Body {
  const version = readVersion(reader);
  const serial = readSerial(reader);
  const algorithm = readAlgorithm(reader, 'the signature algorithm');
  const [issuerName, issuer] = nameWithPlace(reader, 'issuer');
  if (issuerName.length === 0) throw new X509Error('issuer is empty', issuer.start);
  const validity = reader.enter(TAG.sequence, 'validity');
  const notBefore = readTime(validity, 'notBefore');
  const notAfter = readTime(validity, 'notAfter');
  validity.done('validity');
  if (notAfter < notBefore) throw new X509Error('notAfter is before notBefore', validity.at);
  const [subjectName, subject] = nameWithPlace(reader, 'subject');
  const publicKey = readPublicKey(reader);
  if (version === 3 && reader.peek() === ISSUER_UNIQUE_ID) reader.any('issuerUniqueID');
  if (version === 3 && reader.peek() === SUBJECT_UNIQUE_ID) reader.any('subjectUniqueID');
  const extensions =
    version === 3 && reader.peek() === EXTENSIONS
      ? readExtensionList(reader.enter(EXTENSIONS, 'extensions'), 'extensions', MAX_EXTENSIONS)
      : [];
  reader.done('tbsCertificate');
  const inside = (oid: string) => {
    const extension = extensions.find((one) => one.oid === oid);
    return extension && reader.inside(extension.value, `extension ${oid}`);
  };
  const altNames = inside(SUBJECT_ALT_NAME);
  const usage = inside(EXT_KEY_USAGE);
  const facts: CertificateFacts = {
    serial,
    subject: subjectName,
    issuer: issuerName,
    san: altNames === undefined ? NO_ALT_NAMES : readAltNames(altNames),
    eku: usage === undefined ? [] : readExtKeyUsage(usage),
    notBefore,
    notAfter,
  };
  return { version, facts, algorithm, issuer, subject, publicKey, extensions };
}

function nameWithPlace(reader: DerReader, what: string): [Name, DerRange] {
  const start = reader.at;
  const name = readName(reader, what);
  return [name, { start, end: reader.at }];
}

/** AlgorithmIdentifier ::= SEQUENCE { algorithm OBJECT IDENTIFIER, parameters ANY OPTIONAL } */
function readAlgorithm(reader: DerReader, what: string): DerValue {
  const value = reader.read(TAG.sequence, what);
  const inside = reader.inside(value, what);
  inside.oid(what);
  if (inside.peek() === TAG.oid) inside.oid(`the parameters of ${what}`);
  else if (inside.more) inside.any(`the parameters of ${what}`);
  inside.done(what);
  return value;
}

/** SubjectPublicKeyInfo ::= SEQUENCE { algorithm, subjectPublicKey BIT STRING } */
function readPublicKey(reader: DerReader): DerValue {
  const value = reader.read(TAG.sequence, 'subjectPublicKeyInfo');
  const inside = reader.inside(value, 'subjectPublicKeyInfo');
  readAlgorithm(inside, 'the key algorithm');
  inside.bitString('the public key');
  inside.done('subjectPublicKeyInfo');
  return value;
}

/** DER leaves the default (v1) out; v2 is unheard of. */
function readVersion(reader: DerReader): 1 | 3 {
  if (reader.peek() !== VERSION) return 1;
  const explicit = reader.enter(VERSION, 'version');
  const { content, end } = explicit.integer('version');
  explicit.done('version');
  if (end - content !== 1 || reader.bytes[content] !== 2) throw new X509Error('version is not v3', content);
  return 3;
}

/** Positive, up to 20 octets; upper-case hex, two digits an octet, as Node and OpenSSL print it. */
function readSerial(reader: DerReader): string {
  const { content, end } = reader.integer('serialNumber');
  const first = reader.bytes[content] as number;
  if (end - content > MAX_SERIAL_BYTES)
    throw new X509Error(`serialNumber has over ${MAX_SERIAL_BYTES} octets`, content);
  if (first >= 0x80 || (first === 0 && end - content === 1))
    throw new X509Error('serialNumber is not positive', content);
  let serial = '';
  for (let i = first === 0 ? content + 1 : content; i < end; i++) {
    serial += (reader.bytes[i] as number).toString(16).padStart(2, '0');
  }
  return serial.toUpperCase();
}

function sameBytes(bytes: Uint8Array, a: DerValue, b: DerValue): boolean {
  if (a.end - a.start !== b.end - b.start) return false;
  for (let i = 0; i < a.end - a.start; i++) if (bytes[a.start + i] !== bytes[b.start + i]) return false;
  return true;
}
