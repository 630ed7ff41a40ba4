import { setTimeout as delay } from 'node:timers/promises';
import { pssBytes } from '../proc.ts';
import { type Case, endpointOf, withConnections } from './case.ts';

const WARM_UP_CONNECTIONS = 100;

/**
 * Memory of a silent mTLS connection and its upstream socket: growth of the proxy's PSS between a
 * warmed-up process of its own and the same with all connections open. Kernel buffers do not count.
 */
export function idleCase(connections: number, quick: boolean): Case {
  return {
    name: `idle-${connections}`,
    figures: [{ key: 'memory', title: '', unit: 'KiB/connection', digits: 1 }],
    quick,
    repetitions: (plan) => plan.idleRepetitions,
    async measure(ground, { system }) {
      const own = await system.start(ground.site);
      try {
        const endpoint = endpointOf(ground, own.port);
        await withConnections(ground, () =>
          ground.generator.call('openIdle', { endpoint, connections: WARM_UP_CONNECTIONS }),
        );
        await delay(1000);
        const before = pssBytes(own.pid);
        return await withConnections(ground, async () => {
          await ground.generator.call('openIdle', { endpoint, connections });
          await delay(1500);
          return { memory: (pssBytes(own.pid) - before) / 1024 / connections };
        });
      } finally {
        await own.stop();
      }
    },
  };
}
