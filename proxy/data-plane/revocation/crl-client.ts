import { randomInt } from 'node:crypto';
import { listUrls } from '../../../policies/revocation/list-urls.ts';
import type { ChainElement } from '../../shared/trust/chain-element.ts';
import type { CrlQuery } from '../../shared/trust/crl-messages.ts';
import type { TrustStore } from '../../shared/trust/listener-trust.ts';

/** Distribution points that were asked about, of each store; the one asked about first is forgotten first. */
const MAX_KNOWN = 1024;

/**
 * Tells the control plane which distribution points the certificates of clients name, and waits until their lists are
 * in force, or cannot be had: once for each place and worker. Later lists are generations like any other.
 */
export class CrlClient {
  readonly #post: (id: number, ask: CrlQuery) => void;
  /** Anew where the settings of a store are: the control plane may have other places then. */
  readonly #known = new WeakMap<TrustStore, Map<string, Promise<void>>>();
  readonly #waiting = new Map<number, () => void>();
  /** What a worker that is gone asked may still be answered. */
  #last = randomInt(2 ** 40);

  /** `post` sends a question to the control plane, which answers with its id, always. */
  constructor(post: (id: number, ask: CrlQuery) => void) {
    this.#post = post;
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

  /** The control plane answered. */
  answered(id: number): void {
    this.#waiting.get(id)?.();
    this.#waiting.delete(id);
  }

  #ask(
    { points }: ChainElement,
    issuer: ChainElement,
    store: TrustStore,
    hosts: readonly string[],
  ): Promise<void> | undefined {
    const { urls } = listUrls(points, hosts);
    if (urls.length === 0) return undefined;
    const known = this.#knownOf(store);
    const key = `${issuer.sha256} ${urls.join(' ')}`;
    const before = known.get(key);
    if (before !== undefined) return before;
    const { promise, resolve } = Promise.withResolvers<void>();
    known.set(key, promise);
    const [oldest] = known.keys();
    if (known.size > MAX_KNOWN && oldest !== undefined) known.delete(oldest);
    const id = ++this.#last;
    this.#waiting.set(id, resolve);
    const { der } = issuer.authority as NonNullable<ChainElement['authority']>;
    // A copy of its own: what travels of a view is all that it is a view of.
    this.#post(id, { store: store.name, issuer: Uint8Array.from(der), urls });
    return promise;
  }

  #knownOf(store: TrustStore): Map<string, Promise<void>> {
    let known = this.#known.get(store);
    if (known === undefined) {
      known = new Map();
      this.#known.set(store, known);
    }
    return known;
  }
}
