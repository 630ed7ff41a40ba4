import type { KafkaUpstream } from '../../shared/listener-plan.ts';
import type { Cluster } from './cluster.ts';

/** One use of a cluster. */
export interface ClusterLease {
  readonly cluster: Cluster;
  /** Idempotent. */
  release(): void;
}

interface Entry {
  readonly cluster: Cluster;
  uses: number;
}

/**
 * The clusters of one data plane. A listener whose upstream a new generation leaves as it was
 * keeps its cluster, with all that it has learned; a cluster that nobody uses is closed.
 */
export class ClusterSet {
  readonly #create: (listener: string, upstream: KafkaUpstream) => Cluster;
  readonly #entries = new Map<string, Entry>();

  constructor(create: (listener: string, upstream: KafkaUpstream) => Cluster) {
    this.#create = create;
  }

  get size(): number {
    return this.#entries.size;
  }

  /** The cluster behind a listener, started when it is new. Generations take one for each Kafka listener, and sessions may. */
  acquire(listener: string, upstream: KafkaUpstream): ClusterLease {
    const key = JSON.stringify([listener, upstream]);
    let entry = this.#entries.get(key);
    if (entry === undefined) {
      entry = { cluster: this.#create(listener, upstream), uses: 0 };
      this.#entries.set(key, entry);
      entry.cluster.start();
    }
    return this.#lease(key, entry);
  }

  /** All clusters, whoever uses them. */
  close(): void {
    for (const { cluster } of this.#entries.values()) cluster.close();
    this.#entries.clear();
  }

  #lease(key: string, entry: Entry): ClusterLease {
    entry.uses++;
    let released = false;
    const release = (): void => {
      if (released) return;
      released = true;
      entry.uses--;
      if (entry.uses > 0) return;
      entry.cluster.close();
      if (this.#entries.get(key) === entry) this.#entries.delete(key);
    };
    return { cluster: entry.cluster, release };
  }
}
