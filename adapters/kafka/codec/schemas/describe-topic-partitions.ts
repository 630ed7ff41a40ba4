import {
  array,
  bool,
  defaultsTo,
  defineApi,
  entity,
  int16,
  int32,
  nullable,
  string,
  struct,
  throttleTimeMs,
  uuid,
} from '../fields.ts';
import type { RequestOf, ResponseOf } from '../schema.ts';

/**
 * Tells the partitions of topics, page by page (KIP-966).
 *
 *     request   topics[name] responsePartitionLimit cursor(topicName partitionIndex)
 *     response  throttleTimeMs topics[errorCode name topicId isInternal partitions[errorCode partitionIndex
 *               leaderId leaderEpoch replicaNodes[] isrNodes[] eligibleLeaderReplicas[] lastKnownElr[]
 *               offlineReplicas[]] topicAuthorizedOperations] nextCursor(topicName partitionIndex)
 *
 * (version 0, flexible; the notation is that of codec/schema.ts)
 */
export const describeTopicPartitions = defineApi({
  key: 75,
  name: 'DescribeTopicPartitions',
  versions: [0, 0],
  flexible: 0,
  request: [
    // Empty: all topics.
    array('topics', [string('name', entity('topicName'))]),
    int32('responsePartitionLimit', defaultsTo(2000)),
    // Where the page begins; null: at the first.
    struct('cursor', [string('topicName', entity('topicName')), int32('partitionIndex')], nullable(), defaultsTo(null)),
  ],
  response: [
    throttleTimeMs(),
    array('topics', [
      int16('errorCode'),
      string('name', nullable(), entity('topicName')),
      uuid('topicId', entity('topicId')),
      bool('isInternal'),
      array('partitions', [
        int16('errorCode'),
        int32('partitionIndex'),
        int32('leaderId', entity('brokerId')),
        int32('leaderEpoch', defaultsTo(-1)),
        array('replicaNodes', 'int32', entity('brokerId')),
        array('isrNodes', 'int32', entity('brokerId')),
        array('eligibleLeaderReplicas', 'int32', nullable(), defaultsTo(null), entity('brokerId')),
        array('lastKnownElr', 'int32', nullable(), defaultsTo(null), entity('brokerId')),
        array('offlineReplicas', 'int32', entity('brokerId')),
      ]),
      int32('topicAuthorizedOperations', defaultsTo(-2147483648)),
    ]),
    // null: that was the last page.
    struct(
      'nextCursor',
      [string('topicName', entity('topicName')), int32('partitionIndex')],
      nullable(),
      defaultsTo(null),
    ),
  ],
});

/** A request of DescribeTopicPartitions, as decoded in any version: fields that a version lacks are absent or have their default. */
export type DescribeTopicPartitionsRequest = RequestOf<typeof describeTopicPartitions>;
/** A response of DescribeTopicPartitions; fields that a version lacks are left out when it is encoded. */
export type DescribeTopicPartitionsResponse = ResponseOf<typeof describeTopicPartitions>;
