import type { ChainCertificate } from './chain-certificate.ts';

/** Entries of a map in order of use; the one not used for longest goes first. */
class Recent<T> {
  readonly #limit: number;
  readonly #entries = new Map<string, T>();

  constructor(limit: number) {
    this.#limit = limit;
  }

  get(key: string): T | undefined {
    const value = this.#entries.get(key);
    if (value === undefined) return undefined;
    this.#entries.delete(key);
    this.#entries.set(key, value);
    return value;
  }

  set(key: string, value: T): void {
    this.#entries.delete(key);
    this.#entries.set(key, value);
    const [oldest] = this.#entries.keys();
    if (this.#entries.size > this.#limit && oldest !== undefined) this.#entries.delete(oldest);
  }

  get size(): number {
    return this.#entries.size;
  }
}

/**
 * Signatures that were found good, and the intermediates of good chains, so that a chain seen before
 * costs no signature and no key. Nothing that failed is kept: clients without a certificate of ours
 * cannot wash out what belongs to those that have one.
 */
export class SignatureCache {
  readonly #good: Recent<true>;
  readonly #intermediates: Recent<ChainCertificate>;

  /** Both limits count entries: about 250 bytes each signature, 4 KiB each intermediate. */
  constructor(signatures = 4096, intermediates = 64) {
    this.#good = new Recent(signatures);
    this.#intermediates = new Recent(intermediates);
  }

  /** Signatures that are remembered. */
  get size(): number {
    return this.#good.size;
  }

  isGood(certificate: ChainCertificate, issuer: ChainCertificate): boolean {
    return this.#good.get(pair(certificate, issuer)) === true;
  }

  good(certificate: ChainCertificate, issuer: ChainCertificate): void {
    this.#good.set(pair(certificate, issuer), true);
  }

  /** The intermediate with the hash of its DER, if it was part of a good chain. */
  intermediate(sha256: string): ChainCertificate | undefined {
    return this.#intermediates.get(sha256);
  }

  keep(intermediate: ChainCertificate): void {
    this.#intermediates.set(intermediate.sha256, intermediate);
  }
}

/** The signature covers all of the certificate but itself, so the hash of the whole names one verdict under one key. */
function pair(certificate: ChainCertificate, issuer: ChainCertificate): string {
  return `${certificate.sha256} ${issuer.keySha256}`;
}
