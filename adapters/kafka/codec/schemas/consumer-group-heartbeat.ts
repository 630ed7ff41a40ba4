import { array, defaultsTo, entity, int16, int32, nullable, since, string, struct, uuid } from '../fields.ts';
import type { Api } from '../schema.ts';

/** Joins, leaves and keeps a group of the consumer protocol (KIP-848). */
export const consumerGroupHeartbeat: Api = {
  key: 68,
  name: 'ConsumerGroupHeartbeat',
  versions: [0, 1],
  flexible: 0,
  request: [
    string('groupId', entity('groupId')),
    string('memberId'),
    int32('memberEpoch'),
    string('instanceId', nullable(), defaultsTo(null)),
    string('rackId', nullable(), defaultsTo(null)),
    int32('rebalanceTimeoutMs', defaultsTo(-1)),
    array('subscribedTopicNames', 'string', nullable(), defaultsTo(null), entity('topicName')),
    string('subscribedTopicRegex', since(1), nullable(), defaultsTo(null), entity('topicPattern')),
    string('serverAssignor', nullable(), defaultsTo(null)),
    array(
      'topicPartitions',
      [uuid('topicId', entity('topicId')), array('partitions', 'int32')],
      nullable(),
      defaultsTo(null),
    ),
  ],
  response: [
    int32('throttleTimeMs'),
    int16('errorCode'),
    string('errorMessage', nullable(), defaultsTo(null)),
    string('memberId', nullable(), defaultsTo(null)),
    int32('memberEpoch'),
    int32('heartbeatIntervalMs'),
    struct(
      'assignment',
      [array('topicPartitions', [uuid('topicId', entity('topicId')), array('partitions', 'int32')])],
      nullable(),
      defaultsTo(null),
    ),
  ],
};

export interface ConsumerGroupHeartbeatRequest {
  groupId: string;
  memberId: string;
  /** 0: joins, -1: leaves, -2: leaves for a while (static members). */
  memberEpoch: number;
  instanceId: string | null;
  rackId: string | null;
  rebalanceTimeoutMs: number;
  /** null: as before. */
  subscribedTopicNames: readonly string[] | null;
  /** null: as before. RE2/J syntax. */
  subscribedTopicRegex?: string | null;
  serverAssignor: string | null;
  /** What the member owns; null: as before. */
  topicPartitions:
    | readonly {
        topicId: string;
        partitions: readonly number[];
      }[]
    | null;
}

export interface ConsumerGroupHeartbeatResponse {
  throttleTimeMs?: number;
  errorCode: number;
  errorMessage: string | null;
  memberId: string | null;
  memberEpoch: number;
  heartbeatIntervalMs: number;
  /** null: as before. */
  assignment: {
    topicPartitions: readonly {
      topicId: string;
      partitions: readonly number[];
    }[];
  } | null;
}
