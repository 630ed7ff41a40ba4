import type { StaplesByCertificate } from '../../shared/tls/staple.ts';

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
