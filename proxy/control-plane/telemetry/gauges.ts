import { COUNTER } from '../../../adapters/seam.ts';
import {
  type CounterReader,
  GAUGE,
  type LimitTable,
  openWorkers,
  type SharedState,
} from '../../shared/tables/index.ts';
import type { Readiness } from '../api/readiness.ts';
import type { DataPlanes } from '../data-planes/data-planes.ts';
import type { GenerationControl } from '../generations/generation-control.ts';
import type { MetricName } from './catalogue.ts';
import { certificateExpiries } from './certificate-expiries.ts';
import type { Log } from './log.ts';
import type { MetricSample, MetricSource } from './metrics.ts';
import { counterMetric } from './sources.ts';

/** Facts of the process that only main knows, as they are at the moment of the question. */
export interface GaugeDeps {
  readonly control: GenerationControl;
  readonly planes: DataPlanes;
  readonly shared: SharedState;
  readonly readerTier: string;
  readonly acceptTier: string;
  readonly expectedWorkers: number;
  readonly limits: LimitTable;
  readonly log: Log;
  upstreams(): Readiness['upstreams'];
  /** Own tallies of the control plane. */
  readonly tallies: Tallies;
}

/** Counters of the control plane itself. */
export class Tallies {
  readonly #counts = new Map<string, { name: MetricName; labels: Record<string, string>; value: number }>();

  add(name: MetricName, labels: Record<string, string>, n = 1): void {
    const key = `${name} ${JSON.stringify(labels)}`;
    const known = this.#counts.get(key);
    if (known === undefined) this.#counts.set(key, { name, labels, value: n });
    else known.value += n;
  }

  /** For facts that are no counts. */
  set(name: MetricName, value: number): void {
    this.#counts.set(name, { name, labels: {}, value });
  }

  samples(): MetricSample[] {
    return [...this.#counts.values()];
  }
}

/** The data planes' counters, from shared memory. */
export function sharedCounters(counters: CounterReader): MetricSource {
  return () =>
    counters.snapshot().map(({ name, labels, value }) => {
      if (!(name in COUNTER)) return { name: name as MetricName, labels, value };
      const [metric, scale] = counterMetric(name as keyof typeof COUNTER);
      return { name: metric, labels, value: value * scale };
    });
}

/** Metrics of facts that only the control plane knows. */
export function gauges(deps: GaugeDeps): MetricSource {
  const workers = openWorkers(deps.shared);
  const expirySamples = expiries(deps.control);
  return () => {
    const info = deps.control.info();
    const last = deps.control.lastResult;
    const one = (name: MetricName, value: number, labels: Record<string, string> = {}): MetricSample => ({
      name,
      labels,
      value,
    });
    const perWorker = Array.from({ length: workers.count }, (_, i) => [
      one('headgate_connections', workers.get(i, GAUGE.live), { worker: String(i) }),
      one('headgate_sessions', workers.get(i, GAUGE.sessions), { worker: String(i) }),
    ]);
    return [
      ...perWorker.flat(),
      one('headgate_accept_queue', workers.total(GAUGE.queued)),
      one('headgate_limit_slots', deps.shared.slots),
      one('headgate_limit_slots_used', deps.limits.used()),
      one('headgate_log_dropped_total', deps.log.dropped()),
      one('headgate_handshakes_in_flight', workers.total(GAUGE.handshakes)),
      one('headgate_generation', info.id),
      one('headgate_generation_enforcement_seconds', info.enforcedMs / 1000),
      one('headgate_generation_activation_seconds', info.activatedMs / 1000),
      one('headgate_generation_rolled_back', info.source === 'rollback' ? 1 : 0),
      one('headgate_generation_failed', last !== null && !last.ok ? 1 : 0),
      one('headgate_generation_loaded_timestamp_seconds', Date.parse(info.loadedAt) / 1000),
      ...(last === null ? [] : [one('headgate_reload_last_attempt_timestamp_seconds', Date.parse(last.time) / 1000)]),
      ...deps
        .upstreams()
        .map(({ listener, address, up }) => one('headgate_upstream_up', up ? 1 : 0, { listener, address })),
      one('headgate_workers', deps.expectedWorkers),
      one('headgate_workers_alive', deps.planes.alive),
      one('headgate_reader_tier', 1, { tier: deps.readerTier }),
      one('headgate_accept_tier', 1, { tier: deps.acceptTier }),
      ...expirySamples(),
      ...deps.tallies.samples(),
    ];
  };
}

/** notAfter of what is in force; read anew only when the generation changed. */
function expiries(control: GenerationControl): () => readonly MetricSample[] {
  let cached: { readonly generation: number; readonly samples: readonly MetricSample[] } | null = null;
  return () => {
    const generation = control.info().id;
    if (cached?.generation !== generation) cached = { generation, samples: certificateExpiries(control.listeners) };
    return cached.samples;
  };
}
