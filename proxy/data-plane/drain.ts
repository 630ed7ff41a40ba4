import type { StopReason } from '../../adapters/seam.ts';

/** Share of the time to the deadline over which sessions are ended. */
const SPREAD = 0.8;

/** A session as the drain handles it. */
export interface Drainable {
  /** It is ending already. */
  readonly closing: boolean;
  stop(reason: StopReason, suppressWill: boolean, message: string): void;
  destroy(): void;
}

/** The live sessions; one that ended is gone from them. */
export interface DrainableSet {
  readonly size: number;
  all(): Iterable<Drainable>;
}

export interface DrainTerms {
  /** Milliseconds from the start. */
  readonly deadline: number;
  readonly suppressWills: boolean;
}

/** Ends sessions evenly over the time to a deadline, the last ones a little before it; what is left then is destroyed. */
export class Drain {
  readonly #sessions: DrainableSet;
  readonly #terms: DrainTerms;
  readonly #start: number;
  readonly #total: number;
  readonly #onEnd: () => void;
  #over = false;

  /**
   * @param now milliseconds of the real clock, as for `step`
   * @param onEnd called once, when no session is left
   */
  constructor(sessions: DrainableSet, terms: DrainTerms, now: number, onEnd: () => void) {
    this.#sessions = sessions;
    this.#terms = terms;
    this.#start = now;
    this.#total = sessions.size;
    this.#onEnd = onEnd;
  }

  /** Ends what is due. */
  step(now: number): void {
    const { deadline, suppressWills } = this.#terms;
    const elapsed = now - this.#start;
    const spread = Math.max(1, deadline * SPREAD);
    const keep = elapsed >= spread ? 0 : Math.floor(this.#total * (1 - elapsed / spread));
    const open = [...this.#sessions.all()].filter((session) => !session.closing);
    for (const session of open.slice(0, Math.max(0, open.length - keep))) {
      session.stop('drain', suppressWills, 'the gate is shutting down');
    }
    if (this.#sessions.size > 0 && elapsed < deadline) return;
    for (const session of this.#sessions.all()) session.destroy();
    if (this.#over) return;
    this.#over = true;
    this.#onEnd();
  }
}
