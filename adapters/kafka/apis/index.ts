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

const ALL = [
  apiVersionsHandler,
  consumerGroupHeartbeatHandler,
  createTopicsHandler,
  deleteTopicsHandler,
  describeClusterHandler,
  describeConfigsHandler,
  describeGroupsHandler,
  describeTopicPartitionsHandler,
  fetchHandler,
  findCoordinatorHandler,
  heartbeatHandler,
  initProducerIdHandler,
  joinGroupHandler,
  leaveGroupHandler,
  listGroupsHandler,
  listOffsetsHandler,
  metadataHandler,
  offsetCommitHandler,
  offsetFetchHandler,
  offsetForLeaderEpochHandler,
  produceHandler,
  saslHandshakeHandler,
  syncGroupHandler,
] as unknown as readonly Handler<object, object>[];

/** By API key. The codec hands each handler the messages of its own API. */
export const HANDLERS: ReadonlyMap<number, Handler<object, object>> = new Map(
  ALL.map((handler) => [handler.api.key, handler]),
);
