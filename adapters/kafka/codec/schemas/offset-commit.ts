import {
  array,
  between,
  defaultsTo,
  defineApi,
  entity,
  int16,
  int32,
  int64,
  nullable,
  since,
  string,
  throttleTimeMs,
  until,
  uuid,
} from '../fields.ts';
import type { RequestOf, ResponseOf } from '../schema.ts';

/**
 * Stores the offsets that a group has come to. Topics have a name up to version 9 and an id from 10 on.
 *
 *     request   groupId generationIdOrMemberEpoch memberId groupInstanceId retentionTimeMs topics[name|topicId
 *               partitions[partitionIndex committedOffset committedLeaderEpoch committedMetadata]]
 *     response  throttleTimeMs topics[name|topicId partitions[partitionIndex errorCode]]
 *
 * (versions 2 to 10, flexible from 8; the notation is that of codec/schema.ts)
 */
export const offsetCommit = defineApi({
  key: 8,
  name: 'OffsetCommit',
  versions: [2, 10],
  flexible: 8,
  request: [
    string('groupId', entity('groupId')),
    // -1: of no member.
    int32('generationIdOrMemberEpoch', since(1), defaultsTo(-1)),
    string('memberId', since(1)),
    string('groupInstanceId', since(7), nullable(), defaultsTo(null)),
    int64('retentionTimeMs', between(2, 4), defaultsTo(-1n)),
    array('topics', [
      string('name', until(9), entity('topicName')),
      uuid('topicId', since(10), entity('topicId')),
      array('partitions', [
        int32('partitionIndex'),
        int64('committedOffset'),
        int32('committedLeaderEpoch', since(6), defaultsTo(-1)),
        string('committedMetadata', nullable()),
      ]),
    ]),
  ],
  response: [
    throttleTimeMs(3),
    array('topics', [
      string('name', until(9), entity('topicName')),
      uuid('topicId', since(10), entity('topicId')),
      array('partitions', [int32('partitionIndex'), int16('errorCode')]),
    ]),
  ],
});

/** A request of OffsetCommit, as decoded in any version: fields that a version lacks are absent or have their default. */
export type OffsetCommitRequest = RequestOf<typeof offsetCommit>;
/** A response of OffsetCommit; fields that a version lacks are left out when it is encoded. */
export type OffsetCommitResponse = ResponseOf<typeof offsetCommit>;
