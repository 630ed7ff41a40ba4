import type { AgreementKind, ClientAgreements } from '../../shared/events/batch.ts';
import { agreementKey } from '../../shared/events/key-agreements.ts';
import type { ListenerAgreements, PqFilter, PqReportResponse } from '../api/pq.ts';

const DEFAULT_CLIENTS = 50_000;
const DEFAULT_LIMIT = 100;
type Totals = Record<AgreementKind, number>;

/** Who has agreed on keys how, on listeners with `pq: report`; exact for as many clients as are kept. */
export class PqReport {
  readonly #names: () => ReadonlySet<string>;
  readonly #most: number;
  readonly #clients = new Map<string, ClientAgreements>();
  readonly #totals = new Map<string, Totals>();
  #unattributed = 0;

  /**
   * @param names listeners that report now; what is known of others is given up
   * @param most clients that are kept, about 500 bytes each
   */
  constructor(names: () => ReadonlySet<string>, most = DEFAULT_CLIENTS) {
    this.#names = names;
    this.#most = most;
  }

  /** Takes what a worker folded; `lost`: handshakes that it could keep for nobody. */
  receive(agreements: readonly ClientAgreements[], lost: number): void {
    if (agreements.length === 0 && lost === 0) return;
    this.#followListeners();
    this.#unattributed += lost;
    for (const one of agreements) {
      const totals = this.#totals.get(one.listener);
      // Of a generation that is gone.
      if (totals === undefined) continue;
      totals.hybrid += one.hybrid;
      totals.classic += one.classic;
      const key = agreementKey(one);
      const known = this.#clients.get(key);
      if (known !== undefined) this.#clients.set(key, merged(known, one));
      else if (this.#clients.size < this.#most) this.#clients.set(key, one);
      else this.#unattributed += one.hybrid + one.classic;
    }
  }

  get unattributed(): number {
    return this.#unattributed;
  }

  query({ limit = DEFAULT_LIMIT, ...filter }: PqFilter = {}): PqReportResponse {
    this.#followListeners();
    const found = [...this.#clients.values()].filter((client) => meets(client, filter)).sort(worstFirst);
    return {
      listeners: this.#summary(filter.listener),
      clients: found.slice(0, limit),
      more: Math.max(0, found.length - limit),
      unattributed: this.#unattributed,
    };
  }

  #followListeners(): void {
    const names = this.#names();
    for (const name of names) if (!this.#totals.has(name)) this.#totals.set(name, { hybrid: 0, classic: 0 });
    const gone = [...this.#totals.keys()].filter((name) => !names.has(name));
    if (gone.length === 0) return;
    for (const name of gone) this.#totals.delete(name);
    for (const [key, { listener }] of this.#clients) if (!names.has(listener)) this.#clients.delete(key);
  }

  #summary(only: string | undefined): ListenerAgreements[] {
    const counts = new Map([...this.#totals.keys()].map((name) => [name, { clients: 0, wouldRefuse: 0 }]));
    for (const { listener, last } of this.#clients.values()) {
      const count = counts.get(listener);
      if (count === undefined) continue;
      count.clients++;
      if (last === 'classic') count.wouldRefuse++;
    }
    return [...this.#totals]
      .filter(([listener]) => only === undefined || only === listener)
      .map(([listener, totals]) => ({ listener, ...totals, ...(counts.get(listener) as Counts) }));
  }
}

type Counts = Pick<ListenerAgreements, 'clients' | 'wouldRefuse'>;

/** Batches of several workers arrive in any order: the later time has the last word. */
function merged(known: ClientAgreements, one: ClientAgreements): ClientAgreements {
  const [older, newer] = known.time > one.time ? [one, known] : [known, one];
  const { last, time, offered = older.offered } = newer;
  return {
    ...known,
    hybrid: known.hybrid + one.hybrid,
    classic: known.classic + one.classic,
    last,
    time,
    ...(offered !== undefined && { offered }),
  };
}

function meets(client: ClientAgreements, { listener, identity, principal }: PqFilter): boolean {
  return (
    (listener === undefined || client.listener === listener) &&
    (identity === undefined || client.identity === identity) &&
    (principal === undefined || client.principal === principal)
  );
}

function worstFirst(a: ClientAgreements, b: ClientAgreements): number {
  return Number(b.last === 'classic') - Number(a.last === 'classic') || b.classic - a.classic;
}
