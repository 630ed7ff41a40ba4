/** Names under which revocation lists are published: of a list (issuing distribution point) and of a certificate. */
import { Buffer } from 'node:buffer';
import { DerReader, TAG, X509Error } from '../x509/der.ts';
import { generalNameText } from '../x509/strings.ts';

/** Distribution points of one certificate, and names of one point. */
const MAX_POINTS = 32;
const MAX_NAMES = 32;

const POINT = 0xa0;
const FULL_NAME = 0xa0;
const RELATIVE_NAME = 0xa1;
const REASONS = 0x81;
const CRL_ISSUER = 0xa2;
const URI = 0x86;

/** One DistributionPoint of a certificate (RFC 5280 4.2.1.13). */
export interface DistributionPoint {
  /** URIs as text; names of another kind as `der:` and the hexadecimal of their encoding. */
  readonly names: readonly string[];
  /** The lists found there tell of some reasons only. */
  readonly someReasons: boolean;
  /** Another than the certificate's issuer makes the lists. */
  readonly otherIssuer: boolean;
}

/**
 * CRLDistributionPoints ::= SEQUENCE SIZE (1..MAX) OF SEQUENCE { [0] distributionPoint, [1] reasons, [2] cRLIssuer }
 * `reader` stands inside the value of extension 2.5.29.31.
 * @throws X509Error
 */
export function readDistributionPoints(reader: DerReader): readonly DistributionPoint[] {
  const list = reader.enter(TAG.sequence, 'cRLDistributionPoints');
  reader.done('cRLDistributionPoints');
  if (!list.more) throw new X509Error('cRLDistributionPoints are empty', list.at);
  const points: DistributionPoint[] = [];
  while (list.more) {
    if (points.length === MAX_POINTS) throw new X509Error(`more than ${MAX_POINTS} distribution points`, list.at);
    const point = list.enter(TAG.sequence, 'a distribution point');
    const names = point.peek() === POINT ? namesOf(point) : [];
    const someReasons = point.peek() === REASONS;
    if (someReasons) point.any('reasons');
    const otherIssuer = point.peek() === CRL_ISSUER;
    if (otherIssuer) point.any('cRLIssuer');
    point.done('a distribution point');
    points.push({ names, someReasons, otherIssuer });
  }
  return points;
}

/**
 * A name relative to the issuer leads to no list, as lists with such names are refused; that is no fault of the
 * certificate.
 */
function namesOf(point: DerReader): readonly string[] {
  const { bytes, at } = point;
  const value = point.any('distributionPoint');
  if (bytes[value.content] === RELATIVE_NAME) return [];
  return readPointName(new DerReader(bytes, at, value.end));
}

/** `[0]` around DistributionPointName ::= CHOICE { [0] fullName GeneralNames, [1] nameRelativeToCRLIssuer } */
export function readPointName(reader: DerReader): readonly string[] {
  const choice = reader.enter(POINT, 'distributionPoint');
  if (choice.peek() === RELATIVE_NAME) {
    throw new X509Error('the distribution point is named relative to the issuer, which is not supported', choice.at);
  }
  const list = choice.enter(FULL_NAME, 'fullName of the distribution point');
  choice.done('distributionPoint');
  const names: string[] = [];
  if (!list.more) throw new X509Error('fullName of the distribution point is empty', list.at);
  while (list.more) {
    if (names.length === MAX_NAMES)
      throw new X509Error(`more than ${MAX_NAMES} names of a distribution point`, list.at);
    const value = list.any('a name of the distribution point');
    const uri = value.tag === URI;
    names.push(
      uri
        ? generalNameText(list, value, 'a URI of the distribution point')
        : `der:${Buffer.from(list.bytes.subarray(value.start, value.end)).toString('hex')}`,
    );
  }
  return names;
}
