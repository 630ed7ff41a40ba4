import type { Connection } from '../connection.ts';
import type { DataPlane } from '../data-plane.ts';
import type { Generation } from '../generation.ts';
import type { Forecast, WouldEnd } from '../messages.ts';
import { mergeEnds } from '../would-end.ts';

/** Sessions looked at in one turn of the event loop, at most, and milliseconds after which no other one is begun. */
const SLICE = 64;
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
  const queue = [...plane.sessions.all()];
  const sessions = queue.length;
  let looked = 0;
  const ends: WouldEnd[] = [];
  const slice = (): void => {
    const end = performance.now() + SLICE_MS;
    for (const connection of queue.slice(looked, looked + SLICE)) {
      looked++;
      const objection = objectionOf(connection, generation);
      if (objection !== null) {
        const { listener, identity, principal } = connection;
        const { reason, words } = objection;
        ends.push({ listener, identity, reason, count: 1, examples: [{ principal, words }] });
      }
      if (performance.now() > end) break;
    }
    if (looked < sessions) setImmediate(slice);
    else done({ sessions, ends: mergeEnds(ends) });
  };
  slice();
}

/** Judging it for good would cost it a fault as well. */
function objectionOf(connection: Connection, generation: Generation): ReturnType<Connection['objectionIn']> {
  try {
    return connection.objectionIn(generation);
  } catch {
    return { reason: 'policy-changed', words: 'a fault came up while it was judged' };
  }
}
