/**
 * The one list of the APIs that the gate speaks. Codec, offer, configuration and documentation follow from it: a new API
 * is a schema in codec/schemas/, a handler beside this file, and a line here.
 */
import type { Api } from '../codec/schema.ts';
import type { Handler } from '../handler.ts';
import { apiVersionsHandler } from './api-versions.ts';
import { consumerGroupHeartbeatHandler } from './consumer-group-heartbeat.ts';
import { createTopicsHandler } from './create-topics.ts';
import { deleteTopicsHandler } from './delete-topics.ts';
import { describeClusterHandler } from './describe-cluster.ts';
import { describeConfigsHandler } from './describe-configs.ts';
import { describeGroupsHandler } from './describe-groups.ts';
import { describeTopicPartitionsHandler } from './describe-topic-partitions.ts';
import { fetchHandler } from './fetch.ts';
import { findCoordinatorHandler } from './find-coordinator.ts';
import { heartbeatHandler } from './heartbeat.ts';
import { initProducerIdHandler } from './init-producer-id.ts';
import { joinGroupHandler } from './join-group.ts';
import { leaveGroupHandler } from './leave-group.ts';
import { listGroupsHandler } from './list-groups.ts';
import { listOffsetsHandler } from './list-offsets.ts';
import { metadataHandler } from './metadata.ts';
import { offsetCommitHandler } from './offset-commit.ts';
import { offsetFetchHandler } from './offset-fetch.ts';
import { offsetForLeaderEpochHandler } from './offset-for-leader-epoch.ts';
import { produceHandler } from './produce.ts';
import { saslHandshakeHandler } from './sasl-handshake.ts';
import { syncGroupHandler } from './sync-group.ts';

/** By Kafka's names in camel case, in the order of their keys. */
const TABLE = {
  produce: produceHandler,
  fetch: fetchHandler,
  listOffsets: listOffsetsHandler,
  metadata: metadataHandler,
  offsetCommit: offsetCommitHandler,
  offsetFetch: offsetFetchHandler,
  findCoordinator: findCoordinatorHandler,
  joinGroup: joinGroupHandler,
  heartbeat: heartbeatHandler,
  leaveGroup: leaveGroupHandler,
  syncGroup: syncGroupHandler,
  describeGroups: describeGroupsHandler,
  listGroups: listGroupsHandler,
  saslHandshake: saslHandshakeHandler,
  apiVersions: apiVersionsHandler,
  createTopics: createTopicsHandler,
  deleteTopics: deleteTopicsHandler,
  initProducerId: initProducerIdHandler,
  offsetForLeaderEpoch: offsetForLeaderEpochHandler,
  describeConfigs: describeConfigsHandler,
  describeCluster: describeClusterHandler,
  consumerGroupHeartbeat: consumerGroupHeartbeatHandler,
  describeTopicPartitions: describeTopicPartitionsHandler,
};

const HANDLER_LIST: readonly Handler<object, object>[] = Object.values(TABLE);

/** By API key. The codec hands each handler the messages of its own API. */
export const HANDLERS: ReadonlyMap<number, Handler<object, object>> = new Map(
  HANDLER_LIST.map((handler) => [handler.api.key, handler]),
);

/** The schema of every API, by API key, ascending. */
export const APIS: ReadonlyMap<number, Api> = new Map(HANDLER_LIST.map(({ api }) => [api.key, api]));

/** Kafka's names of the APIs, ascending by API key. All others are neither offered nor forwarded. */
export const KAFKA_API_NAMES: readonly string[] = HANDLER_LIST.map(({ api }) => api.name);

/** The API keys by name. */
export const API = Object.fromEntries(Object.entries(TABLE).map(([name, { api }]) => [name, api.key])) as {
  readonly [Name in keyof typeof TABLE]: number;
};

const BY_KEY: (Api | undefined)[] = Array.from({ length: Math.max(...APIS.keys()) + 1 }, (_, key) => APIS.get(key));

/** The API of a key, for what is asked with every request: an index costs less than a look-up. */
export function apiOf(key: number): Api | undefined {
  return key >= 0 && key < BY_KEY.length ? BY_KEY[key] : undefined;
}
