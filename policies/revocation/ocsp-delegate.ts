import { Buffer } from 'node:buffer';
import { type Certificate, parseCertificate } from '../x509/certificate.ts';
import { DerReader, TAG, X509Error } from '../x509/der.ts';
import { type DistributionPoint, readDistributionPoints } from './distribution-points.ts';
import { readAlgorithm, type VerifySignature } from './signature.ts';

const KEY_USAGE = '2.5.29.15';
const EXTENDED_KEY_USAGE = '2.5.29.37';
const OCSP_SIGNING = '1.3.6.1.5.5.7.3.9';
const DISTRIBUTION_POINTS = '2.5.29.31';
const NO_CHECK = '1.3.6.1.5.5.7.48.1.5';
const MAX_PURPOSES = 32;
/** Bits of the first octet of keyUsage (RFC 5280 4.2.1.3). */
const SIGNS = 0x80 | 0x40;

/** Extensions that may be critical: their content is looked at here, or says nothing against signing answers. */
const KNOWN_CRITICAL: ReadonlySet<string> = new Set([
  KEY_USAGE,
  EXTENDED_KEY_USAGE,
  NO_CHECK,
  '2.5.29.17', // subjectAltName
  '2.5.29.19', // basicConstraints
  '2.5.29.32', // certificatePolicies
]);

/** A certificate that an authority issued for signing answers in its name (RFC 6960 4.2.2.2). */
export interface Delegate {
  readonly certificate: Certificate;
  /** Its issuer asks that it be trusted while it is valid. Where it does not, it may itself be revoked. */
  readonly noCheck: boolean;
}

export interface DelegateCheck {
  readonly issuer: { readonly name: Uint8Array; readonly spki: Uint8Array };
  /** Milliseconds. */
  readonly now: number;
  readonly skew: number;
  readonly verify: VerifySignature;
}

/** The certificate of a delegate, or undefined when the strict reader refuses it. */
export function readDelegate(der: Uint8Array): Certificate | undefined {
  try {
    return parseCertificate(der);
  } catch (error) {
    if (error instanceof X509Error) return undefined;
    throw error;
  }
}

/** May this certificate sign for the issuer? If not: why. */
export function checkDelegate(certificate: Certificate, check: DelegateCheck): Delegate | string {
  const { issuer, now, skew, verify } = check;
  const { der, facts, extensions } = certificate;
  const cut = ({ start, end }: { readonly start: number; readonly end: number }) => der.subarray(start, end);
  if (Buffer.compare(cut(certificate.issuer), issuer.name) !== 0) {
    return 'the certificate of the responder is not of the issuer that is asked about';
  }
  if (now + skew < facts.notBefore) return 'the certificate of the responder is not yet valid';
  if (now - skew > facts.notAfter) return 'the certificate of the responder has expired';
  const unknown = extensions.find(({ oid, critical }) => critical && !KNOWN_CRITICAL.has(oid));
  if (unknown !== undefined)
    return `the certificate of the responder has the unknown critical extension ${unknown.oid}`;
  const message = purpose(inside(certificate, EXTENDED_KEY_USAGE), inside(certificate, KEY_USAGE));
  if (message !== undefined) return message;
  const { oid, der: algorithm } = readAlgorithm(new DerReader(cut(certificate.signatureAlgorithm)), 'the algorithm');
  const signature = der.subarray(certificate.signature.content + 1, certificate.signature.end);
  if (!verify(cut(certificate.tbs), { oid, der: algorithm }, signature, issuer.spki)) {
    return 'the certificate of the responder was not signed by the issuer that is asked about';
  }
  return { certificate, noCheck: extensions.some((extension) => extension.oid === NO_CHECK) };
}

/** Where lists about the certificate of a delegate are published. @throws X509Error */
export function delegatePoints(certificate: Certificate): readonly DistributionPoint[] {
  const value = inside(certificate, DISTRIBUTION_POINTS);
  return value === undefined ? [] : readDistributionPoints(value);
}

/** Stands inside the value of an extension; undefined: there is none. */
function inside({ der, extensions }: Certificate, oid: string): DerReader | undefined {
  const found = extensions.find((extension) => extension.oid === oid);
  return found && new DerReader(der, found.value.content, found.value.end);
}

function purpose(extended: DerReader | undefined, usage: DerReader | undefined): string | undefined {
  try {
    if (extended === undefined || !purposes(extended).includes(OCSP_SIGNING)) {
      return 'the certificate of the responder is not meant for signing answers (no id-kp-OCSPSigning)';
    }
    if (usage !== undefined && (usageBits(usage) & SIGNS) === 0) {
      return 'the certificate of the responder has a keyUsage without digitalSignature';
    }
    return undefined;
  } catch (error) {
    if (error instanceof X509Error) return `the certificate of the responder cannot be read: ${error.message}`;
    throw error;
  }
}

/** ExtKeyUsageSyntax ::= SEQUENCE SIZE (1..MAX) OF OBJECT IDENTIFIER */
function purposes(reader: DerReader): readonly string[] {
  const list = reader.enter(TAG.sequence, 'extKeyUsage');
  reader.done('extKeyUsage');
  const found: string[] = [];
  while (list.more) {
    if (found.length === MAX_PURPOSES) throw new X509Error(`more than ${MAX_PURPOSES} purposes`, list.at);
    found.push(list.oid('a purpose'));
  }
  return found;
}

/** KeyUsage ::= BIT STRING; its first octet of bits. */
function usageBits(reader: DerReader): number {
  const { content, end } = reader.read(TAG.bitString, 'keyUsage');
  reader.done('keyUsage');
  return end - content < 2 ? 0 : (reader.bytes[content + 1] as number);
}
