import { realTiming } from '../../shared/timing.ts';
import type { DataPlane } from '../data-plane.ts';
import { Cluster } from './cluster.ts';
import { ClusterSet } from './cluster-set.ts';

/** The Kafka clusters behind the listeners of a data plane; what happens to them is counted and told there. */
export function openClusters(plane: DataPlane): ClusterSet {
  return new ClusterSet((listener, upstream) => {
    const timing = realTiming(() => plane.clock.now());
    return new Cluster(upstream, timing, {
      state: (up, words) => plane.upstreamState(listener, up, words),
      failed: (kind) => plane.counters.count('headgate_kafka_control_failures_total', { listener, kind }).add(1),
      answered: () => plane.counters.count('headgate_kafka_control_answers_total', { listener }).add(1),
      fault: (error) => plane.fault(error),
    });
  });
}
