import { X509Error } from '../der.ts';
import { ChainCertificate } from './chain-certificate.ts';

/** A named set of certificates that the operator trusts. DER. */
export interface AnchorStore {
  readonly name: string;
  readonly certificates: readonly Uint8Array[];
  /**
   * Every certificate of the store is an anchor: also an intermediate, or a client certificate itself.
   * Without it only self-issued ones are, and for others than themselves; the rest help to build paths.
   */
  readonly partial?: boolean;
}

export interface Anchor {
  readonly certificate: ChainCertificate;
  readonly store: string;
  /** Also for itself: the anchor may be the leaf. */
  readonly partial: boolean;
}

/** All anchors of a listener, found by name. Immutable. */
export class Anchors {
  readonly stores: ReadonlySet<string>;
  readonly #anchors: ReadonlyMap<string, readonly Anchor[]>;
  readonly #helpers: ReadonlyMap<string, readonly ChainCertificate[]>;

  /** Use `buildAnchors`. */
  constructor(stores: ReadonlySet<string>, anchors: readonly Anchor[], helpers: readonly ChainCertificate[]) {
    this.stores = stores;
    this.#anchors = Map.groupBy(anchors, ({ certificate }) => certificate.subject);
    this.#helpers = Map.groupBy(helpers, ({ subject }) => subject);
  }

  /** Anchors of that name, in comparable form (`ChainCertificate.subject`). */
  named(subject: string): readonly Anchor[] {
    return this.#anchors.get(subject) ?? [];
  }

  /** The anchors of one store. */
  of(store: string): readonly ChainCertificate[] {
    const all = [...this.#anchors.values()].flat();
    return all.filter((anchor) => anchor.store === store).map(({ certificate }) => certificate);
  }

  /** Certificates of that name that are no anchors but may stand in a path. */
  helping(subject: string): readonly ChainCertificate[] {
    return this.#helpers.get(subject) ?? [];
  }
}

/**
 * Reads the stores once, for any number of chains.
 * @throws X509Error that names store and certificate when one cannot be read.
 */
export function buildAnchors(stores: readonly AnchorStore[]): Anchors {
  const anchors: Anchor[] = [];
  const helpers: ChainCertificate[] = [];
  for (const { name, certificates, partial = false } of stores) {
    for (const [index, der] of certificates.entries()) {
      const certificate = read(der, name, index);
      if (partial || certificate.selfIssued) anchors.push({ certificate, store: name, partial });
      else helpers.push(certificate);
    }
  }
  return new Anchors(new Set(stores.map(({ name }) => name)), anchors, helpers);
}

function read(der: Uint8Array, store: string, index: number): ChainCertificate {
  try {
    return new ChainCertificate(der);
  } catch (error) {
    if (!(error instanceof X509Error)) throw error;
    const what = error.message.replace(/ \(at byte \d+\)$/, '');
    throw new X509Error(`certificate ${index + 1} of the trust store ${store}: ${what}`, error.at);
  }
}
