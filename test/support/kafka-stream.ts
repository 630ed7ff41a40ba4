import { waitFor } from './wait.ts';

/** Numbered records on their way, in several lanes at once: there is always one in flight in each. */
export class KafkaStream {
  /** Values that were acknowledged, in the order of their acknowledgements. */
  readonly acknowledged: string[] = [];
  readonly #name: string;
  readonly #send: (value: string) => Promise<unknown>;
  readonly #done: Promise<unknown>;
  #going = true;
  #lanes: number;
  #next = 0;

  /** Begins at once. `send` resolves when a record is acknowledged; its first failure ends the stream. */
  constructor(name: string, lanes: number, send: (value: string) => Promise<unknown>) {
    this.#name = name;
    this.#send = send;
    this.#lanes = lanes;
    this.#done = Promise.all(Array.from({ length: lanes }, () => this.#lane()));
    this.#done.catch(() => {}); // whoever waits is told
  }

  /** Nothing is in flight any more, since the stream was stopped or has failed. */
  get settled(): boolean {
    return this.#lanes === 0;
  }

  async #lane(): Promise<void> {
    try {
      while (this.#going) {
        const value = `${this.#name}-${this.#next++}`;
        await this.#send(value);
        this.acknowledged.push(value);
      }
    } finally {
      this.#going = false;
      this.#lanes--;
    }
  }

  /** Waits until so many more records are acknowledged; throws what has failed the stream. */
  async more(count: number, deadline?: number): Promise<void> {
    const wanted = this.acknowledged.length + count;
    const what = `${count} more records of ${this.#name}`;
    await Promise.race([this.#done, waitFor(what, () => this.acknowledged.length >= wanted || !this.#going, deadline)]);
  }

  /** Waits for what is in flight; throws what has failed the stream. */
  async stop(): Promise<void> {
    this.#going = false;
    await this.#done;
  }
}
