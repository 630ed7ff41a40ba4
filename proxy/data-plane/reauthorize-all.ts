import { visitInSlices } from '../shared/slices.ts';
import type { LiveConnections } from './live-connections.ts';

/** Milliseconds of a turn of the event loop after which no other session is begun. */
const SLICE_MS = 1;

/** What a round did. */
export interface Round {
  readonly judged: number;
  readonly ended: number;
  /** Milliseconds. */
  readonly ms: number;
}

/**
 * Authorizes all live sessions by the generation now in force, a slice per turn of the event loop.
 * `done` is not called when a newer generation came meanwhile (`isInForce` false): that one has its own round.
 */
export function reauthorizeAll(
  connections: Pick<LiveConnections, 'sessions' | 'running'>,
  isInForce: () => boolean,
  done: (round: Round) => void,
): void {
  const start = performance.now();
  const sessions = [...connections.sessions.all()];
  let ended = 0;
  visitInSlices(
    sessions,
    SLICE_MS,
    (session) => {
      connections.running(session);
      try {
        if (!session.reauthorize()) ended++;
      } catch (error) {
        session.fault(error);
      }
    },
    () => done({ judged: sessions.length, ended, ms: performance.now() - start }),
    isInForce,
  );
}
