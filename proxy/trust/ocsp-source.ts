import { createHash } from 'node:crypto';
import { checkOcsp } from '../../policies/revocation/ocsp-check.ts';
import { askOcsp } from '../../policies/revocation/ocsp-question.ts';
import { MAX_OCSP_BYTES, readOcspResponse } from '../../policies/revocation/ocsp-response.ts';
import { failureWords, readBody } from './http.ts';
import type { OcspAnswer, OcspAsk } from './ocsp-answer.ts';
import { verifySignature } from './verify-signature.ts';

/** Milliseconds for one responder. */
const ANSWER_TIME = 3000;
/** How far the clocks of responders may be off, in milliseconds. */
const CLOCK_SKEW = 60_000;
/** For so many milliseconds a responder that gave no answer that holds is not asked again about the same certificate. */
const FAILURE_KEPT = 5000;
/** Answers that are kept; the one not asked for longest goes first. */
const MOST_ANSWERS = 100_000;

interface Kept {
  readonly answer: OcspAnswer | null;
  /** Milliseconds since the epoch. */
  readonly until: number;
}

export interface OcspSourceOptions {
  now(): number;
  onFailure(url: string, words: string): void;
  readonly fetch?: typeof fetch;
}

/** Asks OCSP responders for all workers: one question in flight for each certificate, answers kept for as long as they hold. */
export class OcspSource {
  readonly #options: OcspSourceOptions;
  readonly #kept = new Map<string, Kept>();
  readonly #asking = new Map<string, Promise<OcspAnswer | null>>();

  constructor(options: OcspSourceOptions) {
    this.#options = options;
  }

  /** null: no responder gave an answer that holds. Never rejects. */
  ask(question: OcspAsk): Promise<OcspAnswer | null> {
    const key = keyOf(question);
    const kept = this.#kept.get(key);
    if (kept !== undefined && this.#options.now() < kept.until) return Promise.resolve(kept.answer);
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
    if (this.#kept.size > MOST_ANSWERS && oldest !== undefined) this.#kept.delete(oldest);
  }

  async #askAll(question: OcspAsk): Promise<OcspAnswer | null> {
    for (const url of question.urls) {
      try {
        return await this.#askOne(url, question);
      } catch (error) {
        this.#options.onFailure(url, failureWords(error));
      }
    }
    return null;
  }

  /** RFC 6960, appendix A.1: POST. @throws Error in words */
  async #askOne(url: string, asked: OcspAsk): Promise<OcspAnswer> {
    const question = askOcsp(asked);
    const response = await (this.#options.fetch ?? fetch)(url, {
      method: 'POST',
      redirect: 'error',
      headers: { 'content-type': 'application/ocsp-request', accept: 'application/ocsp-response' },
      body: Buffer.from(question.request),
      signal: AbortSignal.timeout(ANSWER_TIME),
    });
    if (response.status !== 200) {
      await response.body?.cancel();
      throw new Error(`HTTP status ${response.status}`);
    }
    const verdict = checkOcsp(readOcspResponse(await readBody(response, MAX_OCSP_BYTES)), question, {
      issuer: { name: asked.issuerName, spki: asked.issuerSpki },
      now: this.#options.now(),
      skew: CLOCK_SKEW,
      maxStaleness: asked.maxStaleness,
      verify: verifySignature,
    });
    if (!verdict.ok) throw new Error(verdict.reason);
    // A clock that is off makes an answer come from the future; how long it counts is the word of `maxStaleness`.
    return { status: verdict.status, freshUntil: verdict.freshUntil - CLOCK_SKEW };
  }
}

function keyOf({ issuerSpki, serial, urls }: OcspAsk): string {
  return createHash('sha256').update(issuerSpki).update(serial).update(urls.join(' ')).digest('base64');
}
