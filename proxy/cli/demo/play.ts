import type { Certificates } from './certificates.ts';
import { connectDevice, type Device, type Saw, type Version } from './devices.ts';
import type { DemoGate } from './gate.ts';
import { broken, judge, type Mismatch, type Result, rejectionOn, type Verdict } from './result.ts';
import type { Act, Step } from './steps.ts';

export interface Scene {
  readonly gate: DemoGate;
  readonly listener: string;
  readonly version: Version;
  readonly certificates: Certificates;
  /** Marks the messages of this run. */
  readonly run: string;
}

/** Plays steps on one listener, one after the other, and remembers what ought to have reached the broker. */
export class Player {
  readonly #scene: Scene;
  readonly #devices = new Map<string, Device>();
  readonly #identities = new Map<string, string>();
  #messages = 0;
  /** `topic payload` of every message that was allowed, and of every one that was refused. */
  readonly allowed: string[] = [];
  readonly refused: string[] = [];
  /** Client id -> how often the gate let it in. */
  readonly admitted = new Map<string, number>();

  constructor(scene: Scene) {
    this.#scene = scene;
  }

  async play(step: Step): Promise<Result> {
    const marks = { rejections: this.#scene.gate.rejections.mark, forwards: this.#scene.gate.forwards.mark };
    let saw = 'nothing';
    try {
      const answer = await this.#act(step);
      saw = answer.saw;
      const verdict =
        step.cause === undefined ? await this.#allowedBy(step, marks) : await this.#rejection(step, marks.rejections);
      return {
        step,
        saw,
        by: verdict.by,
        id: verdict.id,
        mismatches: compare(step, answer, verdict, this.#scene.version),
      };
    } catch (error) {
      return broken(step, saw, error);
    }
  }

  /** The devices say good-bye. */
  async end(): Promise<void> {
    await Promise.all([...this.#devices.values()].map((device) => device.end()));
    this.#devices.clear();
  }

  #act({ who, act, cause, by }: Step): Promise<Saw> {
    switch (act.kind) {
      case 'connect':
        if (cause === undefined) this.#identities.set(who, by.replace('identity ', ''));
        return this.#connect(who, act, cause === undefined);
      case 'publish':
        return this.#device(who).publish(
          act.topic,
          this.#payloads(act, cause === undefined ? this.allowed : this.refused),
        );
      case 'subscribe':
        return this.#device(who).subscribe(act.filters);
      case 'receive':
        return this.#receive(who, act.topic);
    }
  }

  async #connect(who: string, act: Extract<Act, { kind: 'connect' }>, expected: boolean): Promise<Saw> {
    const { gate, listener, version, certificates, run } = this.#scene;
    const { card, clientId, will } = act;
    if (expected) this.admitted.set(clientId, (this.admitted.get(clientId) ?? 0) + 1);
    else this.admitted.set(clientId, this.admitted.get(clientId) ?? 0);
    const payload = `${run} will of ${who}`;
    if (will !== undefined && !expected) this.refused.push(`${will} ${payload}`);
    const { device, ...saw } = await connectDevice({
      host: '127.0.0.1',
      port: gate.port(listener),
      version,
      clientId,
      ca: certificates.ca,
      ...(card && { credentials: certificates.of[card] }),
      ...(will !== undefined && { will: { topic: will, payload } }),
    });
    if (device !== undefined && expected) this.#devices.set(who, device);
    else device?.destroy();
    return saw;
  }

  async #receive(who: string, topic: string): Promise<Saw> {
    const last = this.allowed.findLast((message) => message.startsWith(`${topic} `));
    await this.#device(who).received.until(
      `the message on ${topic}`,
      0,
      (messages) => messages.some((message) => `${message.topic} ${message.payload}` === last) || undefined,
    );
    return { saw: 'PUBLISH' };
  }

  #device(who: string): Device {
    const device = this.#devices.get(who);
    if (device === undefined) throw new Error(`${who} is not connected`);
    return device;
  }

  #payloads({ topic, times = 1 }: Extract<Act, { kind: 'publish' }>, ledger: string[]): string[] {
    const payloads = Array.from({ length: times }, () => `${this.#scene.run} ${++this.#messages}`);
    ledger.push(...payloads.map((payload) => `${topic} ${payload}`));
    return payloads;
  }

  /** The rule that the gate names for what it forwarded. Connects are not traced: what follows shows the identity. */
  async #allowedBy({ who, act, by }: Step, marks: { forwards: number }): Promise<Verdict> {
    if (act.kind === 'connect') return { by, id: '', cause: '' };
    // A delivery may have been traced before the step that waits for it began.
    const mark = act.kind === 'receive' ? 0 : marks.forwards;
    const { listener, gate } = this.#scene;
    const sample = await gate.forwards.until(`the trace of ${who}’s ${act.kind}`, mark, (samples) =>
      samples.findLast((one) => one.listener === listener && one.principal === who && one.action === act.kind),
    );
    const identity = this.#identities.get(who);
    return { by: sample.identity === identity ? sample.ruleId : `identity ${sample.identity}`, id: '', cause: '' };
  }

  #rejection({ act }: Step, mark: number): Promise<Verdict> {
    const count = act.kind === 'publish' ? (act.times ?? 1) : 1;
    const { listener, gate } = this.#scene;
    return rejectionOn(gate, listener, mark, count);
  }
}

function compare(step: Step, answer: Saw, verdict: Verdict, version: Version): Mismatch[] {
  const mismatches = judge(step, answer.saw, verdict);
  if (version === 5 && step.cause !== undefined && !answer.reason?.includes(verdict.id)) {
    const of = 'the decision id in the Reason String';
    mismatches.push({ of, expected: verdict.id, seen: answer.reason ?? 'no text' });
  }
  return mismatches;
}
