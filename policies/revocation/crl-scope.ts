import { type DerReader, type DerValue, TAG, X509Error } from '../x509/der.ts';
import { readPointName } from './distribution-points.ts';

/** Which certificates of its issuer a list speaks of (RFC 5280 5.2.5). */
export interface CrlScope {
  readonly certificates: 'all' | 'user' | 'ca' | 'attribute';
  /** Of some reasons only: who is not listed may be revoked for another. */
  readonly someReasons: boolean;
  /** Only certificates that name one of these; empty: any. */
  readonly names: readonly string[];
}

export const WHOLE_SCOPE: CrlScope = { certificates: 'all', someReasons: false, names: [] };

const POINT = 0xa0;
const ONLY_USER = 0x81;
const ONLY_CA = 0x82;
const SOME_REASONS = 0x83;
const INDIRECT = 0x84;
const ONLY_ATTRIBUTE = 0x85;

/**
 * IssuingDistributionPoint ::= SEQUENCE { [0] distributionPoint, [1] onlyContainsUserCerts, [2] onlyContainsCACerts,
 *   [3] onlySomeReasons, [4] indirectCRL, [5] onlyContainsAttributeCerts }, booleans FALSE by default.
 * @throws X509Error also for an indirect list: one that speaks of other authorities' certificates.
 */
export function readScope(reader: DerReader): CrlScope {
  const point = reader.enter(TAG.sequence, 'issuingDistributionPoint');
  reader.done('issuingDistributionPoint');
  if (!point.more) throw new X509Error('issuingDistributionPoint is empty', point.at);
  const start = point.at;
  const names = point.peek() === POINT ? readPointName(point) : [];
  const user = flag(point, ONLY_USER, 'onlyContainsUserCerts');
  const ca = flag(point, ONLY_CA, 'onlyContainsCACerts');
  const someReasons = point.peek() === SOME_REASONS;
  if (someReasons) point.any('onlySomeReasons');
  const indirectAt = point.at;
  if (flag(point, INDIRECT, 'indirectCRL')) {
    throw new X509Error('the list is indirect: it speaks of the certificates of other authorities', indirectAt);
  }
  const attribute = flag(point, ONLY_ATTRIBUTE, 'onlyContainsAttributeCerts');
  point.done('issuingDistributionPoint');
  if (Number(user) + Number(ca) + Number(attribute) > 1) {
    throw new X509Error('issuingDistributionPoint limits the list to two kinds of certificates', start);
  }
  return { certificates: user ? 'user' : ca ? 'ca' : attribute ? 'attribute' : 'all', someReasons, names };
}

/** An implicitly tagged BOOLEAN that DER leaves out when FALSE. */
function flag(reader: DerReader, tag: number, what: string): boolean {
  if (reader.peek() !== tag) return false;
  const value: DerValue = reader.any(what);
  if (value.end - value.content !== 1 || reader.bytes[value.content] !== 0xff) {
    throw new X509Error(`${what} is not a canonical TRUE`, value.start);
  }
  return true;
}
