import type { ChainCertificate } from '../../../policies/x509/chain/chain-certificate.ts';
import type { ResolvedStore } from '../config/model.ts';
import type { ListSource } from './crl-store.ts';
import type { DistributionPoints } from './distribution-points.ts';

/** What a source has for one trust store. */
export interface CrlSupply {
  /** Lists that are at hand. */
  readonly lists: readonly ListSource[];
  /** Lists that are to be fetched, and then count under the name of their URL. */
  readonly urls: readonly string[];
  /** Who may have signed what a URL holds, beside the authorities of the store. */
  readonly issuers: readonly { readonly url: string; readonly issuer: ChainCertificate }[];
}

/** A way by which a trust store comes to revocation lists. */
export interface CrlSource {
  /** `authorities` reads those of the store. @throws Error whose message names what cannot be read */
  of(store: ResolvedStore, authorities: () => readonly ChainCertificate[]): CrlSupply;
}

const NOTHING: CrlSupply = { lists: [], urls: [], issuers: [] };
const FILES: CrlSource = { of: ({ lists }) => ({ ...NOTHING, lists: lists.files }) };
const URLS: CrlSource = { of: ({ lists }) => ({ ...NOTHING, urls: lists.urls }) };

/** All sources; where two have a list of one authority, its newer one counts. */
export function crlSources(points: Pick<DistributionPoints, 'of'>): readonly CrlSource[] {
  const named: CrlSource = { of: (store, authorities) => ({ ...NOTHING, ...points.of(store, authorities) }) };
  return [FILES, URLS, named];
}

/** What all sources together have for a store. */
export function supplyOf(
  sources: readonly CrlSource[],
  store: ResolvedStore,
  authorities: () => readonly ChainCertificate[],
): CrlSupply {
  const supplies = sources.map((source) => source.of(store, authorities));
  return {
    lists: supplies.flatMap(({ lists }) => lists),
    urls: [...new Set(supplies.flatMap(({ urls }) => urls))],
    issuers: supplies.flatMap(({ issuers }) => issuers),
  };
}
