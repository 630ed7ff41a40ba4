import { createHash, X509Certificate } from 'node:crypto';
import type { SubjectAltNames } from '../../../policies/types.ts';
import { parseCertificate } from '../../../policies/x509/certificate.ts';
import { nameText } from '../../../policies/x509/name.ts';
import { certificatesOf } from '../../shared/trust/pem.ts';
import type { CertificateEntry, ChainEntry, KeyEntry } from '../api/inventory.ts';

const DAY = 86_400_000;

/** The certificates in a PEM text. `now` in milliseconds since the epoch. @throws Error when Node cannot read one */
export function certificateEntries(pem: string, now: number): CertificateEntry[] {
  return certificatesOf(pem).map((der) => certificateEntry(der, now));
}

/** The certificate and the intermediates of a PEM text. @throws Error when it holds none, or Node cannot read one */
export function chainEntry(pem: string, now: number): ChainEntry {
  const [leaf, ...intermediates] = certificateEntries(pem, now);
  if (leaf === undefined) throw new Error('there is no certificate in the text');
  return { leaf, intermediates };
}

/** The facts of one certificate. @throws Error when Node cannot read it */
function certificateEntry(der: Buffer, now: number): CertificateEntry {
  const certificate = new X509Certificate(der);
  // `validToDate` is no better than chance where the text is no time: Node reads a struct that OpenSSL left as it was.
  const notAfter = Date.parse(certificate.validTo);
  return {
    ...names(certificate),
    serial: certificate.serialNumber,
    sha256: sha256(der),
    key: keyEntry(certificate),
    signatureAlgorithm: certificate.signatureAlgorithm ?? certificate.signatureAlgorithmOid,
    notBefore: timeText(Date.parse(certificate.validFrom)),
    notAfter: timeText(notAfter),
    daysLeft: Number.isNaN(notAfter) ? null : Math.floor((notAfter - now) / DAY),
  };
}

function timeText(time: number): string {
  return Number.isNaN(time) ? '' : new Date(time).toISOString();
}

type Names = Pick<CertificateEntry, 'subject' | 'issuer' | 'names' | 'spkiSha256' | 'problem'>;

/** Node serves with certificates that the strict reader refuses: they belong into an inventory all the same. */
function names(certificate: X509Certificate): Names {
  const { raw } = certificate;
  try {
    const { facts, publicKey } = parseCertificate(raw);
    return {
      subject: nameText(facts.subject),
      issuer: nameText(facts.issuer),
      names: altNames(facts.san),
      spkiSha256: sha256(raw.subarray(publicKey.start, publicKey.end)),
    };
  } catch (error) {
    const { subject, issuer, subjectAltName } = certificate;
    return {
      subject: oneLine(subject),
      issuer: oneLine(issuer),
      names: subjectAltName === undefined ? [] : [subjectAltName],
      spkiSha256: spkiOf(certificate),
      problem: (error as Error).message,
    };
  }
}

/** Node writes one attribute a line, and nothing at all for an empty name. */
function oneLine(name: string | undefined): string {
  return (name ?? '').split('\n').reverse().join(',');
}

function altNames({ dns, ip, uri, email }: SubjectAltNames): string[] {
  return Object.entries({ dns, ip, uri, email }).flatMap(([kind, values]) => values.map((value) => `${kind}:${value}`));
}

/** Empty where node:crypto knows no such key. */
function spkiOf(certificate: X509Certificate): string {
  try {
    return sha256(certificate.publicKey.export({ type: 'spki', format: 'der' }));
  } catch {
    return '';
  }
}

function keyEntry(certificate: X509Certificate): KeyEntry {
  try {
    const { asymmetricKeyType: type = 'unknown', asymmetricKeyDetails: details } = certificate.publicKey;
    const { namedCurve: curve, modulusLength } = details ?? {};
    // The names of curves hold their size: prime256v1, secp384r1, brainpoolP512r1.
    const bits = modulusLength ?? Number(curve?.match(/\d{3}/)?.[0] ?? 0);
    return { type, ...(curve === undefined ? {} : { curve }), ...(bits === 0 ? {} : { bits }) };
  } catch {
    return { type: 'unknown' };
  }
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
