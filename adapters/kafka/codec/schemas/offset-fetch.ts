import {
  array,
  between,
  bool,
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
 * Tells the offsets that groups have stored: of one group up to version 7, of several from 8 on.
 * Topics have an id from version 10 on.
 *
 *     request   groupId topics[name partitionIndexes[]] groups[groupId memberId memberEpoch topics[name|topicId
 *               partitionIndexes[]]] requireStable
 *     response  throttleTimeMs topics[name partitions[partitionIndex committedOffset committedLeaderEpoch
 *               metadata errorCode]] errorCode groups[groupId topics[name|topicId partitions[partitionIndex
 *               committedOffset committedLeaderEpoch metadata errorCode]] errorCode]
 *
 * (versions 1 to 10, flexible from 6; the notation is that of codec/schema.ts)
 */
export const offsetFetch = defineApi({
  key: 9,
  name: 'OffsetFetch',
  versions: [1, 10],
  flexible: 6,
  request: [
    string('groupId', until(7), entity('groupId')),
    // null: all topics.
    array('topics', [string('name', entity('topicName')), array('partitionIndexes', 'int32')], until(7), nullable(2)),
    array(
      'groups',
      [
        string('groupId', entity('groupId')),
        string('memberId', since(9), nullable(), defaultsTo(null)),
        int32('memberEpoch', since(9), defaultsTo(-1)),
        array(
          'topics',
          [
            string('name', between(8, 9), entity('topicName')),
            uuid('topicId', since(10), entity('topicId')),
            array('partitionIndexes', 'int32'),
          ],
          nullable(),
        ),
      ],
      since(8),
    ),
    bool('requireStable', since(7)),
  ],
  response: [
    throttleTimeMs(3),
    array(
      'topics',
      [
        string('name', entity('topicName')),
        array('partitions', [
          int32('partitionIndex'),
          int64('committedOffset'),
          int32('committedLeaderEpoch', between(5, 7), defaultsTo(-1)),
          string('metadata', nullable()),
          int16('errorCode'),
        ]),
      ],
      until(7),
    ),
    int16('errorCode', between(2, 7)),
    array(
      'groups',
      [
        string('groupId', entity('groupId')),
        array('topics', [
          string('name', between(8, 9), entity('topicName')),
          uuid('topicId', since(10), entity('topicId')),
          array('partitions', [
            int32('partitionIndex'),
            int64('committedOffset'),
            int32('committedLeaderEpoch', defaultsTo(-1)),
            string('metadata', nullable()),
            int16('errorCode'),
          ]),
        ]),
        int16('errorCode'),
      ],
      since(8),
    ),
  ],
});

/** A request of OffsetFetch, as decoded in any version: fields that a version lacks are absent or have their default. */
export type OffsetFetchRequest = RequestOf<typeof offsetFetch>;
/** A response of OffsetFetch; fields that a version lacks are left out when it is encoded. */
export type OffsetFetchResponse = ResponseOf<typeof offsetFetch>;
