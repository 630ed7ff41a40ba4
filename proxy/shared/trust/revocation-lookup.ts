import { coverage } from '../../../policies/revocation/coverage.ts';
import type { DistributionPoint } from '../../../policies/revocation/distribution-points.ts';
import type { Found } from '../../../policies/revocation/facts.ts';
import type { RevocationIndex } from '../../../policies/revocation/index.ts';

/** A certificate whose issuer's lists are asked. */
export interface Listed {
  /** Upper-case hex. */
  readonly serial: string;
  readonly isCa: boolean;
  /** Where lists about it are published. */
  readonly points: readonly DistributionPoint[];
}

/**
 * What the lists of a trust store say of a certificate.
 * @param issuerKeySha256 of the issuer's SubjectPublicKeyInfo, hex
 * @param now milliseconds since the epoch
 */
export function lookUp(
  index: RevocationIndex,
  { serial, isCa, points }: Listed,
  issuerKeySha256: string,
  store: string,
  now: number,
): Pick<Found, 'revoked' | 'coverage'> {
  const key = Buffer.from(issuerKeySha256, 'hex');
  const entry = index.lookup(key, Buffer.from(serial, 'hex'));
  return {
    revoked: entry && { entry, list: index.list(entry.list) },
    coverage: coverage(index.listsOf(key, store), { isCa, points }, now),
  };
}
