/** ns per operation of a loop: the best of several rounds, as noise only ever adds. */

const ROUNDS = 7;
const ROUND_MS = 120;

/** `run(n)` does the operation n times; `first`: so often to begin with, few for slow ones. */
export function nsPerOp(run: (n: number) => void, first = 1000): number {
  let n = first;
  let ms = time(run, n);
  while (ms < ROUND_MS / 4) {
    n *= 2;
    ms = time(run, n);
  }
  n = Math.max(1, Math.round((n * ROUND_MS) / ms));
  let best = Number.POSITIVE_INFINITY;
  for (let round = 0; round < ROUNDS; round++) best = Math.min(best, (time(run, n) * 1e6) / n);
  return best;
}

function time(run: (n: number) => void, n: number): number {
  const start = performance.now();
  run(n);
  return performance.now() - start;
}
