import type { MetricName } from '../../proxy/control-plane/telemetry/catalogue.ts';
import { openLog } from '../../proxy/control-plane/telemetry/log.ts';
import { collect } from '../../proxy/control-plane/telemetry/metrics.ts';
import { startGate } from '../../proxy/gate.ts';
import { GAUGE, openWorkers } from '../../proxy/shared/tables/index.ts';
import { TestGate } from './gate.ts';
import { type GateOptions, writeGate } from './gate-config.ts';
import { tempDir } from './temp-dir.ts';
import { waitFor } from './wait.ts';

export interface LogLine {
  readonly level: string;
  readonly msg: string;
  readonly [key: string]: unknown;
}

/** A gate in this process whose log is kept: `await using`. */
export async function startObservedGate(options: GateOptions, level: 'debug' | 'info' = 'info'): Promise<ObservedGate> {
  const dir = tempDir();
  try {
    const file = await writeGate(dir, options);
    const text: string[] = [];
    const log = openLog({ level, format: 'json' }, { write: (line) => void text.push(line) });
    return new ObservedGate(dir, await startGate({ file, log, testHooks: true }), text);
  } catch (error) {
    await dir[Symbol.asyncDispose]();
    throw error;
  }
}

/** A test gate with its log, its metrics and its gauges. */
export class ObservedGate extends TestGate {
  /** Lines of the log as written. */
  readonly logText: readonly string[];

  constructor(dir: TestGate['dir'], gate: TestGate['gate'], text: readonly string[]) {
    super(dir, gate);
    this.logText = text;
  }

  /** Log lines with this message, oldest first. */
  logged(message: string): LogLine[] {
    return this.logText.map((line) => JSON.parse(line) as LogLine).filter(({ msg }) => msg === message);
  }

  /** Sum of a metric over the series that carry these labels; 0 when there is none. */
  metric(name: MetricName, labels: Readonly<Record<string, string>> = {}): number {
    const wanted = Object.entries(labels);
    return collect(this.gate.metrics)
      .filter((sample) => sample.name === name && wanted.every(([key, value]) => sample.labels[key] === value))
      .reduce((sum, { value }) => sum + value, 0);
  }

  /** Rejections counted for a cause. */
  rejections(cause: string): number {
    return this.metric('headgate_rejections_total', { cause });
  }

  gauge(worker: number, gauge: keyof typeof GAUGE): number {
    return openWorkers(this.gate.shared).get(worker, GAUGE[gauge]);
  }

  total(gauge: keyof typeof GAUGE): number {
    return openWorkers(this.gate.shared).total(GAUGE[gauge]);
  }

  /** Waits until no connection, handshake or session is counted any more. */
  async idle(deadline?: number): Promise<void> {
    await waitFor(
      'all connections to be gone',
      () => this.total('live') === 0 && this.total('handshakes') === 0 && this.total('sessions') === 0,
      deadline,
    );
  }
}
