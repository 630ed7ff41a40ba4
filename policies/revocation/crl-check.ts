import { Buffer } from 'node:buffer';
import type { Crl } from './crl.ts';
import { admitNumber, type HighestNumbers } from './highest-numbers.ts';
import type { VerifySignature } from './signature.ts';

/** A certificate authority whose list it is said to be. */
export interface CrlIssuer {
  /** DER of its subject. */
  readonly name: Uint8Array;
  /** DER of its SubjectPublicKeyInfo. */
  readonly spki: Uint8Array;
  /** SHA-256 of `spki`. */
  readonly keyHash: Uint8Array;
  /** Its subjectKeyIdentifier; undefined where it has none. */
  readonly keyId: Uint8Array | undefined;
  /** False when its certificate has a keyUsage without cRLSign. */
  readonly signsCrls: boolean;
}

/** Times in milliseconds. */
export interface CrlCheckOptions {
  readonly now: number;
  /** How far the clock may be off. */
  readonly skew: number;
  /** How long a list counts behind its nextUpdate. */
  readonly maxStaleness: number;
  readonly highest: HighestNumbers;
  readonly verify: VerifySignature;
}

export type CrlVerdict =
  | {
      readonly ok: true;
      /** `stale`: who is listed is revoked; that somebody is not listed tells nothing any more. */
      readonly freshness: 'fresh' | 'stale';
      /** Until when it is fresh: nextUpdate, maxStaleness and skew together. */
      readonly freshUntil: number;
      /** With this list; to be kept. */
      readonly highest: HighestNumbers;
    }
  | { readonly ok: false; readonly reason: string };

/** May this list be used for the certificates of `issuer`? After RFC 5280 6.3.3, but for indirect lists and deltas. */
export function checkCrl(crl: Crl, issuer: CrlIssuer, options: CrlCheckOptions): CrlVerdict {
  const { now, skew, maxStaleness, highest, verify } = options;
  const reason = notOf(crl, issuer) ?? notYet(crl, now + skew);
  if (reason !== undefined) return { ok: false, reason };
  const { der, tbs, algorithm, signature } = crl;
  if (!verify(der.subarray(tbs.start, tbs.end), algorithm, signature, issuer.spki)) {
    return { ok: false, reason: 'the signature of the list is not that of its issuer' };
  }
  const admitted = admitNumber(highest, crl, issuer.keyHash);
  if (!admitted.ok) return admitted;
  // A list that does not say when the next one is due was due for one as soon as it was made.
  const freshUntil = (crl.nextUpdate ?? crl.thisUpdate) + maxStaleness + skew;
  return { ok: true, freshness: now <= freshUntil ? 'fresh' : 'stale', freshUntil, highest: admitted.highest };
}

/** Is the list of this name, and where both say so, of this key? Names are compared byte by byte. */
export function isIssuedBy(crl: Crl, { name, keyId }: Pick<CrlIssuer, 'name' | 'keyId'>): boolean {
  return sameName(crl, name) && sameKey(crl, keyId);
}

function notOf(crl: Crl, issuer: CrlIssuer): string | undefined {
  if (!sameName(crl, issuer.name)) return 'the list is of another issuer';
  if (!sameKey(crl, issuer.keyId)) return 'the list was signed with another key of its issuer';
  if (!issuer.signsCrls) return 'the certificate of the issuer has a keyUsage without cRLSign';
  return undefined;
}

function notYet({ thisUpdate }: Crl, latest: number): string | undefined {
  if (thisUpdate <= latest) return undefined;
  return `the list begins to hold in the future, at ${new Date(thisUpdate).toISOString()}`;
}

function sameName({ der, issuer }: Crl, name: Uint8Array): boolean {
  return Buffer.compare(der.subarray(issuer.start, issuer.end), name) === 0;
}

function sameKey({ authorityKeyId }: Crl, keyId: Uint8Array | undefined): boolean {
  return authorityKeyId === undefined || keyId === undefined || Buffer.compare(authorityKeyId, keyId) === 0;
}
