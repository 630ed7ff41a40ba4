import type { MetadataResponse } from './codec/schemas/metadata.ts';
import { ZERO_UUID } from './error-codes.ts';
import { LruMap } from './lru-map.ts';

/** Topic ids that are remembered, and as many that were asked for in vain. */
const MAX_IDS = 100_000;
/** Milliseconds for which "no such topic id" holds: a topic may come into being at any time. */
const UNKNOWN_FOR = 2000;
/** What Kafka lets a topic be called. */
const TOPIC_NAME = /^(?!\.{1,2}$)[a-zA-Z0-9._-]{1,249}$/;

/** A broker of the cluster, with its real address. */
export interface BrokerNode {
  readonly node: number;
  readonly host: string;
  readonly port: number;
  readonly rack: string | null;
}

/** All topics of the cluster at one time. */
export interface TopicList {
  /** Ascending by UTF-16 code units: the order in which Kafka pages. */
  readonly names: readonly string[];
  /** Milliseconds of the shared clock. */
  readonly time: number;
}

/** What sessions may ask of the cluster's state. Topic ids are the 22 characters that Kafka prints. */
export interface Topology {
  /** The name of a topic id (KIP-516); undefined: not known here. */
  nameOf(id: string): string | undefined;
  /** True: the cluster was asked a moment ago and knows no such id, or does not tell us. */
  isUnknown(id: string, now: number): boolean;
  /** The newest list of all topics; null: none was fetched yet. */
  readonly topics: TopicList | null;
}

/** What a Metadata request asked for besides the brokers: nothing, every topic, or these topic ids. */
export type Asked = 'brokers' | 'all-topics' | readonly string[];

/**
 * The state of one cluster as its own responses tell it. Pure: no clock, no I/O.
 *
 * It must be fed with answers to requests of our own only, in a version where an id is not
 * echoed beside a name that the asker chose (Metadata 10 and 11 do that). Topic ids are never
 * reused and never change their name, so what was learned holds for ever; the first answer wins.
 */
export class ClusterTopology implements Topology {
  readonly #names = new LruMap<string, string>(MAX_IDS);
  /** Until when an id counts as unknown. */
  readonly #unknown = new LruMap<string, number>(MAX_IDS);
  #brokers: ReadonlyMap<number, BrokerNode> = new Map();
  #clusterId: string | null = null;
  #controllerId = -1;
  #topics: TopicList | null = null;

  /** By node id. */
  get brokers(): ReadonlyMap<number, BrokerNode> {
    return this.#brokers;
  }

  /** null until a broker sent it. */
  get clusterId(): string | null {
    return this.#clusterId;
  }

  /** Node id of the controller (with KRaft: of any live broker); -1: not known. */
  get controllerId(): number {
    return this.#controllerId;
  }

  get topics(): TopicList | null {
    return this.#topics;
  }

  /** Topic ids whose name is known. */
  get knownIds(): number {
    return this.#names.size;
  }

  nameOf(id: string): string | undefined {
    return this.#names.get(id);
  }

  isUnknown(id: string, now: number): boolean {
    const until = this.#unknown.get(id);
    return until !== undefined && now < until;
  }

  /** Takes one whole response in. A response that is an error as a whole (version 13) teaches nothing. */
  learn(response: MetadataResponse, asked: Asked, now: number): void {
    if ((response.errorCode ?? 0) !== 0) return;
    this.#learnCluster(response.clusterId ?? null);
    this.#learnBrokers(response);
    for (const { errorCode, name, topicId } of response.topics) {
      if (errorCode === 0 && topicId !== undefined && topicId !== ZERO_UUID && isName(name))
        this.#learnId(topicId, name);
    }
    if (asked === 'all-topics') this.#learnList(response, now);
    else if (asked !== 'brokers') this.learnUnknown(asked, now);
  }

  /** Those of `ids` that nothing is known of are unknown for a while. */
  learnUnknown(ids: readonly string[], now: number): void {
    for (const id of ids) if (this.#names.get(id) === undefined) this.#unknown.set(id, now + UNKNOWN_FOR);
  }

  /** Another cluster behind the same addresses: nothing of the old one holds. */
  #learnCluster(clusterId: string | null): void {
    if (clusterId === null || clusterId === this.#clusterId) return;
    if (this.#clusterId !== null) {
      this.#names.clear();
      this.#unknown.clear();
      this.#topics = null;
    }
    this.#clusterId = clusterId;
  }

  /** A broker that has just started may know no broker yet: then what was known stays. */
  #learnBrokers({ brokers, controllerId }: MetadataResponse): void {
    const usable = brokers.filter(({ nodeId, host, port }) => nodeId >= 0 && host !== '' && port > 0 && port < 65_536);
    if (usable.length === 0) return;
    this.#brokers = new Map(
      usable.map(({ nodeId, host, port, rack }) => [nodeId, { node: nodeId, host, port, rack: rack ?? null }]),
    );
    this.#controllerId = controllerId ?? -1;
  }

  #learnId(id: string, name: string): void {
    if (this.#names.get(id) !== undefined) return;
    this.#names.set(id, name);
    this.#unknown.delete(id);
  }

  #learnList({ topics }: MetadataResponse, time: number): void {
    const names = topics.flatMap(({ errorCode, name }) => (errorCode === 0 && isName(name) ? [name] : []));
    this.#topics = { names: [...new Set(names)].sort(), time };
  }
}

function isName(name: string | null): name is string {
  return name !== null && TOPIC_NAME.test(name);
}
