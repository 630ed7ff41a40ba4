import { type Case, endpointOf } from './case.ts';

const WARM_UP_TRIPS = 500;

/** Round trips of a 256-byte QoS 1 PUBLISH and its PUBACK on one connection, one at a time. */
export const latencyCase: Case = {
  name: 'latency',
  figures: [
    { key: 'p50', title: 'p50', unit: 'us', digits: 0 },
    { key: 'p99', title: 'p99', unit: 'us', digits: 0 },
  ],
  quick: true,
  direct: true,
  repetitions: (plan) => plan.repetitions,
  measure: (ground, { running }) =>
    ground.generator.call('pingPong', {
      endpoint: endpointOf(ground, running.port),
      trips: ground.plan.trips,
      warmUp: WARM_UP_TRIPS,
    }),
  measureDirect: (ground) =>
    ground.generator.call('pingPong', {
      endpoint: { port: ground.site.sinkPort },
      trips: ground.plan.trips,
      warmUp: WARM_UP_TRIPS,
    }),
};
