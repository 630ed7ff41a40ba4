import { createHash } from 'node:crypto';
import type { OcspQuery, OcspResult } from '../../shared/trust/ocsp-messages.ts';
import { type OcspSigner, signerOf } from '../../shared/trust/ocsp-signer.ts';
import { failureMessage } from './http-fetch.ts';
import { exchangeOcsp } from './ocsp-exchange.ts';

/** For so many milliseconds a responder that gave no answer that holds is not asked again about the same certificate. */
const FAILURE_KEPT = 5000;
/** Responses that are kept; the one not asked for longest goes first. */
const MAX_RESPONSES = 100_000;

interface Kept {
  readonly answer: OcspResult | null;
  /** Milliseconds since the epoch. */
  readonly until: number;
}

export interface OcspSourceOptions {
  now(): number;
  onFailure(url: string, message: string): void;
  /** Why what this delegate signed does not count for who asks; undefined: it does. */
  objection(signer: OcspSigner, asked: OcspQuery): string | undefined;
  readonly fetch?: typeof fetch;
}

/** Asks OCSP responders for all workers: one question in flight for each certificate, answers kept for as long as they hold. */
export class OcspSource {
  readonly #options: OcspSourceOptions;
  readonly #kept = new Map<string, Kept>();
  readonly #asking = new Map<string, Promise<OcspResult | null>>();

  constructor(options: OcspSourceOptions) {
    this.#options = options;
  }

  /** null: no responder gave an answer that holds. Never rejects. */
  ask(question: OcspQuery): Promise<OcspResult | null> {
    const key = keyOf(question);
    const kept = this.#kept.get(key);
    const believed = kept !== undefined && (kept.answer === null || this.#believes(kept.answer, question));
    if (believed && this.#options.now() < kept.until) return Promise.resolve(kept.answer);
    const asking = this.#asking.get(key) ?? this.#askAll(question).finally(() => this.#asking.delete(key));
    this.#asking.set(key, asking);
    return asking.then((answer) => {
      this.#keep(key, { answer, until: answer?.freshUntil ?? this.#options.now() + FAILURE_KEPT });
      return answer;
    });
  }

  #keep(key: string, kept: Kept): void {
    this.#kept.delete(key);
    this.#kept.set(key, kept);
    const [oldest] = this.#kept.keys();
    if (this.#kept.size > MAX_RESPONSES && oldest !== undefined) this.#kept.delete(oldest);
  }

  async #askAll(question: OcspQuery): Promise<OcspResult | null> {
    for (const url of question.urls) {
      try {
        return await this.#askOne(url, question);
      } catch (error) {
        this.#options.onFailure(url, failureMessage(error));
      }
    }
    return null;
  }

  /** @throws Error whose message says why there is no valid response */
  async #askOne(url: string, asked: OcspQuery): Promise<OcspResult> {
    const { now, fetch, objection } = this.#options;
    const exchange = { now: now(), maxStaleness: asked.maxStaleness, ...(fetch !== undefined && { fetch }) };
    const { status, freshUntil, delegate } = await exchangeOcsp(url, asked, exchange);
    const signer = delegate && signerOf(delegate);
    if (signer === undefined) return { status, freshUntil };
    const message = objection(signer, asked);
    if (message !== undefined) throw new Error(message);
    return { status, freshUntil, signer };
  }

  #believes({ signer }: OcspResult, asked: OcspQuery): boolean {
    return signer === undefined || this.#options.objection(signer, asked) === undefined;
  }
}

function keyOf({ issuerSpki, serial, urls, by }: OcspQuery): string {
  const asked = [by.store, ...urls].join(' ');
  return createHash('sha256').update(issuerSpki).update(serial).update(asked).digest('base64');
}
