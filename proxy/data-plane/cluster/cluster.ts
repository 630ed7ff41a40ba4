import { type BrokerNode, ClusterTopology } from '../../../adapters/kafka/topology.ts';
import type { HostPort, KafkaUpstream } from '../../shared/listener-plan.ts';
import type { Timing } from '../../shared/timing.ts';
import { ControlLink } from './control-link.ts';
import type { ClusterObserver } from './observer.ts';
import { PendingMetadata } from './pending-metadata.ts';

/**
 * One Kafka cluster as a data plane knows it: its brokers, its topic ids, its topics, all learned
 * over a connection of the gate's own. Needs no broker to start, and recovers by itself.
 */
export class Cluster {
  readonly topology = new ClusterTopology();
  readonly #pending: PendingMetadata;
  readonly #link: ControlLink;
  #closed = false;
  #up = false;
  #lastError = 'no broker was reached yet';

  constructor(upstream: KafkaUpstream, timing: Timing, observer: ClusterObserver) {
    this.#pending = new PendingMetadata(this.topology, timing);
    this.#link = new ControlLink(upstream, this.topology, this.#pending, timing, {
      ...observer,
      state: (up, message) => {
        this.#up = up;
        if (!up) this.#lastError = message;
        observer.state(up, message);
      },
      failed: (kind, message) => {
        this.#lastError = message;
        observer.failed(kind, message);
      },
    });
  }

  /** Whether the last attempt reached a broker: a connection that was lost and is being replaced counts as up. */
  get state(): 'up' | 'down' {
    return this.#up ? 'up' : 'down';
  }

  /** The last failure, for people; it may be over. */
  get lastError(): string {
    return this.#lastError;
  }

  start(): void {
    void this.#link.run();
  }

  /** Whoever waits is called back. Idempotent. */
  close(): void {
    this.#closed = true;
    this.#link.close();
    this.#pending.settle();
  }

  brokers(): readonly BrokerNode[] {
    return [...this.topology.brokers.values()];
  }

  /**
   * Where a broker is: at once when it is known, else after one round trip that all who ask
   * share. undefined: the cluster has no such broker, or cannot be asked now.
   */
  addressOf(node: number): Promise<HostPort | undefined> {
    const known = this.topology.brokers.get(node);
    if (known !== undefined) return Promise.resolve(known);
    return new Promise((resolve) => {
      this.#ask(
        () => resolve(this.topology.brokers.get(node)),
        (done) => this.#pending.brokers.add(done),
      );
    });
  }

  /** As KafkaBackend.resolveTopics. What is asked in one turn of the event loop is one request. */
  resolveTopics(ids: readonly string[], done: () => void): void {
    this.#ask(done, () => this.#pending.ids.add(ids, done));
  }

  /** As KafkaBackend.describeAll. At most one such request is under way. */
  describeAll(done: () => void): void {
    this.#ask(done, () => this.#pending.topics.add(done));
  }

  #ask(done: () => void, add: (done: () => void) => void): void {
    if (this.#closed) {
      setImmediate(done);
      return;
    }
    add(done);
    setImmediate(() => this.#link.wake());
  }
}
