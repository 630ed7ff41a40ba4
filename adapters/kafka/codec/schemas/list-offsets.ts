import { array, defaultsTo, entity, int8, int16, int32, int64, since, string } from '../fields.ts';
import type { Api } from '../schema.ts';

/** Finds the offset of a timestamp, or the first or last one of a partition. */
export const listOffsets: Api = {
  key: 2,
  name: 'ListOffsets',
  versions: [1, 11],
  flexible: 6,
  request: [
    int32('replicaId', entity('brokerId')),
    int8('isolationLevel', since(2)),
    array('topics', [
      string('name', entity('topicName')),
      array('partitions', [
        int32('partitionIndex'),
        int32('currentLeaderEpoch', since(4), defaultsTo(-1)),
        int64('timestamp'),
      ]),
    ]),
    int32('timeoutMs', since(10)),
  ],
  response: [
    int32('throttleTimeMs', since(2)),
    array('topics', [
      string('name', entity('topicName')),
      array('partitions', [
        int32('partitionIndex'),
        int16('errorCode'),
        int64('timestamp', since(1), defaultsTo(-1n)),
        int64('offset', since(1), defaultsTo(-1n)),
        int32('leaderEpoch', since(4), defaultsTo(-1)),
      ]),
    ]),
  ],
};

export interface ListOffsetsRequest {
  /** -1: a consumer. */
  replicaId: number;
  /** 0: read uncommitted, 1: read committed. */
  isolationLevel?: number;
  topics: readonly {
    name: string;
    partitions: readonly {
      partitionIndex: number;
      currentLeaderEpoch?: number;
      /**
       * Milliseconds since 1970; -1: the latest offset, -2: the earliest; below: KIP-734, KIP-405 and later.
       */
      timestamp: bigint;
    }[];
  }[];
  timeoutMs?: number;
}

export interface ListOffsetsResponse {
  throttleTimeMs?: number;
  topics: readonly {
    name: string;
    partitions: readonly {
      partitionIndex: number;
      errorCode: number;
      timestamp?: bigint;
      offset?: bigint;
      leaderEpoch?: number;
    }[];
  }[];
}
