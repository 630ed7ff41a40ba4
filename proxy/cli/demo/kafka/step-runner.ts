import type { Certificates } from '../certificates.ts';
import type { DemoGate } from '../gate.ts';
import { failedResult, mismatchesOf, type Result, rejectionOn, type Verdict } from '../result.ts';
import { KafkaClient } from './client.ts';
import { type KafkaAction, type KafkaStep, SLOWED, type TopicName } from './steps.ts';

export interface KafkaStepContext {
  readonly gate: DemoGate;
  readonly listener: string;
  readonly certificates: Certificates;
  /** Marks the records of this run. */
  readonly run: string;
  /** Behind the name of every topic, group and transaction. */
  readonly suffix: string;
}

/** A value of a flood. */
const LARGE = 16 * 1024;
/** A flood of so many bytes takes at least this long at the rate of its role; Kafka alone needs a tenth. */
const SLOW_SECONDS = 0.5;

/** Plays Kafka steps one after the other, and remembers what ought to have reached the broker. */
export class KafkaStepRunner {
  readonly #context: KafkaStepContext;
  readonly #clients = new Map<string, KafkaClient>();
  #records = 0;
  /** Values of every record by topic: those allowed, and all those refused. */
  readonly allowed = new Map<TopicName, string[]>();
  readonly refused: string[] = [];

  constructor(context: KafkaStepContext) {
    this.#context = context;
  }

  async play(step: KafkaStep): Promise<Result> {
    const { gate, listener } = this.#context;
    const marks = { rejections: gate.rejections.mark, forwards: gate.forwards.mark };
    let observed = 'nothing';
    try {
      observed = await this.#action(step);
      const verdict =
        step.cause === undefined
          ? await this.#allowedBy(step, marks.forwards)
          : await rejectionOn(gate, listener, marks.rejections, 1);
      return { step, observed, by: verdict.by, id: verdict.id, mismatches: mismatchesOf(step, observed, verdict) };
    } catch (error) {
      return failedResult(step, observed, error);
    }
  }

  async end(): Promise<void> {
    await Promise.all([...this.#clients.values()].map((client) => client.end()));
    this.#clients.clear();
  }

  async #action(step: KafkaStep): Promise<string> {
    const { clientName, action } = step;
    const { suffix } = this.#context;
    switch (action.kind) {
      case 'connect':
        return this.#connect(step, action);
      case 'produce':
        return this.#client(clientName).produce(action.topic + suffix, this.#value(step, action.topic));
      case 'transactional':
        return this.#client(clientName).initialise(action.id + suffix);
      case 'consume':
        return this.#client(clientName).consume(
          action.group + suffix,
          action.topic + suffix,
          this.#of(action.topic).length,
        );
      case 'list':
        return this.#client(clientName).list([`orders.eu${suffix}`, `orders.closed${suffix}`]);
      case 'flood':
        return this.#flood(step, action);
    }
  }

  async #connect(
    { clientName, cause }: KafkaStep,
    { card }: Extract<KafkaAction, { kind: 'connect' }>,
  ): Promise<string> {
    const { gate, listener, certificates } = this.#context;
    const client = new KafkaClient({
      port: gate.port(listener),
      clientId: clientName,
      ca: certificates.ca,
      ...(card && { credentials: certificates.of[card] }),
    });
    const observed = await client.connect();
    if (cause === undefined) this.#clients.set(clientName, client);
    else await client.end();
    return observed;
  }

  async #flood(step: KafkaStep, { topic, records }: Extract<KafkaAction, { kind: 'flood' }>): Promise<string> {
    const { gate, suffix } = this.#context;
    const values = Array.from({ length: records }, () => this.#value(step, topic).padEnd(LARGE, '.'));
    // What arrives is the padded value.
    this.#of(topic).splice(-records, records, ...values);
    const pauses = gate.throttled('feeds');
    const seconds = await this.#client(step.clientName).flood(topic + suffix, values);
    if (seconds >= SLOW_SECONDS && gate.throttled('feeds') > pauses) return SLOWED;
    return `${seconds.toFixed(2)} s`;
  }

  /** The rule that the gate names for the records that it forwarded. Other requests are not traced. */
  async #allowedBy({ clientName, action, by }: KafkaStep, mark: number): Promise<Verdict> {
    if (action.kind !== 'produce' && action.kind !== 'flood') return { by, id: '', cause: '' };
    const { listener, gate, suffix } = this.#context;
    const resource = `topic:${action.topic}${suffix}`;
    const sample = await gate.forwards.until(`the trace of ${clientName}’s records`, mark, (samples) =>
      samples.findLast((one) => one.listener === listener && one.principal === clientName && one.resource === resource),
    );
    return { by: sample.ruleId, id: '', cause: '' };
  }

  #client(clientName: string): KafkaClient {
    const client = this.#clients.get(clientName);
    if (client === undefined) throw new Error(`${clientName} is not connected`);
    return client;
  }

  /** A value that no other record has. */
  #value({ cause }: KafkaStep, topic: TopicName): string {
    const value = `${this.#context.run} record ${++this.#records} `;
    (cause === undefined ? this.#of(topic) : this.refused).push(value);
    return value;
  }

  #of(topic: TopicName): string[] {
    const values = this.allowed.get(topic) ?? [];
    this.allowed.set(topic, values);
    return values;
  }
}
