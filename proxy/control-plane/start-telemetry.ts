import { openLimits } from '../shared/tables/index.ts';
import { VERSION } from '../shared/version.ts';
import type { ControlPlane } from './control-plane.ts';
import { Sinks } from './events/sinks.ts';
import { gauges, sharedCounters } from './telemetry/gauges.ts';
import type { MetricSource } from './telemetry/metrics.ts';
import { hubSource, processSource } from './telemetry/sources.ts';

/** Where events and metrics go to, and what is exported. */
export interface Telemetry {
  readonly sinks: Sinks;
  readonly metrics: readonly MetricSource[];
}

/** Starts the sinks of the configuration; `stack` closes them. Rejects when one cannot be opened. */
export async function startTelemetry(plane: ControlPlane, stack: AsyncDisposableStack): Promise<Telemetry> {
  const { config, log, tallies, counters, hub, pq, control, planes, tier, shared, reader } = plane;
  const sinks = new Sinks(hub, log.logger);
  const metrics: readonly MetricSource[] = [
    sharedCounters(counters),
    gauges({
      ...{ control, planes, shared, log, tallies },
      limits: openLimits(shared, 0),
      upstreams: () => plane.upstreams.of(control.listeners),
      readerTier: reader,
      acceptTier: tier.name,
      expectedWorkers: planes.expected,
    }),
    plane.revocation.revocations.metrics,
    plane.stapling.metrics,
    hubSource(hub),
    () => [{ name: 'headgate_key_agreements_unattributed_total', labels: {}, value: pq.unattributed }],
    processSource(VERSION),
    sinks.source,
  ];
  await sinks.start(config, metrics, stack);
  return { sinks, metrics };
}
