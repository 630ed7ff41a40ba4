import type { TlsOffer } from '../../../policies/tls/offer.ts';
import type { AgreementKind, ClientAgreements, EventBatch } from './batch.ts';
import { escapeText } from './escape.ts';

/** A handshake of an identified client on a listener with `pq: report`. */
export interface AgreementDraft {
  readonly listener: string;
  readonly identity: string;
  readonly principal: string;
  readonly kind: AgreementKind;
  /** Asked for only of a classic one: making it costs more than reading the hello. */
  readonly offer: () => TlsOffer;
}

type Pending = { -readonly [K in keyof ClientAgreements]: ClientAgreements[K] };

/** Names a client on a listener. */
export function agreementKey({ listener, identity, principal }: ClientAgreements): string {
  return `${listener}\0${identity}\0${principal}`;
}

/** Folds the handshakes of each client until they travel to the main thread; bounded. */
export class AgreementFolder {
  readonly #limit: number;
  #pending = new Map<string, Pending>();
  #lost = 0;

  /** @param limit clients between two batches */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /** `flush` is called where there is no room, and may make some. */
  add(draft: AgreementDraft, now: number, flush: () => void): void {
    const { listener, identity, kind, offer } = draft;
    const time = new Date(now).toISOString();
    const fresh: Pending = {
      ...{ listener, identity, principal: escapeText(draft.principal) },
      ...{ hybrid: 0, classic: 0, last: kind, time },
    };
    const key = agreementKey(fresh);
    let entry = this.#pending.get(key);
    if (entry === undefined) {
      if (this.#pending.size >= this.#limit) flush();
      if (this.#pending.size >= this.#limit) {
        this.#lost++;
        return;
      }
      entry = fresh;
      this.#pending.set(key, entry);
    }
    entry[kind]++;
    entry.last = kind;
    entry.time = time;
    if (kind === 'classic' && entry.offered === undefined) entry.offered = escaped(offer());
  }

  get empty(): boolean {
    return this.#pending.size === 0 && this.#lost === 0;
  }

  /** What was folded since the last time. */
  take(): Pick<EventBatch, 'agreements' | 'lostAgreements'> {
    const taken = { agreements: [...this.#pending.values()], lostAgreements: this.#lost };
    this.#pending = new Map();
    this.#lost = 0;
    return taken;
  }
}

function escaped(offer: TlsOffer): TlsOffer {
  return { ...offer, alpn: offer.alpn.map((name) => escapeText(name)) };
}
