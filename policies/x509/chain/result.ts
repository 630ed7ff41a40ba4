import type { ChainCertificate } from './chain-certificate.ts';

/** Why a chain is refused. */
export type ChainCause =
  | 'expired'
  | 'not-yet-valid'
  | 'clock-skew-suspected'
  | 'unknown-ca'
  | 'ambiguous-trust'
  | 'bad-signature'
  | 'weak-key'
  | 'wrong-eku'
  | 'key-usage'
  | 'not-a-ca'
  | 'path-length'
  | 'name-constraint'
  | 'unknown-critical-extension'
  | 'certificate-unreadable'
  | 'chain-too-long'
  | 'chain-too-costly'
  | 'chain-rejected'
  | 'revoked'
  | 'revocation-unknown';

/** A rule that a certificate breaks. */
export interface Finding {
  readonly cause: ChainCause;
  /** E.g. `RFC 5280 4.2.1.9`. */
  readonly rule: string;
  /** A sentence without a period, for the operator. */
  readonly reason: string;
}

/** Which certificate is at fault. */
export interface CertificateAtFault {
  /** 0 is the leaf, 1 its issuer, and so on; -1 for one that was presented and has no place in a path. */
  readonly index: number;
  /** RFC 4514, cut to 256 characters; empty when the certificate cannot be read. */
  readonly subject: string;
  /** Hexadecimal; empty when the certificate cannot be read. */
  readonly serial: string;
  /** Of the DER; hexadecimal. */
  readonly sha256: string;
}

/** No path of the presented certificates is trusted: the finding of the path that came furthest. */
export interface ChainRefused extends Finding {
  readonly ok: false;
  /** Undefined when no single certificate is at fault. */
  readonly certificate: CertificateAtFault | undefined;
}

export interface ChainTrusted {
  readonly ok: true;
  /** Name of the store whose anchor ends the path. */
  readonly store: string;
  /** Leaf first, anchor last; one certificate when the leaf itself is the anchor. */
  readonly path: readonly ChainCertificate[];
}

export type ChainResult = ChainTrusted | ChainRefused;

const MAX_NAME_TEXT = 256;

export function refused(finding: Finding, certificate?: ChainCertificate, index = 0): ChainRefused {
  const { cause, rule, reason } = finding;
  return { ok: false, cause, rule, reason, certificate: certificate && atFault(certificate, index) };
}

function atFault(certificate: ChainCertificate, index: number): CertificateAtFault {
  const { serial } = certificate.certificate.facts;
  return { index, subject: shownName(certificate.subjectText), serial, sha256: certificate.sha256 };
}

/** A name as errors show it: names are chosen by others, so their length is bounded. */
export function shownName(text: string): string {
  return text.length > MAX_NAME_TEXT ? `${text.slice(0, MAX_NAME_TEXT - 1)}…` : text;
}
