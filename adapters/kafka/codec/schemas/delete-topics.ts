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
  throttleTimeMs,
  until,
  uuid,
} from '../fields.ts';
import type { RequestOf, ResponseOf } from '../schema.ts';

/**
 * Deletes topics: by name up to version 5, by name or id from 6 on (KIP-516).
 *
 *     request   topics[name topicId] topicNames[] timeoutMs
 *     response  throttleTimeMs responses[name topicId errorCode errorMessage]
 *
 * (versions 1 to 6, flexible from 4; the notation is that of codec/schema.ts)
 */
export const deleteTopics = defineApi({
  key: 20,
  name: 'DeleteTopics',
  versions: [1, 6],
  flexible: 4,
  request: [
    array(
      'topics',
      [
        // null: by id.
        string('name', nullable(), defaultsTo(null), entity('topicName')),
        uuid('topicId', entity('topicId')),
      ],
      since(6),
    ),
    array('topicNames', 'string', until(5), entity('topicName')),
    int32('timeoutMs'),
  ],
  response: [
    throttleTimeMs(1),
    array('responses', [
      string('name', nullable(6), entity('topicName')),
      uuid('topicId', since(6), entity('topicId')),
      int16('errorCode'),
      string('errorMessage', since(5), nullable(), defaultsTo(null)),
    ]),
  ],
});

/** A request of DeleteTopics, as decoded in any version: fields that a version lacks are absent or have their default. */
export type DeleteTopicsRequest = RequestOf<typeof deleteTopics>;
/** A response of DeleteTopics; fields that a version lacks are left out when it is encoded. */
export type DeleteTopicsResponse = ResponseOf<typeof deleteTopics>;
