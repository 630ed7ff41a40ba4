import type { Api } from './codec/schema.ts';
import type { Rewrite } from './handler.ts';

/** One request that is not answered yet. Objects of a queue are used again and again. */
export class Pending {
  correlationId = 0;
  /** Version of the request as the client sent it; its response has the same. */
  version = 0;
  /** Version in which the broker was asked. */
  brokerVersion = 0;
  api!: Api;
  /** How the broker's response is changed; null: it passes. */
  rewrite: Rewrite<object> | null = null;
  /** The response needs no more than the scan of its topics (Fetch): `rewrite` is for when that finds something. */
  scan = false;
  /** A response made here that waits for older ones; null: the broker is asked. */
  response: Buffer | null = null;
  /** Milliseconds that the client is asked to wait. */
  throttleMs = 0;
  /** The broker's response was held against the limit on bytes to the client. */
  charged = false;
}

/** Requests of one connection in the order they came; their responses leave in the same order. */
export class PendingQueue {
  readonly #slots: Pending[] = [];
  readonly #capacity: number;
  #first = 0;
  #length = 0;

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  get length(): number {
    return this.#length;
  }

  get full(): boolean {
    return this.#length >= this.#capacity;
  }

  /** The oldest; undefined when there is none. */
  get head(): Pending | undefined {
    return this.#length === 0 ? undefined : this.#slots[this.#first];
  }

  /** A place at the end, to be filled in. @throws RangeError when it is full */
  push(): Pending {
    if (this.full) throw new RangeError('too many requests wait for a response');
    const at = this.#wrapped(this.#first + this.#length);
    this.#length++;
    let slot = this.#slots[at];
    if (slot === undefined) {
      slot = new Pending();
      this.#slots[at] = slot;
    }
    return slot;
  }

  shift(): void {
    const slot = this.head;
    if (slot === undefined) return;
    slot.rewrite = null;
    slot.scan = false;
    slot.response = null;
    slot.throttleMs = 0;
    slot.charged = false;
    this.#first = this.#wrapped(this.#first + 1);
    this.#length--;
  }

  /** Less than twice the capacity: a comparison is cheaper than a division. */
  #wrapped(index: number): number {
    return index < this.#capacity ? index : index - this.#capacity;
  }
}
