import type { X509Certificate } from 'node:crypto';

/**
 * Number (from 0) of the first certificate of a file that the next one did not issue; -1: it is a chain.
 * TLS 1.2 asks for this order (RFC 5246 7.4.2), and clients that need an intermediate find no other.
 */
export function brokenLink(chain: readonly X509Certificate[]): number {
  return chain.findIndex((certificate, i) => {
    const issuer = chain[i + 1];
    return issuer !== undefined && !isIssuedBy(certificate, issuer);
  });
}

function isIssuedBy(certificate: X509Certificate, issuer: X509Certificate): boolean {
  try {
    return certificate.checkIssued(issuer) && certificate.verify(issuer.publicKey);
  } catch {
    // A key that node:crypto cannot use.
    return false;
  }
}
