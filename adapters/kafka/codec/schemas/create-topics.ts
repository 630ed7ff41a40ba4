import {
  array,
  bool,
  defaultsTo,
  defineApi,
  entity,
  int8,
  int16,
  int32,
  nullable,
  since,
  string,
  tag,
  throttleTimeMs,
  uuid,
} from '../fields.ts';
import type { RequestOf, ResponseOf } from '../schema.ts';

/**
 * Creates topics.
 *
 *     request   topics[name numPartitions replicationFactor assignments[partitionIndex brokerIds[]]
 *               configs[name value]] timeoutMs validateOnly
 *     response  throttleTimeMs topics[name topicId errorCode errorMessage numPartitions replicationFactor
 *               configs[name value readOnly configSource isSensitive] {topicConfigErrorCode}]
 *
 * (versions 2 to 7, flexible from 5; the notation is that of codec/schema.ts)
 */
export const createTopics = defineApi({
  key: 19,
  name: 'CreateTopics',
  versions: [2, 7],
  flexible: 5,
  request: [
    array('topics', [
      string('name', entity('topicName')),
      // -1: the default of the broker, or as assigned.
      int32('numPartitions'),
      // -1: the default of the broker, or as assigned.
      int16('replicationFactor'),
      array('assignments', [int32('partitionIndex'), array('brokerIds', 'int32', entity('brokerId'))]),
      array('configs', [string('name'), string('value', nullable())]),
    ]),
    int32('timeoutMs', defaultsTo(60000)),
    bool('validateOnly', since(1)),
  ],
  response: [
    throttleTimeMs(2),
    array('topics', [
      string('name', entity('topicName')),
      uuid('topicId', since(7), entity('topicId')),
      int16('errorCode'),
      string('errorMessage', since(1), nullable()),
      // Why configs is null.
      int16('topicConfigErrorCode', since(5), tag(0)),
      int32('numPartitions', since(5), defaultsTo(-1)),
      int16('replicationFactor', since(5), defaultsTo(-1)),
      array(
        'configs',
        [
          string('name'),
          string('value', nullable()),
          bool('readOnly'),
          int8('configSource', defaultsTo(-1)),
          bool('isSensitive'),
        ],
        since(5),
        nullable(),
      ),
    ]),
  ],
});

/** A request of CreateTopics, as decoded in any version: fields that a version lacks are absent or have their default. */
export type CreateTopicsRequest = RequestOf<typeof createTopics>;
/** A response of CreateTopics; fields that a version lacks are left out when it is encoded. */
export type CreateTopicsResponse = ResponseOf<typeof createTopics>;
