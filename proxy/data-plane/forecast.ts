import type { Forecast, WouldEnd } from '../messages.ts';
import { mergeEnds } from '../shared/session-forecast.ts';
import { visitInSlices } from '../shared/slices.ts';
import type { Connection } from './connection/connection.ts';
import type { DataPlane } from './data-plane.ts';
import type { Generation } from './generation.ts';

/** Milliseconds of a turn of the event loop after which no other session is looked at. */
const SLICE_MS = 5;

/**
 * Which live sessions would end in a generation that is not in force, a slice per turn of the event
 * loop. Nothing is done to any.
 */
export function forecast(
  plane: Pick<DataPlane, 'sessions'>,
  generation: Generation,
  done: (forecast: Forecast) => void,
): void {
  const sessions = [...plane.sessions.all()];
  const ends: WouldEnd[] = [];
  visitInSlices(
    sessions,
    SLICE_MS,
    (connection) => {
      const objection = objectionOf(connection, generation);
      if (objection === null) return;
      const { listener, identity, principal } = connection;
      const { reason, words } = objection;
      ends.push({ listener, identity, reason, count: 1, examples: [{ principal, words }] });
    },
    () => done({ sessions: sessions.length, ends: mergeEnds(ends) }),
  );
}

/** Judging it for good would cost it a fault as well. */
function objectionOf(connection: Connection, generation: Generation): ReturnType<Connection['objectionIn']> {
  try {
    return connection.objectionIn(generation);
  } catch {
    return { reason: 'policy-changed', words: 'a fault came up while it was judged' };
  }
}
