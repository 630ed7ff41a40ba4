import { verify } from 'node:crypto';
import type { Budget } from './budget.ts';
import type { ChainCertificate } from './chain-certificate.ts';
import type { SignatureCache } from './signature-cache.ts';

/** Checks signatures of one validation: each at most once, and none that the cache knows to be good. */
export class SignatureChecks {
  readonly #budget: Budget;
  readonly #cache: SignatureCache | undefined;
  readonly #seen = new Map<string, boolean>();

  constructor(budget: Budget, cache: SignatureCache | undefined) {
    this.#budget = budget;
    this.#cache = cache;
  }

  /**
   * Did the issuer's key sign the certificate? Both have passed `algorithmFinding`.
   * @throws TooCostly
   */
  holds(certificate: ChainCertificate, issuer: ChainCertificate): boolean {
    if (this.#cache?.isGood(certificate, issuer) === true) return true;
    const pair = `${certificate.sha256} ${issuer.keySha256}`;
    let good = this.#seen.get(pair);
    if (good === undefined) {
      this.#budget.signature();
      good = signatureHolds(certificate, issuer);
      this.#seen.set(pair, good);
    }
    if (good) this.#cache?.good(certificate, issuer);
    return good;
  }
}

function signatureHolds(certificate: ChainCertificate, issuer: ChainCertificate): boolean {
  const { algorithm, certificate: parsed } = certificate;
  if (typeof algorithm === 'string') return false;
  // The first content octet counts unused bits: 0, as the reader made sure.
  const signature = parsed.der.subarray(parsed.signature.content + 1, parsed.signature.end);
  try {
    const key = { key: issuer.publicKey, ...algorithm.padding };
    return verify(algorithm.digest, certificate.bytes(parsed.tbs), key, signature);
  } catch {
    // A key that is no key (a point beside its curve) verifies nothing.
    return false;
  }
}
