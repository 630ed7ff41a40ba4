/** An OCSP answer about one of our own certificates that clients may be shown (RFC 6066, section 8). */
export interface Staple {
  /** DER of the OCSPResponse. */
  readonly der: Uint8Array;
  /** Until when it holds, in milliseconds since the epoch. */
  readonly until: number;
}

/** Staples by SHA-256 of their certificate, lower-case hex. */
export type StaplesByCertificate = ReadonlyMap<string, Staple>;
