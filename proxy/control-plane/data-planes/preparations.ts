import type { Bound, FromPlane } from '../../messages.ts';

/** For one data plane to build a generation, in milliseconds. */
const PREPARE_TIMEOUT = 30_000;

interface Waiting {
  readonly plane: number;
  resolve(bound: readonly Bound[]): void;
  reject(error: Error): void;
}

/** Questions to data planes whether they have prepared a generation, until they are answered. */
export class Preparations {
  readonly #waiting = new Map<string, Waiting>();

  /** The addresses that the data plane bound. Rejects with its problem, when it ended, or when it takes too long. */
  expect(plane: number, id: number): Promise<readonly Bound[]> {
    const { promise, resolve, reject } = Promise.withResolvers<readonly Bound[]>();
    const key = keyOf(plane, id);
    this.#waiting.set(key, { plane, resolve, reject });
    const timer = setTimeout(() => {
      this.#waiting.delete(key);
      reject(new Error(`worker ${plane} did not prepare the generation within ${PREPARE_TIMEOUT} ms`));
    }, PREPARE_TIMEOUT);
    return promise.finally(() => clearTimeout(timer));
  }

  settle(plane: number, reply: Extract<FromPlane, { type: 'prepared' | 'prepare-failed' }>): void {
    const key = keyOf(plane, reply.id);
    const waiting = this.#waiting.get(key);
    this.#waiting.delete(key);
    if (reply.type === 'prepared') waiting?.resolve(reply.bound);
    else waiting?.reject(new Error(reply.problem));
  }

  /** The data plane ended: nobody must wait for it for ever. */
  lost(plane: number): void {
    for (const [key, waiting] of this.#waiting) {
      if (waiting.plane !== plane) continue;
      this.#waiting.delete(key);
      waiting.reject(new Error(`worker ${plane} ended`));
    }
  }
}

function keyOf(plane: number, id: number): string {
  return `${plane}/${id}`;
}
