import { randomUUID } from 'node:crypto';
import type { DiagLogger, Tracer } from '@opentelemetry/api';
import type { Observable } from 'rxjs';
import type { RejectionEvent } from '../../../policies/event.ts';
import type { ForwardSample } from '../../shared/events/batch.ts';
import type { TelemetryConfig } from '../config/model.ts';
import type { MetricSample, MetricSource } from './metrics.ts';
import { otelOverrides, resourceAttributes, withEnvironment } from './otel-env.ts';
import { observeMetrics } from './otel-metrics.ts';
import { forwardSpan, rejectionSpan } from './span.ts';

export interface OtelDeps {
  readonly version: string;
  readonly events$: Observable<RejectionEvent>;
  readonly samples$: Observable<ForwardSample>;
  readonly metrics: readonly MetricSource[];
  /** Told what the SDK itself complains of (failed exports, a full queue). */
  readonly onComplaint?: (message: string) => void;
}

export interface Otel {
  /** What went to the SDK and what it lost. */
  readonly source: MetricSource;
  /** Exports what waits, for at most `deadlineMs`. Never rejects. */
  shutdown(deadlineMs: number): Promise<void>;
}

type Api = typeof import('@opentelemetry/api');

/** `SamplingDecision.RECORD_AND_SAMPLED`: sampling was decided in the worker, before the SDK. */
const ALWAYS_ON = { shouldSample: () => ({ decision: 2 }), toString: () => 'headgate' };

/**
 * Starts OpenTelemetry: a span for every rejection and every sampled forward, and the catalogue's
 * metrics. The SDK (some 40 MB) is loaded here and nowhere else; call this only when telemetry is
 * configured. Resource detectors and instrumentations are off: they would send the command line
 * and host names, and patch net and tls. Queues are the SDK's own (2,048 spans, OTEL_BSP_*).
 */
export async function startOtel(config: TelemetryConfig, deps: OtelDeps): Promise<Otel> {
  const [{ startNodeSdk }, api] = await Promise.all([import('@opentelemetry/sdk-node'), import('@opentelemetry/api')]);
  const complaints = listenToSdk(deps.onComplaint);
  const sdk = withEnvironment(otelOverrides(config, process.env), () =>
    startNodeSdk({
      logLevel: 'error',
      resourceAttributes: resourceAttributes(deps.version, randomUUID(), process.env),
      resourceDetectors: [],
      instrumentations: [],
      logRecordProcessors: [],
      propagators: [],
      sampler: ALWAYS_ON,
      ...(config.traces ? {} : { spanProcessors: [] }),
      ...(config.metrics ? {} : { metricReaders: [] }),
    }),
  );
  api.diag.setLogger(complaints.logger, { logLevel: api.DiagLogLevel.WARN, suppressOverrideMessage: true });
  let spans = 0;
  const source: MetricSource = () => [
    { name: 'headgate_otel_spans_total', labels: {}, value: spans },
    ...complaints.samples(),
  ];
  const tracer = api.trace.getTracer('headgate', deps.version);
  if (config.traces && !tracer.startSpan('probe', { root: true }).isRecording()) {
    complaints.logger.error('no spans will be sent: an OTEL_* variable switches them off, or the SDK did not start');
  }
  const subscriptions = config.traces
    ? [
        deps.events$.subscribe((event) => {
          spans++;
          traceRejection(api, tracer, event);
        }),
        deps.samples$.subscribe((sample) => {
          spans++;
          traceForward(api, tracer, sample);
        }),
      ]
    : [];
  if (config.metrics) observeMetrics(api.metrics.getMeter('headgate', deps.version), [...deps.metrics, source]);
  return {
    source,
    async shutdown(deadlineMs) {
      for (const subscription of subscriptions) subscription.unsubscribe();
      const deadline = Promise.withResolvers<void>();
      const timer = setTimeout(deadline.resolve, deadlineMs);
      const done = sdk.shutdown().catch((error: Error) => complaints.logger.error(error.message));
      await Promise.race([done, deadline.promise]);
      clearTimeout(timer);
      for (const part of [api.trace, api.metrics, api.context, api.propagation, api.diag]) part.disable();
    },
  };
}

function traceRejection(api: Api, tracer: Tracer, event: RejectionEvent): void {
  const { name, attributes } = rejectionSpan(event);
  const at = new Date(event.time);
  const kind = api.SpanKind.SERVER;
  const span = tracer.startSpan(name, { kind, startTime: at, root: true, attributes });
  if (!event.shadow) span.setStatus({ code: api.SpanStatusCode.ERROR, message: event.reason });
  span.end(at);
}

function traceForward(api: Api, tracer: Tracer, sample: ForwardSample): void {
  const { name, attributes } = forwardSpan(sample);
  const at = new Date(sample.time);
  tracer.startSpan(name, { kind: api.SpanKind.CLIENT, startTime: at, root: true, attributes }).end(at);
}

/** The SDK tells its losses only through its diagnostics logger. */
function listenToSdk(onComplaint: ((message: string) => void) | undefined) {
  let errors = 0;
  let dropped = 0;
  const warn = (message: string) => {
    dropped += Number(/^Dropped (\d+) spans/.exec(message)?.[1] ?? 0);
    onComplaint?.(message);
  };
  const error = (message: string) => {
    errors++;
    onComplaint?.(message);
  };
  const silent = () => {};
  const logger: DiagLogger = { error, warn, info: silent, debug: silent, verbose: silent };
  const samples = (): MetricSample[] => [
    { name: 'headgate_otel_errors_total', labels: {}, value: errors },
    { name: 'headgate_otel_spans_dropped_total', labels: {}, value: dropped },
  ];
  return { logger, samples };
}
