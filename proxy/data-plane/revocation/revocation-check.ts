import type { Link } from '../../shared/trust/chain-element.ts';
import type { TrustStore } from '../../shared/trust/listener-trust.ts';
import type { OcspAnswer } from '../../shared/trust/ocsp-messages.ts';
import type { Objection, Revocation } from './revocation.ts';

/** What is asked of a client: at its handshake, and again whenever something may have changed. */
export interface Standing {
  /** Leaf first, anchor last; empty for a client without a certificate. */
  readonly links: readonly Link[];
  /** Undefined for a client without a certificate. */
  readonly store: TrustStore | undefined;
  /** Undefined while it is not known. */
  readonly principal: string | undefined;
  /** What OCSP said of the leaf; undefined: nothing. */
  readonly ocsp: OcspAnswer | undefined;
}

/** What speaks against a client at `now`, in milliseconds since the epoch: a deny list before all else. */
export function objectionTo(
  { links, store, principal, ocsp }: Standing,
  revocation: Revocation,
  now: number,
): Objection | undefined {
  const denied = revocation.denial(links, principal, now);
  if (denied !== undefined || store === undefined) return denied;
  return revocation.revoked(links, store, ocsp, now);
}

/** When the first certificate of a chain runs out, in milliseconds since the epoch. */
export function endOf(links: readonly Link[]): number {
  return links.reduce((end, { certificate }) => Math.min(end, certificate.notAfter), Number.POSITIVE_INFINITY);
}
