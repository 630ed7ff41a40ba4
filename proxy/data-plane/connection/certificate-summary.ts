import { createHash } from 'node:crypto';
import type { CertificateSummary } from '../../../policies/event.ts';
import type { CertificateFacts } from '../../../policies/types.ts';
import { readCertificate } from '../../../policies/x509/certificate.ts';
import { X509Error } from '../../../policies/x509/der.ts';
import { nameText } from '../../../policies/x509/name.ts';

/** What people are shown of a certificate; `sha256` of its DER in lower-case hex. */
export function certificateSummary(facts: CertificateFacts, sha256: string): CertificateSummary {
  return {
    serial: facts.serial,
    sha256,
    subject: nameText(facts.subject),
    issuer: nameText(facts.issuer),
    notAfter: new Date(facts.notAfter).toISOString(),
  };
}

/** The same of what a client sent. */
export function summaryOf(der: Uint8Array): CertificateSummary {
  const sha256 = createHash('sha256').update(der).digest('hex');
  try {
    return certificateSummary(readCertificate(der), sha256);
  } catch (error) {
    if (!(error instanceof X509Error)) throw error;
    return { serial: '', sha256, subject: '', issuer: '', notAfter: '' };
  }
}
