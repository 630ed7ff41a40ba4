import type { AcceptTier } from '../shared/accept-tier.ts';
import type { ReaderTier } from '../shared/plane-start.ts';
import { CounterReader, type SharedState } from '../shared/tables/index.ts';
import type { GateConfig } from './config/model.ts';
import type { DataPlanes } from './data-planes/data-planes.ts';
import { Draining } from './data-planes/draining.ts';
import { UpstreamStates } from './data-planes/upstream-states.ts';
import { EventHub } from './events/hub.ts';
import { PqReport } from './events/pq-report.ts';
import { GenerationControl } from './generations/generation-control.ts';
import { openRevocation, type Revocation } from './revocation/open-revocation.ts';
import { Stapling } from './stapling/stapling.ts';
import type { Tallies } from './telemetry/gauges.ts';
import type { Log } from './telemetry/log.ts';

/** The data planes, not started yet, and what they were made with. */
export interface DataPlaneSide {
  readonly planes: DataPlanes;
  readonly tier: AcceptTier;
  /** Worker threads; 0: the data plane runs in the main thread. */
  readonly workers: number;
  readonly shared: SharedState;
  readonly reader: ReaderTier;
}

/** What the control plane works with. */
export interface ControlPlane extends DataPlaneSide {
  /** With which the process was started. */
  readonly config: GateConfig;
  readonly log: Log;
  readonly tallies: Tallies;
  readonly counters: CounterReader;
  readonly hub: EventHub;
  readonly pq: PqReport;
  readonly control: GenerationControl;
  readonly upstreams: UpstreamStates;
  readonly draining: Draining;
  readonly revocation: Revocation;
  readonly stapling: Stapling;
}

/** Makes the parts, each after those that it uses. Nothing runs yet; `stack` closes them. @throws StateError */
export function openControlPlane(
  side: DataPlaneSide,
  config: GateConfig,
  log: Log,
  tallies: Tallies,
  stack: AsyncDisposableStack,
): ControlPlane {
  const { logger } = log;
  const { planes, tier, shared } = side;
  const counters = new CounterReader(shared);
  const hub = new EventHub({ onSubscriberError: (error) => logger.error({ err: String(error) }, 'a sink failed') });
  const control = new GenerationControl(planes.generations, tier);
  const pq = new PqReport(() => {
    const reporting = control.listeners.filter(({ tls }) => tls.pq === 'report');
    return new Set(reporting.map(({ name }) => name));
  });
  const upstreams = new UpstreamStates();
  const draining = new Draining(planes.expected);
  const stapling = new Stapling({ planes, logger });
  stack.defer(() => stapling.close());
  const revocation = openRevocation(config, control, logger);
  stack.defer(() => revocation.revocations.close());
  return {
    ...side,
    ...{ config, log, tallies, counters, hub, pq, control, upstreams, draining, revocation, stapling },
  };
}
