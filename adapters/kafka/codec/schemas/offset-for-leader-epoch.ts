import { array, defaultsTo, defineApi, entity, int16, int32, int64, since, string, throttleTimeMs } from '../fields.ts';
import type { RequestOf, ResponseOf } from '../schema.ts';

/**
 * Tells where the epoch of a leader ends (KIP-320).
 *
 *     request   replicaId topics[topic partitions[partition currentLeaderEpoch leaderEpoch]]
 *     response  throttleTimeMs topics[topic partitions[errorCode partition leaderEpoch endOffset]]
 *
 * (versions 2 to 4, flexible from 4; the notation is that of codec/schema.ts)
 */
export const offsetForLeaderEpoch = defineApi({
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
    throttleTimeMs(2),
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
});

/** A request of OffsetForLeaderEpoch, as decoded in any version: fields that a version lacks are absent or have their default. */
export type OffsetForLeaderEpochRequest = RequestOf<typeof offsetForLeaderEpoch>;
/** A response of OffsetForLeaderEpoch; fields that a version lacks are left out when it is encoded. */
export type OffsetForLeaderEpochResponse = ResponseOf<typeof offsetForLeaderEpoch>;
