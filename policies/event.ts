import type { Cause } from './causes.ts';
import type { Action, Protocol } from './decision.ts';
import type { TlsOffer } from './tls/offer.ts';

/**
 * What is known of a client certificate. Absent before a certificate was seen. Of one that the strict
 * reader refuses only the digest is known: the rest is empty.
 */
export interface CertificateSummary {
  /** Upper-case hex without separators. */
  readonly serial: string;
  /** Lower-case hex of SHA-256 over the DER certificate. */
  readonly sha256: string;
  /** RFC 4514 text. */
  readonly subject: string;
  readonly issuer: string;
  /** RFC 3339, UTC. */
  readonly notAfter: string;
}

/** What a session knows of a rejection. */
export interface Rejection {
  readonly action: Action;
  readonly cause: Cause;
  /** The cause in words, with the particulars. */
  readonly reason: string;
  readonly resource?: string;
  readonly ruleId?: string;
  readonly role?: string;
  readonly clientId?: string;
  /** Version of the protocol in words, e.g. `3.1.1`; absent before it is known. */
  readonly protocolVersion?: string;
  /** What the client was sent, e.g. `PUBACK 0x87`; absent where nothing was sent. */
  readonly sent?: string;
  /** Of a message that the policy refused: bytes of its payload; of folded ones, of the largest. */
  readonly size?: number;
  /** It was let through: a rule, a role or the listener that would refuse it is in shadow. */
  readonly shadow?: true;
}

/** What the connection knows of the client that is rejected. */
export interface ClientFacts {
  readonly listener: string;
  readonly protocol: Protocol;
  /** `address:port` of the client (the one named by the PROXY header where there is one). */
  readonly peer: string;
  readonly principal?: string;
  readonly identity?: string;
  readonly certificate?: CertificateSummary;
  /** The other certificates of a client that was refused, as it sent them. */
  readonly issuers?: readonly CertificateSummary[];
  /** Facts of the TLS layer where known: what was agreed, and what the client offered in its ClientHello. */
  readonly tls?: {
    readonly version?: string;
    readonly cipher?: string;
    readonly sni?: string;
    readonly offered?: TlsOffer;
  };
}

/**
 * One rejection, or what would be one, as every sink sees it. The session's part is extended by the connection, then
 * by the recorder. Strings that a client chose are cut to 256 bytes and escaped.
 */
export interface RejectionEvent extends Rejection, ClientFacts {
  readonly kind: 'rejection';
  /** RFC 3339, UTC, milliseconds. */
  readonly time: string;
  /** Decision id: short, unique in the process; what the client sees where the protocol has a text field. */
  readonly id: string;
  /** How many equal rejections this record stands for (folding); 1 or more. */
  readonly count: number;
  /** Generation of the policy that decided. */
  readonly generation?: number;
}
