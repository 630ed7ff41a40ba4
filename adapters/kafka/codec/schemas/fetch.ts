import {
  array,
  between,
  defaultsTo,
  defineApi,
  entity,
  int8,
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
 * Reads record batches from partitions. Topics have a name up to version 12 and an id from 13 on
 * (KIP-516); sessions: KIP-227.
 *
 *     request   replicaId maxWaitMs minBytes maxBytes isolationLevel sessionId sessionEpoch
 *               topics[topic|topicId partitions[partition currentLeaderEpoch fetchOffset lastFetchedEpoch
 *               logStartOffset partitionMaxBytes {replicaDirectoryId highWatermark}]]
 *               forgottenTopicsData[topic|topicId partitions[]] rackId {clusterId replicaState(replicaId
 *               replicaEpoch)}
 *     response  throttleTimeMs errorCode sessionId responses[topic|topicId partitions[partitionIndex errorCode
 *               highWatermark lastStableOffset logStartOffset abortedTransactions[producerId firstOffset]
 *               preferredReadReplica records {divergingEpoch(epoch endOffset) currentLeader(leaderId
 *               leaderEpoch) snapshotId(endOffset epoch)}]] {nodeEndpoints[nodeId host port rack]}
 *
 * (versions 4 to 18, flexible from 12; the notation is that of codec/schema.ts)
 */
export const fetch = defineApi({
  key: 1,
  name: 'Fetch',
  versions: [4, 18],
  flexible: 12,
  request: [
    string('clusterId', since(12), nullable(), tag(0), defaultsTo(null)),
    // -1: a consumer.
    int32('replicaId', until(14), defaultsTo(-1), entity('brokerId')),
    struct(
      'replicaState',
      [int32('replicaId', defaultsTo(-1), entity('brokerId')), int64('replicaEpoch', defaultsTo(-1n))],
      since(15),
      tag(1),
    ),
    int32('maxWaitMs'),
    int32('minBytes'),
    int32('maxBytes', since(3), defaultsTo(0x7fffffff)),
    // 0: read uncommitted, 1: read committed.
    int8('isolationLevel', since(4)),
    int32('sessionId', since(7)),
    // 0: a full fetch that opens a session, -1: outside of any session.
    int32('sessionEpoch', since(7), defaultsTo(-1)),
    array('topics', [
      string('topic', until(12), entity('topicName')),
      uuid('topicId', since(13), entity('topicId')),
      array('partitions', [
        int32('partition'),
        int32('currentLeaderEpoch', since(9), defaultsTo(-1)),
        int64('fetchOffset'),
        int32('lastFetchedEpoch', since(12), defaultsTo(-1)),
        int64('logStartOffset', since(5), defaultsTo(-1n)),
        int32('partitionMaxBytes'),
        uuid('replicaDirectoryId', since(17), tag(0)),
        int64('highWatermark', since(18), tag(1), defaultsTo(9223372036854775807n)),
      ]),
    ]),
    array(
      'forgottenTopicsData',
      [
        string('topic', between(7, 12), entity('topicName')),
        uuid('topicId', since(13), entity('topicId')),
        array('partitions', 'int32'),
      ],
      since(7),
    ),
    string('rackId', since(11)),
  ],
  response: [
    throttleTimeMs(1),
    int16('errorCode', since(7)),
    int32('sessionId', since(7)),
    array('responses', [
      string('topic', until(12), entity('topicName')),
      uuid('topicId', since(13), entity('topicId')),
      array('partitions', [
        int32('partitionIndex'),
        int16('errorCode'),
        int64('highWatermark'),
        int64('lastStableOffset', since(4), defaultsTo(-1n)),
        int64('logStartOffset', since(5), defaultsTo(-1n)),
        struct(
          'divergingEpoch',
          [int32('epoch', defaultsTo(-1)), int64('endOffset', defaultsTo(-1n))],
          since(12),
          tag(0),
        ),
        struct(
          'currentLeader',
          [int32('leaderId', defaultsTo(-1), entity('brokerId')), int32('leaderEpoch', defaultsTo(-1))],
          since(12),
          tag(1),
        ),
        struct('snapshotId', [int64('endOffset', defaultsTo(-1n)), int32('epoch', defaultsTo(-1))], since(12), tag(2)),
        array(
          'abortedTransactions',
          [int64('producerId', entity('producerId')), int64('firstOffset')],
          since(4),
          nullable(),
        ),
        int32('preferredReadReplica', since(11), defaultsTo(-1), entity('brokerId')),
        records('records', nullable()),
      ]),
    ]),
    nodeEndpoints(16),
  ],
});

/** A request of Fetch, as decoded in any version: fields that a version lacks are absent or have their default. */
export type FetchRequest = RequestOf<typeof fetch>;
/** A response of Fetch; fields that a version lacks are left out when it is encoded. */
export type FetchResponse = ResponseOf<typeof fetch>;
