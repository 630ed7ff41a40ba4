import type { CertStatus } from '../../../policies/revocation/ocsp-single.ts';
import type { OcspSigner, SignerStore } from './ocsp-signer.ts';

/** The certificate that is asked about. */
export interface OcspSubject {
  /** DER of the issuer's subject and of its SubjectPublicKeyInfo. */
  readonly issuerName: Uint8Array;
  readonly issuerSpki: Uint8Array;
  /** Unsigned, without leading zeros. */
  readonly serial: Uint8Array;
}

/** A question about one certificate, as it travels to the control plane. */
export interface OcspQuery extends OcspSubject {
  /** Responders that may be asked, in order. */
  readonly urls: readonly string[];
  readonly by: SignerStore;
  /** Milliseconds. */
  readonly maxStaleness: number;
}

/** An answer that holds. */
export interface OcspResult {
  readonly status: CertStatus;
  /** Until when it counts as fresh, in milliseconds since the epoch. */
  readonly freshUntil: number;
  /** Who signed it, where he may himself be revoked. */
  readonly signer?: OcspSigner;
}
