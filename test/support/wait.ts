import type { EventEmitter } from 'node:events';

/** Milliseconds. Long enough for a busy machine with two cores; a test that needs it all has failed anyway. */
export const DEADLINE = 10_000;

export class DeadlineError extends Error {}

/** The value of `promise`, or a DeadlineError that names what was waited for. */
export async function within<T>(what: string, promise: Promise<T>, deadline = DEADLINE): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new DeadlineError(`${what}: not within ${deadline} ms`)), deadline);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Asks every 10 ms until the answer is neither false nor undefined, and gives that answer. */
export async function waitFor<T>(
  what: string,
  ask: () => T | false | undefined | Promise<T | false | undefined>,
  deadline = DEADLINE,
): Promise<T> {
  const end = performance.now() + deadline;
  for (;;) {
    const answer = await ask();
    if (answer !== false && answer !== undefined) return answer;
    if (performance.now() >= end) throw new DeadlineError(`${what}: not within ${deadline} ms`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** The arguments of the next `event`; rejects when the emitter fails first. */
export function nextEvent(emitter: EventEmitter, event: string, deadline = DEADLINE): Promise<unknown[]> {
  const happened = new Promise<unknown[]>((resolve, reject) => {
    const settle = (...args: unknown[]) => {
      emitter.off('error', fail);
      resolve(args);
    };
    const fail = (error: Error) => {
      emitter.off(event, settle);
      reject(error);
    };
    emitter.once(event, settle);
    if (event !== 'error') emitter.once('error', fail);
  });
  return within(`event ${event}`, happened, deadline);
}
