import { randomInt } from 'node:crypto';
import type { RevocationQuery, RevocationResponse } from '../../shared/trust/revocation-query.ts';

/** Queries of one worker to the control plane, until they are responded to. */
export class RevocationQueries {
  readonly #post: (id: number, query: RevocationQuery) => void;
  readonly #waiting = new Map<number, (response: RevocationResponse) => void>();
  /** A response to a worker that is gone reaches its successor, which must not take it for its own. */
  #last = randomInt(2 ** 40);

  /** `post` sends a query to the control plane, which always responds with its id. */
  constructor(post: (id: number, query: RevocationQuery) => void) {
    this.#post = post;
  }

  /** Never rejects. */
  ask(query: RevocationQuery): Promise<RevocationResponse> {
    const { promise, resolve } = Promise.withResolvers<RevocationResponse>();
    const id = ++this.#last;
    this.#waiting.set(id, resolve);
    this.#post(id, query);
    return promise;
  }

  /** The control plane responded. */
  settle(id: number, response: RevocationResponse): void {
    this.#waiting.get(id)?.(response);
    this.#waiting.delete(id);
  }
}
