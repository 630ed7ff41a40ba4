import type { ChainCertificate } from './chain-certificate.ts';
import type { KeyRules } from './key-rules.ts';
import type { Finding } from './result.ts';
import type { SignatureCache } from './signature-cache.ts';

export type Purpose = 'clientAuth' | 'serverAuth';

/**
 * What extKeyUsage must say in the leaf: `strict`, the purpose itself; `any`, the purpose or
 * anyExtendedKeyUsage; `lenient`, also nothing at all.
 */
export type EkuRule = 'strict' | 'any' | 'lenient';

/** Bounds of the work that one handshake can cause. */
export interface ChainLimits {
  /** Certificates of a path, leaf and anchor included; self-issued ones but the leaf's and the anchor's own are not counted, as in RFC 5280 6.1.4 (l). */
  readonly chain: number;
  /** Certificates that come with the leaf. */
  readonly presented: number;
  /** Subject alternative names of the leaf. */
  readonly sans: number;
  /** Signatures that are computed. */
  readonly signatures: number;
  /** Issuers that are tried, over all paths. */
  readonly candidates: number;
  /** Names held against name constraints. */
  readonly comparisons: number;
}

/** Bounds of the work on one chain, whatever a peer presents. */
export const DEFAULT_CHAIN_LIMITS: ChainLimits = {
  chain: 5,
  presented: 10,
  sans: 64,
  signatures: 16,
  candidates: 64,
  comparisons: 20_000,
};

/**
 * How far outside its validity a certificate may be for a wrong clock, here or at the authority, to
 * be the likelier explanation. Milliseconds.
 */
export interface SkewSuspicion {
  readonly early: number;
  readonly late: number;
}

/**
 * A certificate of tomorrow is hardly ever made on purpose; one that expired a moment ago is mostly
 * one that was not renewed, and the client comes back within the minute.
 */
export const DEFAULT_SKEW_SUSPICION: SkewSuspicion = { early: 24 * 3_600_000, late: 5 * 60_000 };

/** Is `certificate` revoked? Asked for every certificate of a path but its anchor, once all else holds. */
export type RevocationCheck = (
  certificate: ChainCertificate,
  issuer: ChainCertificate,
  store: string,
) => Finding | undefined;

/** How one chain is validated (RFC 5280, section 6): the time, the purpose and the rules. */
export interface ValidationOptions {
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** Tolerance at both ends of the validity; milliseconds. */
  readonly skew: number;
  readonly purpose: Purpose;
  readonly eku: EkuRule;
  readonly keys: KeyRules;
  /**
   * Hold certificates also to what RFC 5280 section 4 asks of those who issue them (key identifiers,
   * critical flags, …). A path is valid without it; many private authorities do not care.
   */
  readonly issuance: boolean;
  readonly limits: ChainLimits;
  readonly suspicion: SkewSuspicion;
  readonly isRevoked?: RevocationCheck;
  readonly verdicts?: SignatureCache;
}
