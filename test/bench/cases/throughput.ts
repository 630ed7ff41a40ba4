/** MB of plaintext per CPU-second of the proxy, in both directions. */
import type { Layout } from '../load/generator-api.ts';
import { cpuSeconds } from '../proc.ts';
import { type Case, endpointOf, type Figure, type Ground, type Subject, withConnections } from './case.ts';

const RATE: Figure = { key: 'rate', title: '', unit: 'MB/CPU-s', digits: 0 };
const DELIVERY_TOPIC = 'plant/press-42/command';

export const MIB = 1024 * 1024;
export const MAX_BYTES = 512 * MIB;
export const DEADLINE_MS = 45_000;

export interface Traffic {
  /** Opens the connections and makes ready `bytes`; answers how many it became. */
  prepare(ground: Ground, subject: Subject, bytes: number): Promise<number>;
  /** Moves exactly so many bytes and answers when the last one has arrived. */
  move(ground: Ground, bytes: number): Promise<void>;
}

/** `move` of what the generator has ready and the sink counts. */
export async function sendUntilSwallowed(ground: Ground, bytes: number): Promise<void> {
  await Promise.race([
    ground.sink.call('swallowed', { bytes }, DEADLINE_MS),
    ground.generator.call('send', null, DEADLINE_MS),
  ]);
}

/** MB per CPU-second for one burst of about `bytes`. */
async function burst(traffic: Traffic, ground: Ground, subject: Subject, bytes: number): Promise<number> {
  return withConnections(ground, async () => {
    const exact = await traffic.prepare(ground, subject, bytes);
    const before = cpuSeconds(subject.running.pid);
    await traffic.move(ground, exact);
    return exact / 1e6 / (cpuSeconds(subject.running.pid) - before);
  });
}

/** A burst is as large as the system can move in the plan's window, judged by a smaller one before. */
export function throughput(
  name: string,
  quick: boolean,
  traffic: Traffic,
  warmUpBytes: number,
  maxBytes: (ground: Ground) => number,
): Case {
  const sizes = new Map<string, number>();
  return {
    name,
    figures: [RATE],
    quick,
    raw: true,
    // Hundreds of handshakes before each burst: fewer of these.
    repetitions: (plan) => (quick ? plan.repetitions : Math.min(3, plan.repetitions)),
    async warmUp(ground, subject) {
      await burst(traffic, ground, subject, warmUpBytes);
      const rate = await burst(traffic, ground, subject, warmUpBytes);
      sizes.set(subject.system.name, Math.min(rate * 1e6 * ground.plan.window, maxBytes(ground)));
    },
    async measure(ground, subject) {
      return { rate: await burst(traffic, ground, subject, sizes.get(subject.system.name) ?? warmUpBytes) };
    },
  };
}

function publishing(layout: Layout, connections: number): Traffic {
  return {
    async prepare(ground, { running }, bytes) {
      await ground.generator.call('openPublishers', { endpoint: endpointOf(ground, running.port), connections });
      const exact = await ground.generator.call('prepare', { layout, bytes });
      await ground.sink.call('mark', null);
      return exact;
    },
    move: sendUntilSwallowed,
  };
}

export function publishCase(name: string, layout: Layout, connections: number, quick: boolean): Case {
  const record = layout.packet * layout.perRecord;
  return throughput(name, quick, publishing(layout, connections), Math.min(30_000 * record, 48 * MIB), ({ plan }) =>
    Math.min(plan.maxRecords * record, MAX_BYTES),
  );
}

export function deliveryCase(name: string, connections: number): Case {
  const CHUNK = 65_536;
  const delivering: Traffic = {
    async prepare(ground, { running }, bytes) {
      const endpoint = endpointOf(ground, running.port);
      await ground.generator.call('openSubscribers', { endpoint, connections, topic: DELIVERY_TOPIC });
      return Math.max(1, Math.round(bytes / connections / CHUNK)) * CHUNK * connections;
    },
    async move(ground, bytes) {
      await Promise.all([
        ground.generator.call('received', { bytes }, DEADLINE_MS),
        ground.sink.call('deliver', { bytesPerConnection: bytes / connections, topic: DELIVERY_TOPIC }, DEADLINE_MS),
      ]);
    },
  };
  return throughput(name, true, delivering, 48 * MIB, () => 2 * MAX_BYTES);
}
