import { array, defaultsTo, entity, int16, int32, int64, since, string } from '../fields.ts';
import type { Api } from '../schema.ts';

/** Tells where the epoch of a leader ends (KIP-320). */
export const offsetForLeaderEpoch: Api = {
  key: 23,
  name: 'OffsetForLeaderEpoch',
  versions: [2, 4],
  flexible: 4,
  request: [
    int32('replicaId', since(3), defaultsTo(-2), entity('brokerId')),
    array('topics', [
      string('topic', entity('topicName')),
      array('partitions', [
        int32('partition'),
        int32('currentLeaderEpoch', since(2), defaultsTo(-1)),
        int32('leaderEpoch'),
      ]),
    ]),
  ],
  response: [
    int32('throttleTimeMs', since(2)),
    array('topics', [
      string('topic', entity('topicName')),
      array('partitions', [
        int16('errorCode'),
        int32('partition'),
        int32('leaderEpoch', since(1), defaultsTo(-1)),
        int64('endOffset', defaultsTo(-1n)),
      ]),
    ]),
  ],
};

export interface OffsetForLeaderEpochRequest {
  replicaId?: number;
  topics: readonly {
    topic: string;
    partitions: readonly {
      partition: number;
      currentLeaderEpoch?: number;
      leaderEpoch: number;
    }[];
  }[];
}

export interface OffsetForLeaderEpochResponse {
  throttleTimeMs?: number;
  topics: readonly {
    topic: string;
    partitions: readonly {
      errorCode: number;
      partition: number;
      leaderEpoch?: number;
      endOffset: bigint;
    }[];
  }[];
}
