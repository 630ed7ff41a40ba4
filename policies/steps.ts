/**
 * Work in steps, for threads that must not stand still: after each the caller may do something
 * else first. The value that is returned is the result.
 */
export type Steps<T> = Generator<void, T, void>;

/** All of it at once. */
export function finish<T>(steps: Steps<T>): T {
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
}
