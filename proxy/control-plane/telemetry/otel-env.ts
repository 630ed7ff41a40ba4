import type { TelemetryConfig } from '../config/model.ts';

type Environment = Record<string, string | undefined>;

/**
 * What the configuration lays over the OTEL_* variables, which is how the SDK takes its exporters'
 * settings; undefined removes a variable. The configured endpoint holds for every signal and
 * speaks OTLP over HTTP (protobuf, or JSON when the environment says so).
 */
export function otelOverrides(config: TelemetryConfig, environment: Environment): Environment {
  if (config.endpoint === undefined) return {};
  const { OTEL_EXPORTER_OTLP_PROTOCOL: protocol } = environment;
  const json = protocol?.trim() === 'http/json';
  return {
    OTEL_EXPORTER_OTLP_ENDPOINT: config.endpoint,
    OTEL_EXPORTER_OTLP_PROTOCOL: json ? 'http/json' : 'http/protobuf',
    OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: undefined,
    OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: undefined,
    OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: undefined,
    OTEL_EXPORTER_OTLP_METRICS_PROTOCOL: undefined,
    OTEL_TRACES_EXPORTER: 'otlp',
    OTEL_METRICS_EXPORTER: 'otlp',
  };
}

/** Runs `action` with variables of `process.env` laid over, and puts them back. Synchronous. */
export function withEnvironment<T>(overrides: Environment, action: () => T): T {
  const before = Object.keys(overrides).map((name) => [name, process.env[name]] as const);
  try {
    for (const [name, value] of Object.entries(overrides)) setVariable(name, value);
    return action();
  } finally {
    for (const [name, value] of before) setVariable(name, value);
  }
}

function setVariable(name: string, value: string | undefined): void {
  if (value === undefined) delete process.env[name];
  else process.env[name] = value;
}

/** `service.*` unless the environment names the service itself. */
export function resourceAttributes(version: string, instance: string, environment: Environment) {
  const { OTEL_RESOURCE_ATTRIBUTES: attributes, OTEL_SERVICE_NAME: service } = environment;
  const named = /(^|,)\s*service\.name=/.test(attributes ?? '');
  const name = service ?? (named ? undefined : 'headgate');
  return {
    ...(name !== undefined && { 'service.name': name }),
    'service.version': version,
    'service.instance.id': instance,
  };
}
