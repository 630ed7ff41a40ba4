import type { ChainElement } from '../../shared/trust/chain-element.ts';
import type { TrustStore } from '../../shared/trust/listener-trust.ts';
import type { OcspQuery, OcspResult } from '../../shared/trust/ocsp-messages.ts';
import type { Revocation } from './revocation.ts';
import type { RevocationQueries } from './revocation-queries.ts';

/** For so many milliseconds a certificate without an answer is not asked about again. */
const FAILURE_KEPT = 5000;
/** Responses that a worker keeps; the one not asked for longest goes first. */
const MAX_RESPONSES = 50_000;

/** What a worker knows of OCSP: answers that the control plane gave, each asked for once at a time. */
export class OcspClient {
  readonly #queries: Pick<RevocationQueries, 'ask'>;
  readonly #known = new Map<string, { readonly answer: OcspResult | undefined; readonly until: number }>();
  readonly #asking = new Map<string, Promise<OcspResult | undefined>>();

  constructor(queries: Pick<RevocationQueries, 'ask'>) {
    this.#queries = queries;
  }

  /** The last answer about the leaf of a chain, however old; undefined: none, or the store does not ask. */
  known(chain: readonly ChainElement[], store: TrustStore): OcspResult | undefined {
    const key = this.#key(chain, store);
    return key === undefined ? undefined : this.#known.get(key)?.answer;
  }

  /** Until when nothing is to be asked about the leaf, in milliseconds since the epoch; Infinity: the store does not ask. */
  until(chain: readonly ChainElement[], store: TrustStore): number {
    const key = this.#key(chain, store);
    return key === undefined ? Number.POSITIVE_INFINITY : (this.#known.get(key)?.until ?? 0);
  }

  /**
   * Asks about the leaf unless a fresh answer is known, whose signer is not revoked by `revocation`. `now` in
   * milliseconds since the epoch. Never rejects.
   */
  async ask(
    chain: readonly ChainElement[],
    store: TrustStore,
    revocation: Pick<Revocation, 'believes'>,
    now: number,
  ): Promise<OcspResult | undefined> {
    const key = this.#key(chain, store);
    if (key === undefined) return undefined;
    const known = this.#known.get(key);
    if (known?.answer !== undefined && !revocation.believes(known.answer, chain, store, now)) this.#known.delete(key);
    else if (known !== undefined && now < known.until) return known.answer;
    const asking = this.#asking.get(key) ?? this.#send(key, chain, store);
    this.#asking.set(key, asking);
    return asking;
  }

  async #send(key: string, chain: readonly ChainElement[], store: TrustStore): Promise<OcspResult | undefined> {
    const answer = await this.#queries.ask({ kind: 'ocsp', ...ocspQuery(chain, store) });
    this.#asking.delete(key);
    // What was good and is out of date stays known as such: `onStale` decides.
    const last = answer ?? this.#known.get(key)?.answer;
    this.#known.delete(key);
    this.#known.set(key, { answer: last, until: answer?.freshUntil ?? Date.now() + FAILURE_KEPT });
    const [oldest] = this.#known.keys();
    if (this.#known.size > MAX_RESPONSES && oldest !== undefined) this.#known.delete(oldest);
    return last;
  }

  #key(chain: readonly ChainElement[], store: TrustStore): string | undefined {
    const [leaf, issuer] = chain;
    if (store.revocation.mode === 'off' || leaf === undefined || issuer === undefined) return undefined;
    if (urlsOf(leaf, store).length === 0) return undefined;
    return `${store.name} ${issuer.keySha256}/${leaf.certificate.serial}`;
  }
}

function ocspQuery(chain: readonly ChainElement[], store: TrustStore): OcspQuery {
  const [leaf, issuer] = chain as readonly [ChainElement, ChainElement];
  const { name, spki } = issuer.authority as NonNullable<ChainElement['authority']>;
  const { mode, onStale } = store.revocation;
  return {
    urls: urlsOf(leaf, store),
    by: { store: store.name, mode, onStale },
    issuerName: name,
    issuerSpki: spki,
    serial: Buffer.from(leaf.certificate.serial, 'hex'),
    maxStaleness: store.revocation.maxStaleness,
  };
}

/** The configured responder, or those that the certificate names, if their hosts are allowed. */
function urlsOf(leaf: ChainElement, { revocation: { ocsp, ocspHosts } }: TrustStore): readonly string[] {
  if (ocsp === undefined) return [];
  if (ocsp !== 'aia') return [ocsp];
  return leaf.responders.filter((url) => {
    const parsed = URL.parse(url);
    return (parsed?.protocol === 'http:' || parsed?.protocol === 'https:') && ocspHosts.includes(parsed.hostname);
  });
}
