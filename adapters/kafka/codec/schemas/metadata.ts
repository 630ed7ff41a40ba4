import {
  array,
  between,
  bool,
  defaultsTo,
  defineApi,
  entity,
  int16,
  int32,
  nullable,
  since,
  string,
  throttleTimeMs,
  uuid,
} from '../fields.ts';
import type { RequestOf, ResponseOf } from '../schema.ts';

/**
 * Tells brokers, topics and the leaders of their partitions. Topics may be asked for by id from
 * version 12 on (KIP-516).
 *
 *     request   topics[topicId name] allowAutoTopicCreation includeClusterAuthorizedOperations
 *               includeTopicAuthorizedOperations
 *     response  throttleTimeMs brokers[nodeId host port rack] clusterId controllerId topics[errorCode name
 *               topicId isInternal partitions[errorCode partitionIndex leaderId leaderEpoch replicaNodes[]
 *               isrNodes[] offlineReplicas[]] topicAuthorizedOperations] clusterAuthorizedOperations errorCode
 *
 * (versions 0 to 13, flexible from 9; the notation is that of codec/schema.ts)
 */
export const metadata = defineApi({
  key: 3,
  name: 'Metadata',
  versions: [0, 13],
  flexible: 9,
  request: [
    // null: all topics; in version 0 the empty array says so.
    array(
      'topics',
      [
        // The zero uuid where the name counts.
        uuid('topicId', since(10), entity('topicId')),
        string('name', nullable(10), entity('topicName')),
      ],
      nullable(1),
    ),
    bool('allowAutoTopicCreation', since(4), defaultsTo(true)),
    bool('includeClusterAuthorizedOperations', between(8, 10)),
    bool('includeTopicAuthorizedOperations', since(8)),
  ],
  response: [
    throttleTimeMs(3),
    array('brokers', [
      int32('nodeId', entity('brokerId')),
      string('host', entity('host')),
      int32('port', entity('port')),
      string('rack', since(1), nullable(), defaultsTo(null)),
    ]),
    string('clusterId', since(2), nullable(), defaultsTo(null)),
    int32('controllerId', since(1), defaultsTo(-1), entity('brokerId')),
    array('topics', [
      int16('errorCode'),
      string('name', nullable(12), entity('topicName')),
      uuid('topicId', since(10), entity('topicId')),
      bool('isInternal', since(1)),
      array('partitions', [
        int16('errorCode'),
        int32('partitionIndex'),
        int32('leaderId', entity('brokerId')),
        int32('leaderEpoch', since(7), defaultsTo(-1)),
        array('replicaNodes', 'int32', entity('brokerId')),
        array('isrNodes', 'int32', entity('brokerId')),
        array('offlineReplicas', 'int32', since(5), entity('brokerId')),
      ]),
      // Bits of allowed operations; -2147483648: not asked for.
      int32('topicAuthorizedOperations', since(8), defaultsTo(-2147483648)),
    ]),
    int32('clusterAuthorizedOperations', between(8, 10), defaultsTo(-2147483648)),
    int16('errorCode', since(13)),
  ],
});

/** A request of Metadata, as decoded in any version: fields that a version lacks are absent or have their default. */
export type MetadataRequest = RequestOf<typeof metadata>;
/** A response of Metadata; fields that a version lacks are left out when it is encoded. */
export type MetadataResponse = ResponseOf<typeof metadata>;
