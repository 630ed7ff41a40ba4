import type { FromPlane } from '../../messages.ts';
import type { ControlPlane } from '../control-plane.ts';
import type { PlaneEvents } from './data-planes.ts';

type Deps = Pick<
  ControlPlane,
  'planes' | 'hub' | 'counters' | 'tallies' | 'upstreams' | 'draining' | 'log' | 'revocation' | 'pq' | 'stapling'
>;

/** What the control plane does about the messages and the ends of data planes. */
export function planeEvents(deps: Deps): PlaneEvents {
  const { counters, tallies, draining, log } = deps;
  return {
    onMessage: (index, message) => receiveReport(deps, index, message),
    onLost(index, reason) {
      counters.retire(index);
      tallies.add('headgate_worker_replacements_total', { reason });
      log.logger.error({ worker: index, reason }, 'a worker ended and is replaced; its connections are lost');
      draining.planeLost(index);
    },
  };
}

/** Carries out what data plane `index` reports. */
function receiveReport(deps: Deps, index: number, message: FromPlane): void {
  const { planes, hub, counters, tallies, upstreams, draining, revocation, pq, stapling } = deps;
  const { logger } = deps.log;
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
      else logger.error({ listener: message.listener, worker: index, reason: message.message }, 'the broker is down');
      return;
    case 'taken-over':
      planes.send(message.worker, {
        type: 'kill',
        selector: { session: message.session },
        reason: 'taken-over',
        suppressWill: false,
        message: 'the same client connected again',
      });
      return;
    case 'revocation-query': {
      const { id, query } = message;
      void revocation
        .respond(query)
        .then((response) => planes.send(index, { type: 'revocation-response', id, response }));
      return;
    }
    case 'fault':
      tallies.add('headgate_worker_errors_total', { worker: String(index) });
      logger.error({ worker: index, fault: message.message }, 'a fault cost one connection');
      return;
    case 'reauthorized':
      logger.info({ worker: index, ...message }, 'live sessions were judged again');
      return;
    case 'committed':
      // Its first generation: it has no OCSP responses yet.
      if (message.final) stapling.sendTo(index);
      return;
    case 'drained':
      draining.planeDone(index);
      return;
    default:
  }
}
