/** How soon a reload is enforced on live sessions, and what they notice of a large one. */
import { setTimeout as delay } from 'node:timers/promises';
import { monotonicMs } from '../load/monotonic.ts';
import { percentile } from '../stats.ts';
import { largePolicyYaml, policyYaml } from '../systems/drill-policies.ts';
import type { Case } from './case.ts';
import { longestTrips, withFleet } from './with-fleet.ts';

const FLEET = { workers: 2, clients: 50, each: 40 };
const PAUSE_MS = 50;

const FEW = { workers: 2, clients: 4, each: 4 };
const LARGE = 10_000;
/** Milliseconds between two round trips on each of the few sessions. */
const EVERY = 4;

/** Two thousand sessions on two workers; each reload takes the identity of forty of them away. */
export const rejudgeDrillCase: Case = {
  name: 'rejudge-drill',
  figures: [
    { key: 'cutP50', title: 'reload to last cut, p50', unit: 'ms', digits: 0 },
    { key: 'cutP99', title: 'reload to last cut, p99', unit: 'ms', digits: 0 },
    { key: 'enforcedP50', title: 'reload to enforced, p50', unit: 'ms', digits: 0 },
    { key: 'enforcedP99', title: 'reload to enforced, p99', unit: 'ms', digits: 0 },
  ],
  own: true,
  quick: false,
  repetitions: (plan) => plan.idleRepetitions,
  measure: (ground) => {
    const devices = Array.from({ length: FLEET.clients }, (_, i) => i);
    return withFleet(
      ground,
      FLEET,
      async (drill) => {
        const cuts: number[] = [];
        const enforced: number[] = [];
        for (let client = 0; client < ground.plan.drill.denials; client++) {
          await delay(PAUSE_MS);
          const next = policyYaml(devices.slice(client + 1));
          const start = monotonicMs();
          const answered = drill.reload(next).then(() => enforced.push(monotonicMs() - start));
          const [last] = await Promise.all([ground.generator.call('fleetCut', { client }), answered]);
          cuts.push(last - start);
        }
        return {
          cutP50: percentile(cuts, 0.5),
          cutP99: percentile(cuts, 0.99),
          enforcedP50: percentile(enforced, 0.5),
          enforcedP99: percentile(enforced, 0.99),
        };
      },
      policyYaml(devices),
    );
  },
};

/** From ten thousand rules and identities to as many others: how long it takes, and the longest that a session had to wait. */
export const largeReloadCase: Case = {
  name: 'large-reload',
  figures: [
    { key: 'enforced', title: 'reload to enforced', unit: 'ms', digits: 0 },
    { key: 'before', title: 'longest round trip before', unit: 'ms', digits: 1 },
    { key: 'during', title: 'longest round trip meanwhile', unit: 'ms', digits: 1 },
  ],
  own: true,
  quick: false,
  repetitions: (plan) => plan.idleRepetitions,
  measure: (ground) =>
    withFleet(
      ground,
      FEW,
      async (drill) => {
        let enforced = 0;
        const trips = await longestTrips(ground, { sessions: FEW.clients * FEW.each, every: EVERY }, async () => {
          const start = monotonicMs();
          await drill.reload(largePolicyYaml(LARGE, 'b'));
          const end = monotonicMs();
          enforced = end - start;
          return [start, end];
        });
        return { enforced, ...trips };
      },
      largePolicyYaml(LARGE, 'a'),
    ),
};
