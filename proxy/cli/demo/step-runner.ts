import type { Certificates } from './certificates.ts';
import { connectDevice, type Device, type Observation, type Version } from './devices.ts';
import type { DemoGate } from './gate.ts';
import { failedResult, type Mismatch, mismatchesOf, type Result, rejectionOn, type Verdict } from './result.ts';
import type { Action, Step } from './steps.ts';

export interface StepContext {
  readonly gate: DemoGate;
  readonly listener: string;
  readonly version: Version;
  readonly certificates: Certificates;
  /** Marks the messages of this run. */
  readonly run: string;
}

/** Plays steps on one listener, one after the other, and remembers what ought to have reached the broker. */
export class StepRunner {
  readonly #context: StepContext;
  readonly #devices = new Map<string, Device>();
  readonly #identities = new Map<string, string>();
  #messages = 0;
  /** `topic payload` of every message that was allowed, and of every one that was refused. */
  readonly allowed: string[] = [];
  readonly refused: string[] = [];
  /** Client id -> how often the gate let it in. */
  readonly admitted = new Map<string, number>();

  constructor(context: StepContext) {
    this.#context = context;
  }

  async play(step: Step): Promise<Result> {
    const marks = { rejections: this.#context.gate.rejections.mark, forwards: this.#context.gate.forwards.mark };
    let observed = 'nothing';
    try {
      const answer = await this.#action(step);
      observed = answer.observed;
      const verdict =
        step.cause === undefined ? await this.#allowedBy(step, marks) : await this.#rejection(step, marks.rejections);
      return {
        step,
        observed,
        by: verdict.by,
        id: verdict.id,
        mismatches: compare(step, answer, verdict, this.#context.version),
      };
    } catch (error) {
      return failedResult(step, observed, error);
    }
  }

  /** The devices say good-bye. */
  async end(): Promise<void> {
    await Promise.all([...this.#devices.values()].map((device) => device.end()));
    this.#devices.clear();
  }

  #action({ clientName, action, cause, by }: Step): Promise<Observation> {
    switch (action.kind) {
      case 'connect':
        if (cause === undefined) this.#identities.set(clientName, by.replace('identity ', ''));
        return this.#connect(clientName, action, cause === undefined);
      case 'publish':
        return this.#device(clientName).publish(
          action.topic,
          this.#payloads(action, cause === undefined ? this.allowed : this.refused),
        );
      case 'subscribe':
        return this.#device(clientName).subscribe(action.filters);
      case 'receive':
        return this.#receive(clientName, action.topic);
    }
  }

  async #connect(
    clientName: string,
    action: Extract<Action, { kind: 'connect' }>,
    expected: boolean,
  ): Promise<Observation> {
    const { gate, listener, version, certificates, run } = this.#context;
    const { card, clientId, will } = action;
    if (expected) this.admitted.set(clientId, (this.admitted.get(clientId) ?? 0) + 1);
    else this.admitted.set(clientId, this.admitted.get(clientId) ?? 0);
    const payload = `${run} will of ${clientName}`;
    if (will !== undefined && !expected) this.refused.push(`${will} ${payload}`);
    const { device, ...observed } = await connectDevice({
      host: '127.0.0.1',
      port: gate.port(listener),
      version,
      clientId,
      ca: certificates.ca,
      ...(card && { credentials: certificates.of[card] }),
      ...(will !== undefined && { will: { topic: will, payload } }),
    });
    if (device !== undefined && expected) this.#devices.set(clientName, device);
    else device?.destroy();
    return observed;
  }

  async #receive(clientName: string, topic: string): Promise<Observation> {
    const last = this.allowed.findLast((message) => message.startsWith(`${topic} `));
    await this.#device(clientName).received.until(
      `the message on ${topic}`,
      0,
      (messages) => messages.some((message) => `${message.topic} ${message.payload}` === last) || undefined,
    );
    return { observed: 'PUBLISH' };
  }

  #device(clientName: string): Device {
    const device = this.#devices.get(clientName);
    if (device === undefined) throw new Error(`${clientName} is not connected`);
    return device;
  }

  #payloads({ topic, times = 1 }: Extract<Action, { kind: 'publish' }>, ledger: string[]): string[] {
    const payloads = Array.from({ length: times }, () => `${this.#context.run} ${++this.#messages}`);
    ledger.push(...payloads.map((payload) => `${topic} ${payload}`));
    return payloads;
  }

  /** The rule that the gate names for what it forwarded. Connects are not traced: what follows shows the identity. */
  async #allowedBy({ clientName, action, by }: Step, marks: { forwards: number }): Promise<Verdict> {
    if (action.kind === 'connect') return { by, id: '', cause: '' };
    // A delivery may have been traced before the step that waits for it began.
    const mark = action.kind === 'receive' ? 0 : marks.forwards;
    const { listener, gate } = this.#context;
    const sample = await gate.forwards.until(`the trace of ${clientName}’s ${action.kind}`, mark, (samples) =>
      samples.findLast(
        (one) => one.listener === listener && one.principal === clientName && one.action === action.kind,
      ),
    );
    const identity = this.#identities.get(clientName);
    return { by: sample.identity === identity ? sample.ruleId : `identity ${sample.identity}`, id: '', cause: '' };
  }

  #rejection({ action }: Step, mark: number): Promise<Verdict> {
    const count = action.kind === 'publish' ? (action.times ?? 1) : 1;
    const { listener, gate } = this.#context;
    return rejectionOn(gate, listener, mark, count);
  }
}

function compare(step: Step, answer: Observation, verdict: Verdict, version: Version): Mismatch[] {
  const mismatches = mismatchesOf(step, answer.observed, verdict);
  if (version === 5 && step.cause !== undefined && !answer.reason?.includes(verdict.id)) {
    const of = 'the decision id in the Reason String';
    mismatches.push({ of, expected: verdict.id, seen: answer.reason ?? 'no text' });
  }
  return mismatches;
}
