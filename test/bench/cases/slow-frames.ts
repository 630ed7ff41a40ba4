import { setTimeout as delay } from 'node:timers/promises';
import { pssBytes } from '../proc.ts';
import { type Case, endpointOf, withConnections } from './case.ts';

const CONNECTIONS = 100;
const FRAME_BYTES = 1024 * 1024;

/**
 * Memory that clients can make a proxy hold by sending slowly: growth of its PSS when 100 open
 * connections each begin a Produce of 1 MiB and go on with one byte per second.
 */
export function slowFramesCase(name: string): Case {
  return {
    name,
    protocol: 'kafka',
    figures: [{ key: 'memory', title: '', unit: 'MiB', digits: 1 }],
    quick: false,
    repetitions: (plan) => plan.idleRepetitions,
    async measure(ground, { system }) {
      const own = await system.start(ground.site);
      try {
        const endpoint = endpointOf(ground, own.port);
        return await withConnections(ground, async () => {
          await ground.generator.call('openTricklers', { endpoint, connections: CONNECTIONS });
          await delay(1000);
          const before = pssBytes(own.pid);
          await ground.generator.call('trickle', { frameBytes: FRAME_BYTES, seconds: ground.plan.slowSeconds });
          return { memory: (pssBytes(own.pid) - before) / 1024 / 1024 };
        });
      } finally {
        await own.stop();
      }
    },
  };
}
