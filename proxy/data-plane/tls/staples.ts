/** An OCSP answer about one of our own certificates that clients may be shown (RFC 6066, section 8). */
export interface Staple {
  /** DER of the OCSPResponse. */
  readonly der: Uint8Array;
  /** Until when it holds, in milliseconds since the epoch. */
  readonly until: number;
}

/** Staples by SHA-256 of their certificate, lower-case hex. */
export type StaplesByCertificate = ReadonlyMap<string, Staple>;

/** What a data plane staples: the last word of the control plane, as far as it still holds. */
export class Staples {
  #known: StaplesByCertificate = new Map();

  replace(known: StaplesByCertificate): void {
    this.#known = known;
  }

  /** For the certificate with this SHA-256 at `now` (milliseconds since the epoch); null: nothing. */
  find(sha256: string, now: number): Uint8Array | null {
    const staple = this.#known.get(sha256);
    return staple !== undefined && now < staple.until ? staple.der : null;
  }
}
