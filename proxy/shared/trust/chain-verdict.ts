import type { CertificateFacts } from '../../../policies/types.ts';
import type { ChainElement } from './chain-element.ts';

/** Who stands at the other end, as far as certificates tell. */
export interface ChainVerdict {
  /** Trust store that accepted the chain; ANONYMOUS: the client showed no certificate, and need not. */
  readonly store: string;
  /** Leaf first, anchor last; empty for a client without a certificate. */
  readonly chain: readonly ChainElement[];
  readonly facts: CertificateFacts;
}
