import type { FromPlane } from '../../messages.ts';
import type { CounterReader } from '../../shared/tables/index.ts';
import type { EventHub } from '../events/hub.ts';
import type { PqReport } from '../events/pq-report.ts';
import type { OcspSource } from '../revocation/ocsp-source.ts';
import type { Revocations } from '../revocation/revocations.ts';
import type { Stapling } from '../stapling/stapling.ts';
import type { Tallies } from '../telemetry/gauges.ts';
import type { Logger } from '../telemetry/log.ts';
import type { DataPlanes } from './data-planes.ts';
import type { Draining } from './draining.ts';
import type { UpstreamStates } from './upstream-states.ts';

export interface PlaneReportDeps {
  readonly planes: Pick<DataPlanes, 'send'>;
  readonly hub: EventHub;
  readonly counters: CounterReader;
  readonly tallies: Tallies;
  readonly upstreams: UpstreamStates;
  readonly draining: Draining;
  readonly logger: Logger;
  readonly ocsp: OcspSource;
  readonly pq: PqReport;
  readonly revocations: Pick<Revocations, 'learn'>;
  readonly stapling: Pick<Stapling, 'sendTo'>;
}

/** Carries out what data plane `index` tells the control plane. */
export function receiveReport(deps: PlaneReportDeps, index: number, message: FromPlane): void {
  const { planes, hub, counters, tallies, upstreams, draining, logger, ocsp, revocations, pq, stapling } = deps;
  switch (message.type) {
    case 'events':
      hub.receive(index, message.batch);
      pq.receive(message.batch.agreements, message.batch.lostAgreements);
      planes.send(index, { type: 'events-taken' });
      return;
    case 'series':
      counters.define(message.series);
      return;
    case 'upstream':
      upstreams.note(index, message.listener, message.up);
      if (message.up) logger.info({ listener: message.listener, worker: index }, 'the broker answers');
      else logger.error({ listener: message.listener, worker: index, reason: message.words }, 'the broker is down');
      return;
    case 'taken-over':
      planes.send(message.worker, {
        type: 'kill',
        selector: { session: message.session },
        reason: 'taken-over',
        suppressWill: false,
        words: 'the same client connected again',
      });
      return;
    case 'ocsp-ask':
      void ocsp.ask(message.ask).then((answer) => planes.send(index, { type: 'ocsp-answer', id: message.id, answer }));
      return;
    case 'lists-ask':
      void revocations.learn(message.ask).then(() => planes.send(index, { type: 'lists-settled', id: message.id }));
      return;
    case 'fault':
      tallies.add('headgate_worker_errors_total', { worker: String(index) });
      logger.error({ worker: index, fault: message.words }, 'a fault cost one connection');
      return;
    case 'rejudged':
      logger.info({ worker: index, ...message }, 'live sessions were judged again');
      return;
    case 'committed':
      // Its first generation: it knows of no answers yet.
      if (message.final) stapling.sendTo(index);
      return;
    case 'drained':
      draining.planeDone(index);
      return;
    default:
  }
}
