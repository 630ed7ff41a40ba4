import type { CertStatus } from '../../policies/revocation/ocsp-single.ts';

/** A question about one certificate, as it travels to the control plane. */
export interface OcspAsk {
  /** Responders that may be asked, in order. */
  readonly urls: readonly string[];
  /** DER of the issuer's subject and of its SubjectPublicKeyInfo. */
  readonly issuerName: Uint8Array;
  readonly issuerSpki: Uint8Array;
  /** Unsigned, without leading zeros. */
  readonly serial: Uint8Array;
  /** Milliseconds. */
  readonly maxStaleness: number;
}

/** An answer that holds. */
export interface OcspAnswer {
  readonly status: CertStatus;
  /** Until when it counts as fresh, in milliseconds since the epoch. */
  readonly freshUntil: number;
}

/** One certificate of one issuer. */
export function ocspKey(issuerKeySha256: string, serial: string): string {
  return `${issuerKeySha256}/${serial}`;
}
