import { array, bool, defaultsTo, entity, int16, int32, nullable, string, struct, uuid } from '../fields.ts';
import type { Api } from '../schema.ts';

/** Tells the partitions of topics, page by page (KIP-966). */
export const describeTopicPartitions: Api = {
  key: 75,
  name: 'DescribeTopicPartitions',
  versions: [0, 0],
  flexible: 0,
  request: [
    array('topics', [string('name', entity('topicName'))]),
    int32('responsePartitionLimit', defaultsTo(2000)),
    struct('cursor', [string('topicName', entity('topicName')), int32('partitionIndex')], nullable(), defaultsTo(null)),
  ],
  response: [
    int32('throttleTimeMs'),
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
    struct(
      'nextCursor',
      [string('topicName', entity('topicName')), int32('partitionIndex')],
      nullable(),
      defaultsTo(null),
    ),
  ],
};

export interface DescribeTopicPartitionsRequest {
  /** Empty: all topics. */
  topics: readonly {
    name: string;
  }[];
  responsePartitionLimit: number;
  /** Where the page begins; null: at the first. */
  cursor: {
    topicName: string;
    partitionIndex: number;
  } | null;
}

export interface DescribeTopicPartitionsResponse {
  throttleTimeMs?: number;
  topics: readonly {
    errorCode: number;
    name: string | null;
    topicId: string;
    isInternal: boolean;
    partitions: readonly {
      errorCode: number;
      partitionIndex: number;
      leaderId: number;
      leaderEpoch: number;
      replicaNodes: readonly number[];
      isrNodes: readonly number[];
      eligibleLeaderReplicas: readonly number[] | null;
      lastKnownElr: readonly number[] | null;
      offlineReplicas: readonly number[];
    }[];
    topicAuthorizedOperations: number;
  }[];
  /** null: that was the last page. */
  nextCursor: {
    topicName: string;
    partitionIndex: number;
  } | null;
}
