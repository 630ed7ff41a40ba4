/** A gate of its own with a fleet of sessions on it, for cases that end some of them. */
import { setTimeout as delay } from 'node:timers/promises';
import type { FleetRequest, RoundTrip } from '../load/fleet-api.ts';
import { monotonicMs } from '../load/monotonic.ts';
import { Drill, type DrillClients, drillClients } from '../systems/headgate-drill.ts';
import { type Ground, type Sample, withConnections } from './case.ts';

export interface FleetSize {
  readonly workers: number;
  readonly clients: number;
  /** Sessions of each client. */
  readonly each: number;
}

/** Runs `work` with a gate of its own and a fleet of sessions on it. `policy`: instead of one identity for all. */
export async function withFleet(
  ground: Ground,
  { workers, clients, each }: FleetSize,
  work: (drill: Drill, made: DrillClients) => Promise<Sample>,
  policy?: string,
): Promise<Sample> {
  const made = await drillClients(clients);
  const drill = await Drill.start(ground.site, made, workers, policy);
  try {
    return await withConnections(ground, async () => {
      const { ca } = ground.site.material;
      const request: FleetRequest = { port: drill.running.port, ca, clients: made.clients, each };
      await ground.generator.call('openFleet', request);
      return work(drill, made);
    });
  } finally {
    await drill.running.stop();
  }
}

const WATCH_MS = 2000;
const PAUSE_MS = 50;

/**
 * The longest round trip in ms in two quiet seconds and while something happens.
 * @param act resolves to when it began and ended, by `monotonicMs`
 */
export async function longestTrips(
  { generator }: Ground,
  pinging: { readonly sessions: number; readonly every: number },
  act: () => Promise<readonly [start: number, end: number]>,
): Promise<{ readonly before: number; readonly during: number }> {
  await generator.call('startPinging', pinging);
  const quiet = monotonicMs();
  await delay(WATCH_MS);
  const window = await act();
  await delay(PAUSE_MS);
  const trips = await generator.call('stopPinging', null);
  return {
    before: Math.max(...within(trips, [quiet, quiet + WATCH_MS])),
    during: Math.max(...within(trips, window)),
  };
}

/** Milliseconds of the round trips that began in a window. */
export function within(trips: readonly RoundTrip[], [from, to]: readonly [number, number]): number[] {
  return trips.filter(({ sent }) => sent >= from && sent <= to).map(({ ms }) => ms);
}
