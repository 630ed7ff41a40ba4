import {
  array,
  defaultsTo,
  defineApi,
  entity,
  int8,
  int16,
  int32,
  int64,
  since,
  string,
  throttleTimeMs,
} from '../fields.ts';
import type { RequestOf, ResponseOf } from '../schema.ts';

/**
 * Finds the offset of a timestamp, or the first or last one of a partition.
 *
 *     request   replicaId isolationLevel topics[name partitions[partitionIndex currentLeaderEpoch timestamp]]
 *               timeoutMs
 *     response  throttleTimeMs topics[name partitions[partitionIndex errorCode timestamp offset leaderEpoch]]
 *
 * (versions 1 to 11, flexible from 6; the notation is that of codec/schema.ts)
 */
export const listOffsets = defineApi({
  key: 2,
  name: 'ListOffsets',
  versions: [1, 11],
  flexible: 6,
  request: [
    // -1: a consumer.
    int32('replicaId', entity('brokerId')),
    // 0: read uncommitted, 1: read committed.
    int8('isolationLevel', since(2)),
    array('topics', [
      string('name', entity('topicName')),
      array('partitions', [
        int32('partitionIndex'),
        int32('currentLeaderEpoch', since(4), defaultsTo(-1)),
        // * Milliseconds since 1970; -1: the latest offset, -2: the earliest; below: KIP-734, KIP-405 and later.
        int64('timestamp'),
      ]),
    ]),
    int32('timeoutMs', since(10)),
  ],
  response: [
    throttleTimeMs(2),
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
});

/** A request of ListOffsets, as decoded in any version: fields that a version lacks are absent or have their default. */
export type ListOffsetsRequest = RequestOf<typeof listOffsets>;
/** A response of ListOffsets; fields that a version lacks are left out when it is encoded. */
export type ListOffsetsResponse = ResponseOf<typeof listOffsets>;
