import { type DerRange, DerReader, type DerValue, TAG, X509Error } from '../x509/der.ts';
import { readName } from '../x509/name.ts';
import { readTime } from '../x509/time.ts';
import { type EntryRules, type VisitEntry, walkEntries } from './crl-entries.ts';
import { asCrlError, CrlError } from './crl-error.ts';
import { type CrlExtensions, NO_EXTENSIONS, readCrlExtensions } from './crl-extensions.ts';
import { readAlgorithm, type SignatureAlgorithm } from './signature.ts';

/** A million entries take about 40 MiB. */
export const MAX_CRL_BYTES = 64 * 1024 * 1024;

const EXTENSIONS = 0xa0;

/** A certificate revocation list with the places of its parts in `der`. Its signature is not yet checked. */
export interface Crl extends CrlExtensions {
  readonly der: Uint8Array;
  readonly version: 1 | 2;
  /** What the signature is over. */
  readonly tbs: DerRange;
  readonly algorithm: SignatureAlgorithm;
  readonly signature: Uint8Array;
  /** The issuer's Name. */
  readonly issuer: DerRange;
  /** Milliseconds since the epoch. */
  readonly thisUpdate: number;
  readonly nextUpdate: number | undefined;
  /** Content of revokedCertificates; empty where it is left out. */
  readonly entries: DerRange;
  /** Number of entries. */
  readonly count: number;
}

/**
 * CertificateList ::= SEQUENCE { tbsCertList, signatureAlgorithm, signatureValue BIT STRING } (RFC 5280 5.1). Every
 * entry is looked at; none is copied.
 * @throws CrlError when the bytes are not one list in strict DER, break a limit, or ask for something that is not
 *   supported: an unknown critical extension, an indirect list.
 */
export function readCrl(der: Uint8Array): Crl {
  if (der.length > MAX_CRL_BYTES) {
    throw new CrlError(`the list has ${der.length} bytes, more than ${MAX_CRL_BYTES}`, 0);
  }
  return asCrlError(() => {
    const outer = new DerReader(der);
    const list = outer.enter(TAG.sequence, 'the list');
    outer.done('the list');
    const tbs = list.read(TAG.sequence, 'tbsCertList');
    const { value: outside, ...algorithm } = readAlgorithm(list, 'signatureAlgorithm');
    const signature = list.bitString('the signature');
    list.done('the list');
    const { inner, ...body } = readTbs(list.inside(tbs, 'tbsCertList'));
    if (!sameBytes(der, outside, inner)) throw new X509Error('the two signature algorithms differ', inner.start);
    return { der, tbs, algorithm, signature: der.subarray(signature.content + 1, signature.end), ...body };
  });
}

/** Calls `visit` for every entry of a list that was read. */
export function forEachEntry(crl: Crl, visit: VisitEntry): void {
  walkEntries(crl.der, crl.entries.start, crl.entries.end, rulesOf(crl.version, crl), visit);
}

type Body = Omit<Crl, 'der' | 'tbs' | 'algorithm' | 'signature'> & { readonly inner: DerValue };

/**
 * TBSCertList ::= SEQUENCE { version OPTIONAL, signature, issuer, thisUpdate, nextUpdate OPTIONAL,
 *   revokedCertificates OPTIONAL, [0] crlExtensions OPTIONAL }
 */
function readTbs(reader: DerReader): Body {
  const version = readVersion(reader);
  const { value: inner } = readAlgorithm(reader, 'the signature algorithm');
  const start = reader.at;
  const name = readName(reader, 'issuer');
  if (name.length === 0) throw new X509Error('issuer is empty', start);
  const issuer = { start, end: reader.at };
  const thisUpdate = readTime(reader, 'thisUpdate');
  const dated = reader.peek() === TAG.utcTime || reader.peek() === TAG.generalizedTime;
  const nextUpdate = dated ? readTime(reader, 'nextUpdate') : undefined;
  if (nextUpdate !== undefined && nextUpdate < thisUpdate) {
    throw new X509Error('nextUpdate is before thisUpdate', reader.at);
  }
  const revoked = reader.peek() === TAG.sequence ? reader.read(TAG.sequence, 'revokedCertificates') : undefined;
  const entries = revoked === undefined ? { start: reader.at, end: reader.at } : inside(revoked);
  const extensions = readExtensions(reader, version);
  reader.done('tbsCertList');
  const count = walkEntries(reader.bytes, entries.start, entries.end, rulesOf(version, extensions), () => {});
  return { version, inner, issuer, thisUpdate, nextUpdate, entries, count, ...extensions };
}

/** DER leaves version 1 out; the number of version 2 is 1. */
function readVersion(reader: DerReader): 1 | 2 {
  if (reader.peek() !== TAG.integer) return 1;
  const { content, end } = reader.integer('version');
  if (end - content !== 1 || reader.bytes[content] !== 1) throw new X509Error('version is not v2', content);
  return 2;
}

function readExtensions(reader: DerReader, version: 1 | 2): CrlExtensions {
  if (reader.peek() !== EXTENSIONS) return NO_EXTENSIONS;
  if (version === 1) throw new X509Error('a list of version 1 has extensions', reader.at);
  return readCrlExtensions(reader.enter(EXTENSIONS, 'crlExtensions'));
}

function rulesOf(version: 1 | 2, { base }: CrlExtensions): EntryRules {
  return { extensions: version === 2, delta: base !== undefined };
}

function inside({ content, end }: DerValue): DerRange {
  return { start: content, end };
}

function sameBytes(bytes: Uint8Array, a: DerRange, b: DerRange): boolean {
  if (a.end - a.start !== b.end - b.start) return false;
  for (let i = 0; i < a.end - a.start; i++) if (bytes[a.start + i] !== bytes[b.start + i]) return false;
  return true;
}
