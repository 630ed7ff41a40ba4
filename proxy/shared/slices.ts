import type { Steps } from '../../policies/steps.ts';

/** Milliseconds of one turn of the event loop. */
const SLICE = 4;

/** Runs steps until they are done, a few milliseconds per turn of the event loop. */
export async function inSlices<T>(steps: Steps<T>): Promise<T> {
  for (;;) {
    const end = performance.now() + SLICE;
    do {
      const step = steps.next();
      if (step.done === true) return step.value;
    } while (performance.now() < end);
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/** Items visited in one turn of the event loop, at most. */
const MOST_VISITED = 64;

/**
 * Visits items a few per turn of the event loop, beginning in this one, and calls `done` behind the last.
 * @param ms milliseconds of a turn after which no further item is begun
 * @param goesOn asked at the beginning of each turn; false: nothing more is done, nor is `done` called
 */
export function visitInSlices<T>(
  items: readonly T[],
  ms: number,
  visit: (item: T) => void,
  done: () => void,
  goesOn: () => boolean = () => true,
): void {
  let next = 0;
  const slice = (): void => {
    if (!goesOn()) return;
    const end = performance.now() + ms;
    const most = Math.min(items.length, next + MOST_VISITED);
    while (next < most) {
      visit(items[next++] as T);
      if (performance.now() > end) break;
    }
    if (next < items.length) setImmediate(slice);
    else done();
  };
  slice();
}
