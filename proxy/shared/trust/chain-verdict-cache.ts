import { hash } from 'node:crypto';
import { chainEnd } from './chain-element.ts';
import type { ChainVerdict } from './chain-verdict.ts';

interface CachedVerdict {
  readonly verdict: ChainVerdict;
  /** While every certificate of the path is valid; milliseconds since the epoch. */
  readonly from: number;
  readonly until: number;
}

/**
 * Chains that a listener found good, so that a client that comes back costs one hash. What else a verdict depends on
 * does not change while a listener is in force. Chains that are refused are not kept: they wash out no other.
 */
export class ChainVerdictCache {
  readonly #limit: number;
  readonly #seen = new Map<string, CachedVerdict>();

  /** @param limit about 3 KiB each */
  constructor(limit = 1024) {
    this.#limit = limit;
  }

  /** The verdict on exactly these certificates, if it holds at `now` (milliseconds since the epoch). */
  find(key: string, now: number): ChainVerdict | undefined {
    const found = this.#seen.get(key);
    return found !== undefined && found.from <= now && now <= found.until ? found.verdict : undefined;
  }

  keep(key: string, verdict: ChainVerdict): void {
    const { chain } = verdict;
    const from = Math.max(...chain.map(({ certificate }) => certificate.notBefore));
    this.#seen.delete(key);
    this.#seen.set(key, { verdict, from, until: chainEnd(chain) });
    const [oldest] = this.#seen.keys();
    if (this.#seen.size > this.#limit && oldest !== undefined) this.#seen.delete(oldest);
  }
}

/** Names the certificates that a client sent, DER, in their order. */
export function chainKey(presented: readonly Buffer[]): string {
  const lengths = presented.map(({ length }) => length).join();
  return `${lengths} ${hash('sha256', Buffer.concat(presented), 'hex')}`;
}
