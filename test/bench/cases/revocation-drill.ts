/** How soon sessions end when their certificate is denied or listed, and what everybody else notices. */
import { setTimeout as delay } from 'node:timers/promises';
import { monotonicMs } from '../load/monotonic.ts';
import { percentile } from '../stats.ts';
import type { Case } from './case.ts';
import { longestTrips, withFleet, within } from './with-fleet.ts';

const FLEET = { workers: 2, clients: 50, each: 40 };
/** Sessions whose round trips are watched, and milliseconds between two on each. */
const PINGERS = 40;
const EVERY = 20;
const WATCH_MS = 2000;
const PAUSE_MS = 50;

const LIST_ENTRIES = 100_000;
const FEW = 4;
const FEW_SESSIONS = { workers: 1, clients: FEW, each: FEW };

/** Two thousand sessions of fifty certificates on two workers; the certificates are denied one by one, a few are listed. */
export const revocationDrillCase: Case = {
  name: 'revocation-drill',
  figures: [
    { key: 'denyP50', title: 'deny to last cut, p50', unit: 'ms', digits: 0 },
    { key: 'denyP99', title: 'deny to last cut, p99', unit: 'ms', digits: 0 },
    { key: 'list', title: 'new list to last cut', unit: 'ms', digits: 0 },
    { key: 'before', title: "bystanders' p99 before", unit: 'us', digits: 0 },
    { key: 'during', title: "bystanders' p99 meanwhile", unit: 'us', digits: 0 },
    { key: 'ratio', title: "bystanders' p99 meanwhile / before", unit: 'x', digits: 2 },
  ],
  own: true,
  quick: false,
  repetitions: (plan) => plan.idleRepetitions,
  measure: (ground) =>
    withFleet(ground, FLEET, async (drill, { clients }) => {
      const { generator, plan } = ground;
      await delay(1000);
      await generator.call('startPinging', { sessions: PINGERS, every: EVERY });
      const quiet = monotonicMs();
      await delay(WATCH_MS);
      const windows: [number, number][] = [];
      const cut = async (client: number, act: () => Promise<void> | void): Promise<number> => {
        await delay(PAUSE_MS);
        const start = monotonicMs();
        const [last] = await Promise.all([generator.call('fleetCut', { client }), act()]);
        windows.push([start, last]);
        return last - start;
      };
      const denied: number[] = [];
      const listed: number[] = [];
      const { denials, lists } = plan.drill;
      for (let i = 0; i < denials; i++) {
        const client = clients[i];
        if (client !== undefined) denied.push(await cut(i, () => drill.deny(client)));
      }
      for (let i = denials; i < denials + lists; i++) {
        const next = drill.nextList(clients.slice(denials, i + 1));
        listed.push(await cut(i, next.drop));
      }
      const trips = await generator.call('stopPinging', null);
      const before = percentile(within(trips, [quiet, quiet + WATCH_MS]), 0.99) * 1000;
      const during =
        percentile(
          windows.flatMap((window) => within(trips, window)),
          0.99,
        ) * 1000;
      return {
        denyP50: percentile(denied, 0.5),
        denyP99: percentile(denied, 0.99),
        list: Math.max(...listed),
        before,
        during,
        ratio: during / before,
      };
    }),
};

/** A list of a hundred thousand entries comes into force: the longest that a session had to wait meanwhile. */
export const largeListCase: Case = {
  name: 'revocation-large-list',
  figures: [
    { key: 'list', title: 'new list to last cut', unit: 'ms', digits: 0 },
    { key: 'before', title: 'longest round trip before', unit: 'ms', digits: 1 },
    { key: 'during', title: 'longest round trip meanwhile', unit: 'ms', digits: 1 },
  ],
  own: true,
  quick: false,
  repetitions: (plan) => plan.idleRepetitions,
  measure: (ground) =>
    withFleet(ground, FEW_SESSIONS, async (drill, { clients }) => {
      const next = drill.nextList(clients.slice(0, 1), LIST_ENTRIES);
      let list = 0;
      const trips = await longestTrips(ground, { sessions: FEW, every: FEW }, async () => {
        const start = monotonicMs();
        next.drop();
        const last = await ground.generator.call('fleetCut', { client: 0 });
        list = last - start;
        return [start, last];
      });
      return { list, ...trips };
    }),
};
