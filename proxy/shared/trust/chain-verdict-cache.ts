import { hash } from 'node:crypto';
import { endOf } from '../../data-plane/revocation/revocation-check.ts';
import type { Verdict } from './chain-verdict.ts';

interface Seen {
  readonly verdict: Verdict;
  /** While every certificate of the path is valid; milliseconds since the epoch. */
  readonly from: number;
  readonly until: number;
}

/**
 * Chains that a listener found good, so that a client that comes back costs one hash. What else a verdict depends on
 * does not change while a listener is in force. Chains that are refused are not kept: they wash out no other.
 */
export class SeenChains {
  readonly #limit: number;
  readonly #seen = new Map<string, Seen>();

  /** @param limit about 3 KiB each */
  constructor(limit = 1024) {
    this.#limit = limit;
  }

  /** The verdict on exactly these certificates, if it holds at `now` (milliseconds since the epoch). */
  find(key: string, now: number): Verdict | undefined {
    const found = this.#seen.get(key);
    return found !== undefined && found.from <= now && now <= found.until ? found.verdict : undefined;
  }

  keep(key: string, verdict: Verdict): void {
    const { links } = verdict;
    const from = Math.max(...links.map(({ certificate }) => certificate.notBefore));
    this.#seen.delete(key);
    this.#seen.set(key, { verdict, from, until: endOf(links) });
    const [oldest] = this.#seen.keys();
    if (this.#seen.size > this.#limit && oldest !== undefined) this.#seen.delete(oldest);
  }
}

/** Names the certificates that a client sent, DER, in their order. */
export function chainKey(presented: readonly Buffer[]): string {
  const lengths = presented.map(({ length }) => length).join();
  return `${lengths} ${hash('sha256', Buffer.concat(presented), 'hex')}`;
}
