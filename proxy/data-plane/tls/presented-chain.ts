import type { X509Certificate } from 'node:crypto';
import type { TLSSocket } from 'node:tls';

/** More than any chain; what lies behind is not looked at. */
const MAX_PRESENTED = 16;

/** The certificates that the peer sent, DER, its own first; empty: none. Those that no link of issuers reaches are not seen. */
export function presentedChain(socket: TLSSocket): readonly Buffer[] {
  const presented: Buffer[] = [];
  let next: X509Certificate | undefined = socket.getPeerX509Certificate();
  while (next !== undefined && presented.length <= MAX_PRESENTED) {
    presented.push(next.raw);
    next = next.issuerCertificate;
  }
  return presented;
}
