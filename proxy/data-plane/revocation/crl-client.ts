import { listUrls } from '../../../policies/revocation/list-urls.ts';
import type { ChainElement } from '../../shared/trust/chain-element.ts';
import type { TrustStore } from '../../shared/trust/listener-trust.ts';
import type { RevocationQueries } from './revocation-queries.ts';

/** Distribution points that were asked about, of each store; the one asked about first is forgotten first. */
const MAX_KNOWN = 1024;

/**
 * Tells the control plane which distribution points the certificates of clients name, and waits until their lists are
 * in force, or cannot be fetched: once for each place and worker. Later lists are generations like any other.
 */
export class CrlClient {
  readonly #queries: Pick<RevocationQueries, 'ask'>;
  /** Anew where the settings of a store are: the control plane may have other places then. */
  readonly #known = new WeakMap<TrustStore, Map<string, Promise<unknown>>>();

  constructor(queries: Pick<RevocationQueries, 'ask'>) {
    this.#queries = queries;
  }

  /** Resolves when nothing more is to be expected for a chain soon; undefined: at once. Never rejects. */
  settled(chain: readonly ChainElement[], store: TrustStore): Promise<unknown> | undefined {
    const { mode, crlHosts } = store.revocation;
    if (mode === 'off' || crlHosts === undefined) return undefined;
    const asked = chain
      .slice(0, -1)
      .map((element, i) => this.#ask(element, chain[i + 1] as ChainElement, store, crlHosts));
    return Promise.all(asked);
  }

  #ask(
    { points }: ChainElement,
    issuer: ChainElement,
    store: TrustStore,
    hosts: readonly string[],
  ): Promise<unknown> | undefined {
    const { urls } = listUrls(points, hosts);
    if (urls.length === 0) return undefined;
    const known = this.#knownOf(store);
    const key = `${issuer.sha256} ${urls.join(' ')}`;
    const before = known.get(key);
    if (before !== undefined) return before;
    const { der } = issuer.authority as NonNullable<ChainElement['authority']>;
    // A copy of its own: what travels of a view is all that it is a view of.
    const settled = this.#queries.ask({ kind: 'crl', store: store.name, issuer: Uint8Array.from(der), urls });
    known.set(key, settled);
    const [oldest] = known.keys();
    if (known.size > MAX_KNOWN && oldest !== undefined) known.delete(oldest);
    return settled;
  }

  #knownOf(store: TrustStore): Map<string, Promise<unknown>> {
    let known = this.#known.get(store);
    if (known === undefined) {
      known = new Map();
      this.#known.set(store, known);
    }
    return known;
  }
}
