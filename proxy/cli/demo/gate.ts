import { createWriteStream } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { RejectionEvent } from '../../../policies/event.ts';
import { openLog } from '../../control-plane/telemetry/log.ts';
import { collect } from '../../control-plane/telemetry/metrics.ts';
import { type Gate, startGate } from '../../gate.ts';
import type { ForwardSample } from '../../shared/events/batch.ts';
import { configuration, type Front, type KafkaFront } from './configuration.ts';
import { within } from './deadline.ts';
import { EventLog } from './event-log.ts';
import { freePorts } from './ports.ts';

/** Longer than the drain that the configuration below allows. */
const END_MS = 5000;

const ATTEMPTS = 3;

/** headgate with two workers, and the events that it reports. Its log is in a file, not between the lines of the report. */
export class DemoGate implements AsyncDisposable {
  readonly rejections = new EventLog<RejectionEvent>();
  readonly forwards = new EventLog<ForwardSample>();
  readonly socket: string;
  readonly logFile: string;
  readonly #gate: Gate;
  readonly #dir: string;
  readonly #fronts: readonly Front[];

  private constructor(dir: string, fronts: readonly Front[], gate: Gate, logFile: string) {
    this.#dir = dir;
    this.#fronts = fronts;
    this.#gate = gate;
    this.logFile = logFile;
    this.socket = gate.adminAddress ?? join(dir, 'headgate.sock');
    gate.hub.events$.subscribe((event) => this.rejections.push(event));
    gate.hub.samples$.subscribe((sample) => this.forwards.push(sample));
  }

  static async start(dir: string, fronts: readonly Front[]): Promise<DemoGate> {
    const file = fileIn(dir);
    await writeFile(file, configuration(fronts));
    const logFile = join(dir, 'headgate.log');
    const stream = createWriteStream(logFile, { mode: 0o600 });
    stream.on('error', () => {}); // the log is not what the demo is about
    const log = openLog({ level: 'info', format: 'text' }, { write: (line) => void stream.write(line) });
    return new DemoGate(dir, fronts, await startGate({ file, log }), logFile);
  }

  /** Takes the Kafka listener up while it runs: a reload, as an operator would do it. */
  async addKafka(front: Omit<KafkaFront, 'firstPort'>): Promise<void> {
    const count = front.nodes.last - front.nodes.first + 1;
    for (let attempt = 1; ; attempt++) {
      const kafka = { ...front, firstPort: await freePorts(count) };
      await writeFile(fileIn(this.#dir), configuration(this.#fronts, kafka));
      const { ok, errors } = await this.#gate.reload();
      if (ok) return;
      // Another process may have taken a port in between.
      if (attempt === ATTEMPTS || !errors.some((error) => error.includes('EADDRINUSE'))) {
        throw new Error(`the reload was refused: ${errors.join('; ')}`);
      }
    }
  }

  /** How often clients of an identity were paused by a limit. */
  throttled(identity: string): number {
    return collect(this.#gate.metrics)
      .filter(({ name, labels }) => name === 'headgate_throttled_total' && labels['identity'] === identity)
      .reduce((sum, { value }) => sum + value, 0);
  }

  get probe(): string {
    return this.#gate.probeAddress ?? '';
  }

  port(listener: string): number {
    const [bound] = this.#gate.addresses(listener);
    if (bound === undefined) throw new Error(`the listener ${listener} is not bound`);
    return bound.port;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await within('headgate to drain', this.#gate.drain(), END_MS).catch(() => {});
    await within('headgate to end', this.#gate.close(), END_MS);
  }
}

function fileIn(dir: string): string {
  return join(dir, 'headgate.yaml');
}
