import type { Certificates } from '../certificates.ts';
import type { DemoGate } from '../gate.ts';
import { broken, judge, type Result, rejectionOn, type Verdict } from '../result.ts';
import { KafkaClient } from './client.ts';
import { type KafkaAct, type KafkaStep, SLOWED, type TopicName } from './steps.ts';

export interface KafkaScene {
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
export class KafkaPlayer {
  readonly #scene: KafkaScene;
  readonly #clients = new Map<string, KafkaClient>();
  #records = 0;
  /** Values of every record by topic: those allowed, and all those refused. */
  readonly allowed = new Map<TopicName, string[]>();
  readonly refused: string[] = [];

  constructor(scene: KafkaScene) {
    this.#scene = scene;
  }

  async play(step: KafkaStep): Promise<Result> {
    const { gate, listener } = this.#scene;
    const marks = { rejections: gate.rejections.mark, forwards: gate.forwards.mark };
    let saw = 'nothing';
    try {
      saw = await this.#act(step);
      const verdict =
        step.cause === undefined
          ? await this.#allowedBy(step, marks.forwards)
          : await rejectionOn(gate, listener, marks.rejections, 1);
      return { step, saw, by: verdict.by, id: verdict.id, mismatches: judge(step, saw, verdict) };
    } catch (error) {
      return broken(step, saw, error);
    }
  }

  async end(): Promise<void> {
    await Promise.all([...this.#clients.values()].map((client) => client.end()));
    this.#clients.clear();
  }

  async #act(step: KafkaStep): Promise<string> {
    const { who, act } = step;
    const { suffix } = this.#scene;
    switch (act.kind) {
      case 'connect':
        return this.#connect(step, act);
      case 'produce':
        return this.#client(who).produce(act.topic + suffix, this.#value(step, act.topic));
      case 'transactional':
        return this.#client(who).initialise(act.id + suffix);
      case 'consume':
        return this.#client(who).consume(act.group + suffix, act.topic + suffix, this.#of(act.topic).length);
      case 'list':
        return this.#client(who).list([`orders.eu${suffix}`, `orders.closed${suffix}`]);
      case 'flood':
        return this.#flood(step, act);
    }
  }

  async #connect({ who, cause }: KafkaStep, { card }: Extract<KafkaAct, { kind: 'connect' }>): Promise<string> {
    const { gate, listener, certificates } = this.#scene;
    const client = new KafkaClient({
      port: gate.port(listener),
      clientId: who,
      ca: certificates.ca,
      ...(card && { credentials: certificates.of[card] }),
    });
    const saw = await client.connect();
    if (cause === undefined) this.#clients.set(who, client);
    else await client.end();
    return saw;
  }

  async #flood(step: KafkaStep, { topic, records }: Extract<KafkaAct, { kind: 'flood' }>): Promise<string> {
    const { gate, suffix } = this.#scene;
    const values = Array.from({ length: records }, () => this.#value(step, topic).padEnd(LARGE, '.'));
    // What arrives is the padded value.
    this.#of(topic).splice(-records, records, ...values);
    const pauses = gate.throttled('feeds');
    const seconds = await this.#client(step.who).flood(topic + suffix, values);
    if (seconds >= SLOW_SECONDS && gate.throttled('feeds') > pauses) return SLOWED;
    return `${seconds.toFixed(2)} s`;
  }

  /** The rule that the gate names for the records that it forwarded. Other requests are not traced. */
  async #allowedBy({ who, act, by }: KafkaStep, mark: number): Promise<Verdict> {
    if (act.kind !== 'produce' && act.kind !== 'flood') return { by, id: '', cause: '' };
    const { listener, gate, suffix } = this.#scene;
    const resource = `topic:${act.topic}${suffix}`;
    const sample = await gate.forwards.until(`the trace of ${who}’s records`, mark, (samples) =>
      samples.findLast((one) => one.listener === listener && one.principal === who && one.resource === resource),
    );
    return { by: sample.ruleId, id: '', cause: '' };
  }

  #client(who: string): KafkaClient {
    const client = this.#clients.get(who);
    if (client === undefined) throw new Error(`${who} is not connected`);
    return client;
  }

  /** A value that no other record has. */
  #value({ cause }: KafkaStep, topic: TopicName): string {
    const value = `${this.#scene.run} record ${++this.#records} `;
    (cause === undefined ? this.#of(topic) : this.refused).push(value);
    return value;
  }

  #of(topic: TopicName): string[] {
    const values = this.allowed.get(topic) ?? [];
    this.allowed.set(topic, values);
    return values;
  }
}
