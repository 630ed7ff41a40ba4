import type { Timing } from '../../shared/timing.ts';
import type { Staple, StaplesByCertificate } from '../../shared/tls/staple.ts';
import type { OcspSubject } from '../../shared/trust/ocsp-messages.ts';
import { failureMessage } from '../revocation/http-fetch.ts';
import { exchangeOcsp, type OcspHeld } from '../revocation/ocsp-exchange.ts';
import { endOf, halfLife, pauseAfter, unfit } from './staple-schedule.ts';

const DAY = 86_400_000;

/** A certificate of ours, and its responders. */
export interface StapleTarget extends OcspSubject {
  /** Of the certificate, lower-case hex. */
  readonly sha256: string;
  /** Asked in order until one gives an answer that can be stapled. */
  readonly urls: readonly string[];
}

export type StapleState = 'good' | 'revoked' | 'none';

export interface StapleSourceOptions {
  readonly timing: Timing;
  /** Milliseconds since the epoch. */
  wallClock(): number;
  /** Other answers are to be stapled. */
  onChange(staples: StaplesByCertificate): void;
  /** A responder gave nothing that can be stapled. */
  onFailure(target: StapleTarget, url: string, message: string): void;
  /** The responder says that the certificate is revoked; `date` in milliseconds since the epoch. */
  onRevoked(target: StapleTarget, url: string, date: number): void;
  /** There is nothing to staple any more. */
  onExpiry(target: StapleTarget): void;
  readonly fetch?: typeof fetch;
}

interface Entry {
  target: StapleTarget;
  staple: Staple | null;
  revoked: boolean;
  failures: number;
  cancelAsk: () => void;
  cancelEnd: () => void;
}

/** An answer that was thrown out for what it says, not for how it came. */
interface Answered {
  readonly url: string;
  readonly held: OcspHeld;
}

/**
 * Keeps an OCSP answer for each of our certificates: asked for at once, again when half of its time is over, sooner
 * after a failure. Only one that holds and says good is stapled; the last of them until it expires, or until the
 * responder says that the certificate is revoked.
 */
export class StapleSource {
  readonly #options: StapleSourceOptions;
  readonly #entries = new Map<string, Entry>();

  constructor(options: StapleSourceOptions) {
    this.#options = options;
  }

  /** What is stapled now. */
  get staples(): StaplesByCertificate {
    const now = this.#options.wallClock();
    return new Map(
      [...this.#entries].flatMap(([sha256, { staple }]) =>
        staple !== null && now < staple.until ? [[sha256, staple] as const] : [],
      ),
    );
  }

  state(sha256: string): StapleState {
    const entry = this.#entries.get(sha256);
    if (entry?.revoked === true) return 'revoked';
    return this.staples.has(sha256) ? 'good' : 'none';
  }

  /** From now on these certificates. New ones, and those with other responders, are asked about at once. */
  want(targets: readonly StapleTarget[]): void {
    const wanted = new Map(targets.map((target) => [target.sha256, target]));
    let fewer = false;
    for (const [sha256, entry] of this.#entries) {
      if (wanted.has(sha256)) continue;
      fewer ||= entry.staple !== null;
      this.#forget(sha256, entry);
    }
    if (fewer) this.#options.onChange(this.staples);
    for (const [sha256, target] of wanted) {
      const known = this.#entries.get(sha256);
      if (known?.target.urls.join(' ') === target.urls.join(' ')) continue;
      known?.cancelAsk();
      const entry = known ?? {
        staple: null,
        revoked: false,
        failures: 0,
        cancelAsk: nothing,
        cancelEnd: nothing,
        target,
      };
      entry.target = target;
      entry.failures = 0;
      this.#entries.set(sha256, entry);
      void this.#ask(entry);
    }
  }

  close(): void {
    for (const [sha256, entry] of this.#entries) this.#forget(sha256, entry);
  }

  #forget(sha256: string, entry: Entry): void {
    entry.cancelAsk();
    entry.cancelEnd();
    this.#entries.delete(sha256);
  }

  /** Never rejects. */
  async #ask(entry: Entry): Promise<void> {
    const { target } = entry;
    const answered = await this.#askAll(target);
    // Another one may be asked by now, or nobody.
    if (this.#entries.get(target.sha256) !== entry || entry.target !== target) return;
    if (answered === null) entry.failures++;
    else {
      entry.failures = 0;
      this.#take(entry, answered);
    }
    const again = answered === null ? pauseAfter(entry.failures) : halfLife(answered.held, this.#options.wallClock());
    entry.cancelAsk = this.#options.timing.after(again, () => void this.#ask(entry));
  }

  /** The first answer that says good or revoked; null: there is none. */
  async #askAll(target: StapleTarget): Promise<Answered | null> {
    const { onFailure, fetch, wallClock } = this.#options;
    for (const url of target.urls) {
      try {
        const now = wallClock();
        const held = await exchangeOcsp(url, target, { now, maxStaleness: 0, ...(fetch !== undefined && { fetch }) });
        const message = unfit(held, wallClock());
        if (message === undefined) return { url, held };
        onFailure(target, url, message);
      } catch (error) {
        onFailure(target, url, failureMessage(error));
      }
    }
    return null;
  }

  #take(entry: Entry, { url, held }: Answered): void {
    const { onRevoked, onChange } = this.#options;
    const { target } = entry;
    entry.cancelEnd();
    entry.revoked = held.status.kind === 'revoked';
    if (held.status.kind === 'revoked') {
      entry.staple = null;
      onRevoked(target, url, held.status.date);
    } else {
      // A copy: what was read may lie in a buffer that holds other things, and the whole of it would travel.
      entry.staple = { der: Uint8Array.from(held.der), until: endOf(held) };
      this.#awaitEnd(entry, entry.staple);
    }
    onChange(this.staples);
  }

  #awaitEnd(entry: Entry, { until }: Pick<Staple, 'until'>): void {
    const left = until - this.#options.wallClock();
    if (left <= 0) this.#options.onExpiry(entry.target);
    // In steps: timers hold no more than 24 days, and the clock of the machine may be set.
    else entry.cancelEnd = this.#options.timing.after(Math.min(left, DAY), () => this.#awaitEnd(entry, { until }));
  }
}

function nothing(): void {}
