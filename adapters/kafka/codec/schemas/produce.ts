import {
  array,
  defaultsTo,
  defineApi,
  entity,
  int16,
  int32,
  int64,
  nullable,
  records,
  since,
  string,
  struct,
  tag,
  throttleTimeMs,
  until,
  uuid,
} from '../fields.ts';
import type { RequestOf, ResponseOf } from '../schema.ts';
import { nodeEndpoints } from './node-endpoints.ts';

/**
 * Appends record batches to partitions. Topics have a name up to version 12 and an id from 13 on
 * (KIP-516).
 *
 *     request   transactionalId acks timeoutMs topicData[name|topicId partitionData[index records]]
 *     response  responses[name|topicId partitionResponses[index errorCode baseOffset logAppendTimeMs
 *               logStartOffset recordErrors[batchIndex batchIndexErrorMessage] errorMessage
 *               {currentLeader(leaderId leaderEpoch)}]] throttleTimeMs {nodeEndpoints[nodeId host port rack]}
 *
 * (versions 3 to 13, flexible from 9; the notation is that of codec/schema.ts)
 */
export const produce = defineApi({
  key: 0,
  name: 'Produce',
  versions: [3, 13],
  flexible: 9,
  request: [
    string('transactionalId', since(3), nullable(), defaultsTo(null), entity('transactionalId')),
    // -1: all in-sync replicas, 1: the leader, 0: nobody, and there is no response.
    int16('acks'),
    int32('timeoutMs'),
    array('topicData', [
      string('name', until(12), entity('topicName')),
      uuid('topicId', since(13), entity('topicId')),
      array('partitionData', [int32('index'), records('records', nullable())]),
    ]),
  ],
  response: [
    array('responses', [
      string('name', until(12), entity('topicName')),
      uuid('topicId', since(13), entity('topicId')),
      array('partitionResponses', [
        int32('index'),
        int16('errorCode'),
        int64('baseOffset'),
        int64('logAppendTimeMs', since(2), defaultsTo(-1n)),
        int64('logStartOffset', since(5), defaultsTo(-1n)),
        array(
          'recordErrors',
          [int32('batchIndex'), string('batchIndexErrorMessage', nullable(), defaultsTo(null))],
          since(8),
        ),
        string('errorMessage', since(8), nullable(), defaultsTo(null)),
        struct(
          'currentLeader',
          [int32('leaderId', defaultsTo(-1), entity('brokerId')), int32('leaderEpoch', defaultsTo(-1))],
          since(10),
          tag(0),
        ),
      ]),
    ]),
    throttleTimeMs(1),
    nodeEndpoints(10),
  ],
});

/** A request of Produce, as decoded in any version: fields that a version lacks are absent or have their default. */
export type ProduceRequest = RequestOf<typeof produce>;
/** A response of Produce; fields that a version lacks are left out when it is encoded. */
export type ProduceResponse = ResponseOf<typeof produce>;
