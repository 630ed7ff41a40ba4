import type { X509Certificate } from 'node:crypto';
import type { CertificateSummary } from '../policies/event.ts';
import type { CertificateFacts } from '../policies/types.ts';
import { readCertificate } from '../policies/x509/certificate.ts';
import { nameText } from '../policies/x509/name.ts';

/** What identities match on, read strictly from the DER bytes. Throws X509Error. */
export function certificateFacts(certificate: X509Certificate): CertificateFacts {
  return readCertificate(certificate.raw);
}

/** What people are shown of a certificate. */
export function certificateSummary(certificate: X509Certificate, facts: CertificateFacts): CertificateSummary {
  return {
    serial: facts.serial,
    sha256: certificate.fingerprint256.replaceAll(':', '').toLowerCase(),
    subject: nameText(facts.subject),
    issuer: nameText(facts.issuer),
    notAfter: new Date(facts.notAfter).toISOString(),
  };
}
