import type { ListRecord } from './build-index.ts';
import type { DistributionPoint } from './distribution-points.ts';

/** The certificate that is asked about. */
export interface CoveredCertificate {
  readonly isCa: boolean;
  /** Of its extension cRLDistributionPoints; none where it has none. */
  readonly points: readonly DistributionPoint[];
}

/** What the lists of its issuer tell of a certificate that none of them names. */
export interface Coverage {
  /** `good`: a fresh list would name it; `stale`: only expired lists would; `none`: no list covers it. */
  readonly state: 'good' | 'stale' | 'none';
  /** The list that is fresh longest. */
  readonly list: ListRecord | undefined;
}

/**
 * Weighs the scopes and ages of the lists of the certificate's issuer (RFC 5280 6.3.3 b). `now` in milliseconds since
 * the epoch.
 */
export function coverage(lists: readonly ListRecord[], certificate: CoveredCertificate, now: number): Coverage {
  let best: ListRecord | undefined;
  for (const list of lists) {
    if (covers(list, certificate) && list.freshUntil >= (best?.freshUntil ?? Number.NEGATIVE_INFINITY)) best = list;
  }
  if (best === undefined) return { state: 'none', list: undefined };
  return { state: now <= best.freshUntil ? 'good' : 'stale', list: best };
}

function covers({ scope }: ListRecord, { isCa, points }: CoveredCertificate): boolean {
  if (scope.someReasons || scope.certificates === 'attribute') return false;
  if (scope.certificates !== 'all' && (scope.certificates === 'ca') !== isCa) return false;
  if (scope.names.length === 0) return true;
  return points.some(
    ({ names, someReasons, otherIssuer }) =>
      !someReasons && !otherIssuer && names.some((name) => scope.names.includes(name)),
  );
}
