import type { X509Certificate } from 'node:crypto';
import type { TLSSocket } from 'node:tls';
import type { CertificateSummary } from '../../policies/event.ts';
import { NO_CERTIFICATE } from '../../policies/identity/anonymous.ts';
import type { CertificateFacts, Identified, Policy } from '../../policies/types.ts';
import { certificateFacts, certificateSummary } from '../certificate.ts';
import type { Listener } from '../generation.ts';
import { Refused } from '../refused.ts';
import type { Verdict } from '../trust/verdict.ts';

export interface Peer {
  readonly address: string;
  readonly port: number;
}

/** What a session is judged by, now and again with every later generation. */
export interface Trusted {
  /** Trust store that accepted the chain; ANONYMOUS: there was none. */
  readonly store: string;
  /** SHA-256 of the CA certificate in which the chain ends; '' for none. */
  readonly anchor: string;
  readonly facts: CertificateFacts;
}

/** What is known of the client of one connection; it grows on the way from accept to session. */
export class Client {
  /** Of the generation by which the client was last judged. */
  listener: Listener;
  /** Behind a load balancer the one that its PROXY header names. */
  peer: Peer;
  /** Server name of the ClientHello. */
  sni: string | undefined;
  /** Once the handshake is done. */
  tls: TLSSocket | null = null;
  trusted: Trusted | null = null;
  /** What people are shown of its certificate. */
  certificate: CertificateSummary | null = null;
  who: Identified | null = null;

  constructor(listener: Listener, peer: Peer) {
    this.listener = listener;
    this.peer = peer;
  }

  /** Certificate -> principal. Throws Refused, or X509Error where the certificate cannot be read. */
  identify({ store, anchor, leaf }: Verdict, policy: Policy): Identified {
    const facts = leaf === null ? NO_CERTIFICATE : certificateFacts(leaf);
    this.trusted = { store, anchor, facts };
    if (leaf !== null) this.certificate = certificateSummary(leaf, facts);
    const who = policy.identify(store, facts);
    if (!who.ok) throw new Refused('no-identity', who.reason, 'identify');
    this.who = who;
    return who;
  }

  /** Keeps the particulars of a certificate whose chain was refused. */
  noteRefused(leaf: X509Certificate): void {
    try {
      this.certificate = certificateSummary(leaf, certificateFacts(leaf));
    } catch {
      // A certificate that the strict reader refuses is reported without its particulars.
    }
  }
}
