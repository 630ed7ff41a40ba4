import type { Kafka, Producer } from 'kafkajs';
import { within } from '../deadline.ts';
import { type GateCaller, throughGate } from './connection.ts';
import { ONLY_ORDERS } from './steps.ts';

/** One client of the demo. Its calls resolve to what it observed, refusals included. */
export class KafkaClient {
  readonly #kafka: Kafka;
  readonly #producer: Producer;
  /** Errors in its own log. kafkajs hides the response when it looks for a coordinator, but logs it. */
  readonly #said: string[] = [];

  constructor(caller: Omit<GateCaller, 'said'>) {
    this.#kafka = throughGate({ ...caller, said: (message) => void this.#said.push(message) });
    this.#producer = this.#kafka.producer({ allowAutoTopicCreation: false });
  }

  connect(): Promise<string> {
    return this.#see(async () => {
      await this.#producer.connect();
      return 'connected';
    });
  }

  produce(topic: string, value: string): Promise<string> {
    return this.#see(async () => {
      await this.#producer.send({ topic, messages: [{ value }] });
      return 'acknowledged';
    });
  }

  /** One request for each value; the seconds that it took. */
  async flood(topic: string, values: readonly string[]): Promise<number> {
    const began = performance.now();
    for (const value of values) await this.#producer.send({ topic, messages: [{ value }] });
    return (performance.now() - began) / 1000;
  }

  /** Asks for the producer id of a transactional id. */
  initialise(transactionalId: string): Promise<string> {
    return this.#see(async () => {
      // kafkajs wants a second try to be possible here.
      const retry = { retries: 1, initialRetryTime: 100 };
      const producer = this.#kafka.producer({ transactionalId, idempotent: true, maxInFlightRequests: 1, retry });
      try {
        await producer.connect();
        await producer.transaction();
        return 'producer id';
      } finally {
        await producer.disconnect();
      }
    });
  }

  /** Reads `count` records from the beginning as the first member of a group. */
  consume(groupId: string, topic: string, count: number): Promise<string> {
    return this.#see(async () => {
      const consumer = this.#kafka.consumer({ groupId });
      const ended = Promise.withResolvers<void>();
      ended.promise.catch(() => {}); // it may end before anybody waits
      consumer.on('consumer.crash', ({ payload }) => ended.reject(payload.error));
      let read = 0;
      try {
        await consumer.connect();
        await consumer.subscribe({ topic, fromBeginning: true });
        await consumer.run({
          eachMessage: async () => {
            if (++read === count) ended.resolve();
          },
        });
        await within(`${count} records of ${topic}`, ended.promise);
        return `${read} record${read === 1 ? '' : 's'}`;
      } finally {
        await consumer.disconnect();
      }
    });
  }

  /** `expected` must be in the list. */
  list(expected: readonly string[]): Promise<string> {
    return this.#see(async () => {
      const admin = this.#kafka.admin();
      try {
        await admin.connect();
        const names = await admin.listTopics();
        const fits =
          names.every((name) => name.startsWith('orders.')) && expected.every((name) => names.includes(name));
        return fits ? ONLY_ORDERS : names.join(' ') || 'no topics';
      } finally {
        await admin.disconnect();
      }
    });
  }

  async end(): Promise<void> {
    await within('the end of a client', this.#producer.disconnect()).catch(() => {});
  }

  async #see(action: () => Promise<string>): Promise<string> {
    const mark = this.#said.length;
    try {
      return await within('an answer', action());
    } catch (error) {
      return describeFailure(error, this.#said.slice(mark));
    }
  }
}

/** Kafka's codes by the messages that kafkajs has for them. */
const CODES = [
  [/\bTopic authorization failed/i, 29],
  [/\bGroup authorization failed/i, 30],
  [/\bTransactional Id authorization failed/i, 53],
] as const;

/** `error 29`, `closed`, or else the message of the error. */
export function describeFailure(error: unknown, said: readonly string[]): string {
  const description = [...messages(error), ...said].join('\n');
  const code = CODES.find(([pattern]) => pattern.test(description))?.[1];
  if (code !== undefined) return `error ${code}`;
  return /Closed connection|ECONNRESET/.test(description) ? 'closed' : (messages(error)[0] ?? 'nothing');
}

function messages(error: unknown): string[] {
  if (!(error instanceof Error)) return error === undefined ? [] : [String(error)];
  return [error.message, ...messages(error.cause)];
}
