import { listUrls, urlProblem } from '../../../policies/revocation/list-urls.ts';
import { ChainCertificate } from '../../../policies/x509/chain/chain-certificate.ts';
import { X509Error } from '../../../policies/x509/der.ts';
import type { RevocationTerms } from '../../shared/listener-plan.ts';
import { pointsOf } from '../../shared/trust/chain-element.ts';
import type { CrlQuery } from '../../shared/trust/crl-messages.ts';
import type { ResolvedStore } from '../config/model.ts';

/** Places that clients' certificates name, each with an authority, of one store. */
const MAX_PLACES = 64;

/** Where the revocation lists of one store are published, as certificates name it. */
export interface NamedPoints {
  readonly urls: readonly string[];
  /** Authorities of clients' chains: who may have signed the list that the URL holds. */
  readonly issuers: readonly { readonly url: string; readonly issuer: ChainCertificate }[];
}

interface Place {
  readonly url: string;
  readonly issuer: ChainCertificate;
}

/**
 * The distribution points that the certificates of stores and of accepted chains name, on hosts that the store allows.
 * Those of chains are learnt while the process runs and are bounded.
 */
export class DistributionPoints {
  readonly #places = new Map<string, Map<string, Place>>();
  readonly #onFull: (store: string, url: string) => void;

  /** `onFull`: a place of a store found no room. */
  constructor(onFull: (store: string, url: string) => void) {
    this.#onFull = onFull;
  }

  /**
   * Takes up what a worker found in a chain that it accepted.
   * @returns the places to wait for, and whether one of them is new
   */
  learn({ name, plan }: ResolvedStore, { issuer: der, urls }: CrlQuery): { urls: readonly string[]; new: boolean } {
    const hosts = hostsOf(plan.revocation);
    const issuer = new ChainCertificate(der);
    const places = this.#places.get(name) ?? new Map<string, Place>();
    this.#places.set(name, places);
    const wanted: string[] = [];
    let isNew = false;
    for (const url of urls) {
      if (urlProblem(url, hosts) !== undefined) continue;
      // A renewed certificate of an authority has the same lists.
      const key = `${issuer.keySha256} ${issuer.subject} ${url}`;
      if (!places.has(key)) {
        if (places.size >= MAX_PLACES) dropUnusable(places, hosts);
        if (places.size >= MAX_PLACES) {
          this.#onFull(name, url);
          continue;
        }
        places.set(key, { url, issuer });
        isNew = true;
      }
      wanted.push(url);
    }
    return { urls: wanted, new: isNew };
  }

  /**
   * What certificates name for a store: its own, `authorities`, and those learnt.
   * @throws Error when an authority names its distribution points in a way that is not read
   */
  of({ name, plan }: ResolvedStore, authorities: () => readonly ChainCertificate[]): NamedPoints {
    const hosts = hostsOf(plan.revocation);
    if (hosts.length === 0) return { urls: [], issuers: [] };
    const issuers = [...(this.#places.get(name)?.values() ?? [])].filter(
      ({ url }) => urlProblem(url, hosts) === undefined,
    );
    const own = authorities().flatMap((authority) => ownUrls(name, authority, hosts));
    return { urls: [...new Set([...own, ...issuers.map(({ url }) => url)])], issuers };
  }

  /** Places that were learnt, by store. */
  get counts(): readonly (readonly [store: string, count: number])[] {
    return [...this.#places].map(([store, places]) => [store, places.size] as const);
  }
}

function hostsOf({ mode, crlHosts = [] }: RevocationTerms): readonly string[] {
  return mode === 'off' ? [] : crlHosts;
}

/** Those that the settings of today leave out make room. */
function dropUnusable(places: Map<string, Place>, hosts: readonly string[]): void {
  for (const [key, { url }] of places) if (urlProblem(url, hosts) !== undefined) places.delete(key);
}

function ownUrls(store: string, authority: ChainCertificate, hosts: readonly string[]): readonly string[] {
  try {
    return listUrls(pointsOf(authority), hosts).urls;
  } catch (error) {
    if (!(error instanceof X509Error)) throw error;
    throw new Error(`trust store ${store}: the certificate ${authority.subjectText}: ${error.message}`);
  }
}
