import type { Forecast, WouldEnd } from '../messages.ts';
import { mergeEnds } from '../shared/session-forecast.ts';
import { visitInSlices } from '../shared/slices.ts';
import type { EndReason, LiveConnection } from './connection/live-connection.ts';
import type { Generation } from './generation.ts';
import type { SessionRegistry } from './session-registry.ts';

/** Milliseconds of a turn of the event loop after which no other session is looked at. */
const SLICE_MS = 5;

/**
 * Which live sessions would end in a generation that is not in force, a slice per turn of the event
 * loop. Nothing is done to any.
 */
export function forecast(
  sessions: Pick<SessionRegistry<LiveConnection>, 'all'>,
  generation: Generation,
  done: (forecast: Forecast) => void,
): void {
  const live = [...sessions.all()];
  const ends: WouldEnd[] = [];
  visitInSlices(
    live,
    SLICE_MS,
    (connection) => {
      const end = endIn(connection, generation);
      if (end === null) return;
      const { listener, identity, principal } = connection;
      const { reason, message } = end;
      ends.push({ listener, identity, reason, count: 1, examples: [{ principal, words: message }] });
    },
    () => done({ sessions: live.length, ends: mergeEnds(ends) }),
  );
}

/** Authorizing it in earnest would fail it as well. */
function endIn(connection: LiveConnection, generation: Generation): EndReason | null {
  try {
    return connection.wouldEnd(generation);
  } catch {
    return { reason: 'policy-changed', message: 'a fault occurred while it was authorized' };
  }
}
