import type { Api } from './schema.ts';
import { apiVersions } from './schemas/api-versions.ts';
import { consumerGroupHeartbeat } from './schemas/consumer-group-heartbeat.ts';
import { createTopics } from './schemas/create-topics.ts';
import { deleteTopics } from './schemas/delete-topics.ts';
import { describeCluster } from './schemas/describe-cluster.ts';
import { describeConfigs } from './schemas/describe-configs.ts';
import { describeGroups } from './schemas/describe-groups.ts';
import { describeTopicPartitions } from './schemas/describe-topic-partitions.ts';
import { fetch } from './schemas/fetch.ts';
import { findCoordinator } from './schemas/find-coordinator.ts';
import { heartbeat } from './schemas/heartbeat.ts';
import { initProducerId } from './schemas/init-producer-id.ts';
import { joinGroup } from './schemas/join-group.ts';
import { leaveGroup } from './schemas/leave-group.ts';
import { listGroups } from './schemas/list-groups.ts';
import { listOffsets } from './schemas/list-offsets.ts';
import { metadata } from './schemas/metadata.ts';
import { offsetCommit } from './schemas/offset-commit.ts';
import { offsetFetch } from './schemas/offset-fetch.ts';
import { offsetForLeaderEpoch } from './schemas/offset-for-leader-epoch.ts';
import { produce } from './schemas/produce.ts';
import { saslHandshake } from './schemas/sasl-handshake.ts';
import { syncGroup } from './schemas/sync-group.ts';

const ALL = {
  produce,
  fetch,
  listOffsets,
  metadata,
  offsetCommit,
  offsetFetch,
  findCoordinator,
  joinGroup,
  heartbeat,
  leaveGroup,
  syncGroup,
  describeGroups,
  listGroups,
  saslHandshake,
  apiVersions,
  createTopics,
  deleteTopics,
  initProducerId,
  offsetForLeaderEpoch,
  describeConfigs,
  describeCluster,
  consumerGroupHeartbeat,
  describeTopicPartitions,
};

/** Every API that the codec knows, by its key. */
export const APIS: ReadonlyMap<number, Api> = new Map(Object.values(ALL).map((api) => [api.key, api]));

const BY_KEY: (Api | undefined)[] = Array.from({ length: Math.max(...APIS.keys()) + 1 }, (_, key) => APIS.get(key));

/** The API of a key, for what is asked with every request: an index costs less than a look-up. */
export function apiOf(key: number): Api | undefined {
  return key >= 0 && key < BY_KEY.length ? BY_KEY[key] : undefined;
}

/** The keys by name. */
export const API = Object.fromEntries(Object.entries(ALL).map(([name, { key }]) => [name, key])) as {
  readonly [Name in keyof typeof ALL]: number;
};
