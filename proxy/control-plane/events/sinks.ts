import { FileSink } from '../../../adapters/sinks/file.ts';
import { VERSION } from '../../shared/version.ts';
import type { GateConfig } from '../config/model.ts';
import { type Logger, logRejection } from '../telemetry/log.ts';
import type { MetricSource } from '../telemetry/metrics.ts';
import { startOtel } from '../telemetry/otel.ts';
import type { EventHub } from './hub.ts';

/** Milliseconds for telemetry and audit to get rid of what waits. */
const DEADLINE = 3000;

/** Where events and metrics go to: the log, the audit file, OpenTelemetry. */
export class Sinks {
  readonly #hub: EventHub;
  readonly #logger: Logger;
  readonly #sources: MetricSource[] = [];
  #audit: FileSink | null = null;

  /** What the sinks say of themselves. */
  readonly source: MetricSource = () => this.#sources.flatMap((source) => source());

  constructor(hub: EventHub, logger: Logger) {
    this.#hub = hub;
    this.#logger = logger;
  }

  /** Opens what is configured; `stack` gets what is to be closed. `metrics`: what is exported. */
  async start(config: GateConfig, metrics: readonly MetricSource[], stack: AsyncDisposableStack): Promise<void> {
    this.#hub.events$.subscribe((event) => logRejection(this.#logger, event));
    if (config.audit !== undefined) this.#startAudit(config.audit.file, stack);
    if (config.telemetry !== undefined) await this.#startTelemetry(config.telemetry, metrics, stack);
  }

  /** Takes files anew, for log rotation. */
  reopen(): void {
    this.#audit?.reopen();
  }

  #startAudit(path: string, stack: AsyncDisposableStack): void {
    const audit = new FileSink({ path, onError: this.#complain('audit') });
    this.#audit = audit;
    this.#hub.events$.subscribe((event) => audit.write(event));
    this.#sources.push(() => [
      { name: 'headgate_audit_records_total', labels: {}, value: audit.stats.written },
      { name: 'headgate_audit_dropped_total', labels: {}, value: audit.stats.dropped },
      { name: 'headgate_audit_errors_total', labels: {}, value: audit.stats.errors },
      { name: 'headgate_audit_queue', labels: {}, value: audit.stats.queued },
    ]);
    stack.defer(() => audit.close(DEADLINE));
  }

  async #startTelemetry(
    config: NonNullable<GateConfig['telemetry']>,
    metrics: readonly MetricSource[],
    stack: AsyncDisposableStack,
  ): Promise<void> {
    const { events$, samples$ } = this.#hub;
    const onComplaint = this.#complain('telemetry');
    const otel = await startOtel(config, { version: VERSION, events$, samples$, metrics, onComplaint });
    this.#sources.push(otel.source);
    stack.defer(() => otel.shutdown(DEADLINE));
  }

  #complain(sink: string): (reason: unknown) => void {
    return (reason) => this.#logger.warn({ sink, reason: String(reason) }, 'a sink complains');
  }
}
