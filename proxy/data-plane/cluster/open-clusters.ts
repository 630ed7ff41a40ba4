import { realTiming } from '../../shared/timing.ts';
import type { ConnectionServices } from '../connection/services.ts';
import { Cluster } from './cluster.ts';
import { ClusterSet } from './cluster-set.ts';

/** The Kafka clusters behind the listeners of a data plane; what happens to them is counted and reported there. */
export function openClusters(
  services: Pick<ConnectionServices, 'now' | 'records' | 'upstreamState' | 'fault'>,
): ClusterSet {
  return new ClusterSet((listener, upstream) => {
    const timing = realTiming(() => services.now());
    return new Cluster(upstream, timing, {
      state: (up, message) => services.upstreamState(listener, up, message),
      failed: (kind) =>
        services.records.counters.count('headgate_kafka_control_failures_total', { listener, kind }).add(1),
      answered: () => services.records.counters.count('headgate_kafka_control_answers_total', { listener }).add(1),
      fault: (error) => services.fault(error),
    });
  });
}
