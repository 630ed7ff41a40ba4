import type { Timing } from '../../proxy/shared/timing.ts';

interface Timer {
  readonly at: number;
  readonly ms: number;
  readonly work: () => void;
}

/** Time that only `advance` moves. */
export class DrivenTiming implements Timing {
  readonly #timers = new Set<Timer>();
  #now = 0;
  /** What `random` gives. */
  chance = 0;

  now(): number {
    return this.#now;
  }

  random(): number {
    return this.chance;
  }

  after(ms: number, work: () => void): () => void {
    const timer = { at: this.#now + ms, ms, work };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }

  /** Milliseconds of the timers that run, ascending. */
  get set(): number[] {
    return [...this.#timers].map(({ ms }) => ms).sort((a, b) => a - b);
  }

  advance(ms: number): void {
    this.#now += ms;
    for (const timer of [...this.#timers].sort((a, b) => a.at - b.at)) {
      if (timer.at <= this.#now && this.#timers.delete(timer)) timer.work();
    }
  }
}
