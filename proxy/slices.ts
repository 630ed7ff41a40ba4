import type { Steps } from '../policies/steps.ts';

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
