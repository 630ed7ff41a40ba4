import { setTimeout as delay } from 'node:timers/promises';
import { advertisedAddress } from '../../../adapters/kafka/advertise.ts';
import type { KafkaBackend } from '../../../adapters/kafka/backend.ts';
import { FrameMemory } from '../../../adapters/kafka/frame-memory.ts';
import type { HostPort, KafkaListenerPlan, UpstreamTarget } from '../../shared/listener-plan.ts';
import type { DialFailure } from '../upstream/dial.ts';
import type { ClusterLease, ClusterSet } from './cluster-set.ts';

/** What of a Kafka listener's plan is used here. */
export interface KafkaGatePlan extends Pick<KafkaListenerPlan, 'name' | 'upstream' | 'advertise'> {
  readonly kafka: Pick<KafkaListenerPlan['kafka'], 'memory' | 'maxFrameSize'>;
  readonly timeouts: Pick<KafkaListenerPlan['timeouts'], 'upstream'>;
}

/** What all Kafka sessions of one listener share in this data plane. */
export class KafkaGate {
  readonly #plan: KafkaGatePlan;
  readonly #clusters: ClusterSet;
  readonly #port: number;
  readonly #memory: FrameMemory;
  readonly #lease: ClusterLease;

  /**
   * @param port of the listener, told to clients where `advertise` names none
   * @param planes data planes of the process: each gets its share of the memory, enough for one frame at least
   */
  constructor(plan: KafkaGatePlan, clusters: ClusterSet, port: number, planes: number) {
    this.#plan = plan;
    this.#clusters = clusters;
    this.#port = port;
    const { memory, maxFrameSize } = plan.kafka;
    this.#memory = new FrameMemory(Math.max(Math.floor(memory / planes), maxFrameSize));
    this.#lease = clusters.acquire(plan.name, plan.upstream);
  }

  /** No generation uses the listener any more; sessions that do keep the cluster. Idempotent. */
  release(): void {
    this.#lease.release();
  }

  /** For one session; given back with its `release`. */
  backend(): KafkaBackend {
    const { cluster, release } = this.#clusters.acquire(this.#plan.name, this.#plan.upstream);
    const { advertise } = this.#plan;
    return {
      topology: cluster.topology,
      memory: this.#memory,
      resolveTopics: (ids, done) => cluster.resolveTopics(ids, done),
      describeAll: (done) => cluster.describeAll(done),
      advertised: (node) => advertisedAddress(advertise, node, this.#port),
      release,
    };
  }

  /** Which addresses to dial for a client that wants broker `node`; those of the bootstrap list when it wants any. */
  async target(node: number | undefined): Promise<UpstreamTarget | DialFailure> {
    const { bootstrap, ...rest } = this.#plan.upstream;
    if (node === undefined) return { ...rest, addresses: bootstrap };
    const address = await this.#addressOf(node);
    if (address === undefined)
      return { cause: 'upstream-down', message: `the cluster has no broker ${node} that is known here` };
    return { ...rest, addresses: [{ host: address.host, port: address.port }] };
  }

  async #addressOf(node: number): Promise<HostPort | undefined> {
    const learnt = new AbortController();
    // An aborted wait rejects; nobody is interested in it any more.
    const late = delay(this.#plan.timeouts.upstream, undefined, { signal: learnt.signal }).catch(() => undefined);
    const address = await Promise.race([this.#lease.cluster.addressOf(node), late]);
    learnt.abort();
    return address;
  }
}
