import type { Asked, ClusterTopology } from '../../../adapters/kafka/topology.ts';
import type { Timing } from '../../shared/timing.ts';
import { IdBatches } from './topic-id-batches.ts';
import { Waiters } from './waiters.ts';

/** What is to be asked of the cluster, and who waits for it. */
export class PendingMetadata {
  readonly brokers: Waiters;
  readonly topics: Waiters;
  readonly ids: IdBatches;
  #topicsLast = false;

  constructor(topology: ClusterTopology, timing: Timing) {
    this.brokers = new Waiters(timing);
    this.topics = new Waiters(timing);
    this.ids = new IdBatches(topology, timing);
  }

  /** The next question; null: there is none. Ids and the list of topics take turns: neither keeps the other waiting. */
  next(): Asked | null {
    if (this.topics.waiting && !this.#topicsLast) return 'all-topics';
    return this.ids.take() ?? (this.topics.waiting ? 'all-topics' : this.brokers.waiting ? 'brokers' : null);
  }

  /** The answer was learned; the brokers are in every answer. */
  answered(asked: Asked): void {
    this.brokers.settle();
    this.#topicsLast = asked === 'all-topics';
    if (asked === 'all-topics') this.topics.settle();
    else if (asked !== 'brokers') this.ids.answered(asked);
  }

  /** Nobody can be asked now. */
  settle(): void {
    this.brokers.settle();
    this.topics.settle();
    this.ids.settle();
  }
}
