import type { Asked } from '../../../../../adapters/kafka/topology.ts';
import { Cluster } from '../../../../../proxy/data-plane/cluster/cluster.ts';
import type { FailureKind } from '../../../../../proxy/data-plane/cluster/failure.ts';
import type { KafkaUpstream } from '../../../../../proxy/shared/listener-plan.ts';
import { DrivenTiming } from '../../../../support/driven-timing.ts';
import { waitFor } from '../../../../support/wait.ts';
import type { FakeBroker } from './fake-broker.ts';

/** A cluster with driven time, and what its observer was told. Closed when it is disposed of. */
export class ObservedCluster implements Disposable {
  readonly timing = new DrivenTiming();
  readonly states: boolean[] = [];
  readonly failures: FailureKind[] = [];
  readonly answered: Asked[] = [];
  readonly cluster: Cluster;

  constructor(bootstrap: readonly (FakeBroker | number)[], part: Partial<KafkaUpstream> = {}) {
    const addresses = bootstrap.map((broker) => ({
      host: '127.0.0.1',
      port: typeof broker === 'number' ? broker : broker.port,
    }));
    const upstream = { bootstrap: addresses, connectTimeout: 5000, metadataInterval: 30_000, ...part };
    this.cluster = new Cluster(upstream, this.timing, {
      state: (up) => this.states.push(up),
      failed: (kind) => this.failures.push(kind),
      answered: (asked) => this.answered.push(asked),
      fault: (error) => {
        throw error;
      },
    });
  }

  /** Starts, and waits until a broker was reached. */
  async up(): Promise<this> {
    this.cluster.start();
    await waitFor('the cluster is up', () => this.cluster.state === 'up');
    return this;
  }

  /** Starts, and waits until every broker was tried in vain `rounds` times; the pauses between are skipped. */
  async down(rounds = 1): Promise<this> {
    this.cluster.start();
    for (let round = 1; round <= rounds; round++) {
      if (round > 1) this.timing.advance(10_000);
      await waitFor(`round ${round} failed`, () => this.states.length >= round && this.timing.set.length > 0);
    }
    return this;
  }

  [Symbol.dispose](): void {
    this.cluster.close();
  }
}
