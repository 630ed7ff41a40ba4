import { waitFor } from './wait.ts';

/** The figure, once it is above 0 and has not changed for half a second. */
export function stands(what: string, figure: () => number | Promise<number>, deadline?: number): Promise<number> {
  let last = 0;
  let since = performance.now();
  return waitFor(
    what,
    async () => {
      const now = await figure();
      if (now !== last) since = performance.now();
      last = now;
      return now > 0 && performance.now() - since > 500 && now;
    },
    deadline,
  );
}
