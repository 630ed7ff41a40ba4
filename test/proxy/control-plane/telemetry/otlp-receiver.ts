import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

interface OtlpValue {
  readonly stringValue?: string;
  readonly intValue?: number | string;
  readonly doubleValue?: number;
}

interface OtlpAttribute {
  readonly key: string;
  readonly value: OtlpValue;
}

export interface OtlpSpan {
  readonly name: string;
  readonly kind: number;
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly attributes: readonly OtlpAttribute[];
  readonly status: { readonly code: number; readonly message?: string };
  readonly resource: Record<string, string | number>;
}

export interface OtlpMetric {
  readonly name: string;
  readonly unit: string;
  readonly points: readonly { readonly labels: Record<string, string | number>; readonly value: number }[];
}

/** Plain values out of OTLP's attribute list. */
export function plain(attributes: readonly OtlpAttribute[]): Record<string, string | number> {
  return Object.fromEntries(
    attributes.map(({ key, value }) => [key, value.stringValue ?? Number(value.intValue ?? value.doubleValue)]),
  );
}

/** An OTLP/HTTP collector (JSON encoding) that keeps what arrives. */
export async function otlpReceiver() {
  const spans: OtlpSpan[] = [];
  const metrics = new Map<string, OtlpMetric>();
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request.setEncoding('utf8')) body += chunk;
    // biome-ignore lint/suspicious/noExplicitAny: the wire's shape, read leniently on purpose
    const message = JSON.parse(body) as any;
    for (const { resource, scopeSpans } of message.resourceSpans ?? []) {
      for (const scope of scopeSpans) {
        for (const span of scope.spans) spans.push({ ...span, resource: plain(resource.attributes) });
      }
    }
    for (const { scopeMetrics } of message.resourceMetrics ?? []) {
      for (const scope of scopeMetrics) {
        for (const { name, unit, sum, gauge } of scope.metrics) {
          const points = (sum ?? gauge).dataPoints.map(
            (point: { attributes: OtlpAttribute[] } & Record<string, unknown>) => ({
              labels: plain(point.attributes),
              value: Number(point['asDouble'] ?? point['asInt']),
            }),
          );
          metrics.set(name, { name, unit, points });
        }
      }
    }
    response.setHeader('content-type', 'application/json').end('{}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    spans,
    metrics,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
