import {
  array,
  defaultsTo,
  defineApi,
  entity,
  int16,
  int32,
  nullable,
  since,
  string,
  struct,
  throttleTimeMs,
  uuid,
} from '../fields.ts';
import type { RequestOf, ResponseOf } from '../schema.ts';

/**
 * Joins, leaves and keeps a group of the consumer protocol (KIP-848).
 *
 *     request   groupId memberId memberEpoch instanceId rackId rebalanceTimeoutMs subscribedTopicNames[]
 *               subscribedTopicRegex serverAssignor topicPartitions[topicId partitions[]]
 *     response  throttleTimeMs errorCode errorMessage memberId memberEpoch heartbeatIntervalMs
 *               assignment(topicPartitions[topicId partitions[]])
 *
 * (versions 0 to 1, flexible; the notation is that of codec/schema.ts)
 */
export const consumerGroupHeartbeat = defineApi({
  key: 68,
  name: 'ConsumerGroupHeartbeat',
  versions: [0, 1],
  flexible: 0,
  request: [
    string('groupId', entity('groupId')),
    string('memberId'),
    // 0: joins, -1: leaves, -2: leaves for a while (static members).
    int32('memberEpoch'),
    string('instanceId', nullable(), defaultsTo(null)),
    string('rackId', nullable(), defaultsTo(null)),
    int32('rebalanceTimeoutMs', defaultsTo(-1)),
    // null: as before.
    array('subscribedTopicNames', 'string', nullable(), defaultsTo(null), entity('topicName')),
    // null: as before. RE2/J syntax.
    string('subscribedTopicRegex', since(1), nullable(), defaultsTo(null), entity('topicPattern')),
    string('serverAssignor', nullable(), defaultsTo(null)),
    // What the member owns; null: as before.
    array(
      'topicPartitions',
      [uuid('topicId', entity('topicId')), array('partitions', 'int32')],
      nullable(),
      defaultsTo(null),
    ),
  ],
  response: [
    throttleTimeMs(),
    int16('errorCode'),
    string('errorMessage', nullable(), defaultsTo(null)),
    string('memberId', nullable(), defaultsTo(null)),
    int32('memberEpoch'),
    int32('heartbeatIntervalMs'),
    // null: as before.
    struct(
      'assignment',
      [array('topicPartitions', [uuid('topicId', entity('topicId')), array('partitions', 'int32')])],
      nullable(),
      defaultsTo(null),
    ),
  ],
});

/** A request of ConsumerGroupHeartbeat, as decoded in any version: fields that a version lacks are absent or have their default. */
export type ConsumerGroupHeartbeatRequest = RequestOf<typeof consumerGroupHeartbeat>;
/** A response of ConsumerGroupHeartbeat; fields that a version lacks are left out when it is encoded. */
export type ConsumerGroupHeartbeatResponse = ResponseOf<typeof consumerGroupHeartbeat>;
