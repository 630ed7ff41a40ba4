import { setTimeout as delay } from 'node:timers/promises';
import { cpuSeconds } from '../proc.ts';
import { type Case, endpointOf, type Ground, type Subject } from './case.ts';

const LANES = 16;

async function perCpuSecond(ground: Ground, { running }: Subject, count: number): Promise<number> {
  const before = cpuSeconds(running.pid);
  await ground.generator.call('handshakes', { endpoint: endpointOf(ground, running.port), count, lanes: LANES });
  await delay(50); // the proxy's side of the last closes
  return count / (cpuSeconds(running.pid) - before);
}

/**
 * Whole connections: TCP, mutual TLS without resumption, CONNECT, upstream connection, CONNACK,
 * DISCONNECT. The CONNACK proves that the server verified the client: one that resets right after
 * its Finished lets the server skip that.
 */
export const handshakesCase: Case = {
  name: 'handshakes',
  figures: [{ key: 'rate', title: '', unit: 'connections/CPU-s', digits: 0 }],
  quick: true,
  repetitions: (plan) => plan.repetitions,
  async warmUp(ground, subject) {
    await perCpuSecond(ground, subject, Math.min(300, ground.plan.handshakes / 2));
  },
  async measure(ground, subject) {
    return { rate: await perCpuSecond(ground, subject, ground.plan.handshakes) };
  },
};
