/** Kafka through the proxies, in MB of requests (Produce) or of answers (Fetch) per CPU-second. */
import { type Case, endpointOf } from './case.ts';
import { DEADLINE_MS, MAX_BYTES, MIB, sendUntilSwallowed, type Traffic, throughput } from './throughput.ts';

const CONNECTIONS = 8;
const WARM_UP_MESSAGES = 15_000;
const WARM_UP_BYTES = 24 * MIB;
/** On each connection, however short the burst. */
const LEAST_ANSWERS = 4;

function kafkaCase(name: string, quick: boolean, traffic: Traffic, messageBytes: number): Case {
  return {
    ...throughput(name, quick, traffic, Math.min(WARM_UP_MESSAGES * messageBytes, WARM_UP_BYTES), ({ plan }) =>
      Math.min(plan.maxRecords * messageBytes, MAX_BYTES),
    ),
    protocol: 'kafka',
    repetitions: (plan) => (plan.quick ? Math.min(2, plan.repetitions) : plan.repetitions),
  };
}

/** Produce requests with one batch each, one behind the other; the sink answers each. */
export function produceCase(name: string, batchBytes: number, quick: boolean): Case {
  const producing: Traffic = {
    async prepare(ground, { running }, bytes) {
      const endpoint = endpointOf(ground, running.port);
      await ground.generator.call('openProducers', { endpoint, connections: CONNECTIONS });
      const exact = await ground.generator.call('prepareProduce', { batchBytes, bytes });
      await ground.sink.call('mark', null);
      return exact;
    },
    move: sendUntilSwallowed,
  };
  return kafkaCase(name, quick, producing, batchBytes);
}

/** Fetch requests, a few in flight on each connection; each is answered with one batch. */
export function fetchCase(name: string, batchBytes: number, quick: boolean): Case {
  let perConnection = 0;
  const fetching: Traffic = {
    async prepare(ground, { running }, bytes) {
      const endpoint = endpointOf(ground, running.port);
      const answer = await ground.generator.call('openFetchers', { endpoint, connections: CONNECTIONS, batchBytes });
      perConnection = Math.max(LEAST_ANSWERS, Math.ceil(bytes / CONNECTIONS / answer));
      return perConnection * answer * CONNECTIONS;
    },
    async move(ground) {
      await ground.generator.call('fetch', { perConnection }, DEADLINE_MS);
    },
  };
  return kafkaCase(name, quick, fetching, batchBytes);
}
