/** Time and chance for what asks again by itself; tests drive them. */
export interface Timing {
  /** Monotonic milliseconds. */
  now(): number;
  /** Runs `work` once after `ms`, unless it is cancelled by the function returned. */
  after(ms: number, work: () => void): () => void;
  /** [0, 1) */
  random(): number;
}

/** The timers of Node around a clock. */
export function realTiming(now: () => number): Timing {
  return {
    now,
    after: (ms, work) => {
      const timer = setTimeout(work, ms);
      return () => clearTimeout(timer);
    },
    random: Math.random,
  };
}
