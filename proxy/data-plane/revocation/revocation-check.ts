import type { ChainElement } from '../../shared/trust/chain-element.ts';
import type { TrustStore } from '../../shared/trust/listener-trust.ts';
import type { OcspResult } from '../../shared/trust/ocsp-messages.ts';
import type { Revocation, RevocationRefusal } from './revocation.ts';

/** What is asked of a client: at its handshake, and again whenever something may have changed. */
export interface RevocationSubject {
  /** Leaf first, anchor last; empty for a client without a certificate. */
  readonly chain: readonly ChainElement[];
  /** Undefined for a client without a certificate. */
  readonly store: TrustStore | undefined;
  /** Undefined while it is not known. */
  readonly principal: string | undefined;
  /** What OCSP said of the leaf; undefined: nothing. */
  readonly ocsp: OcspResult | undefined;
}

/** What speaks against a client at `now`, in milliseconds since the epoch: a deny list before all else. */
export function checkRevocation(
  { chain, store, principal, ocsp }: RevocationSubject,
  revocation: Revocation,
  now: number,
): RevocationRefusal | undefined {
  const denied = revocation.denial(chain, principal, now);
  if (denied !== undefined || store === undefined) return denied;
  return revocation.revoked(chain, store, ocsp, now);
}
