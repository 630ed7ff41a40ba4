import { array, between, bool, defaultsTo, entity, int16, int32, nullable, since, string, uuid } from '../fields.ts';
import type { Api } from '../schema.ts';

/**
 * Tells brokers, topics and the leaders of their partitions. Topics may be asked for by id from
 * version 12 on (KIP-516).
 */
export const metadata: Api = {
  key: 3,
  name: 'Metadata',
  versions: [0, 13],
  flexible: 9,
  request: [
    array(
      'topics',
      [uuid('topicId', since(10), entity('topicId')), string('name', nullable(10), entity('topicName'))],
      nullable(1),
    ),
    bool('allowAutoTopicCreation', since(4), defaultsTo(true)),
    bool('includeClusterAuthorizedOperations', between(8, 10)),
    bool('includeTopicAuthorizedOperations', since(8)),
  ],
  response: [
    int32('throttleTimeMs', since(3)),
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
      int32('topicAuthorizedOperations', since(8), defaultsTo(-2147483648)),
    ]),
    int32('clusterAuthorizedOperations', between(8, 10), defaultsTo(-2147483648)),
    int16('errorCode', since(13)),
  ],
};

export interface MetadataRequest {
  /** null: all topics; in version 0 the empty array says so. */
  topics:
    | readonly {
        /** The zero uuid where the name counts. */
        topicId?: string;
        name: string | null;
      }[]
    | null;
  allowAutoTopicCreation?: boolean;
  includeClusterAuthorizedOperations?: boolean;
  includeTopicAuthorizedOperations?: boolean;
}

export interface MetadataResponse {
  throttleTimeMs?: number;
  brokers: readonly {
    nodeId: number;
    host: string;
    port: number;
    rack?: string | null;
  }[];
  clusterId?: string | null;
  controllerId?: number;
  topics: readonly {
    errorCode: number;
    name: string | null;
    topicId?: string;
    isInternal?: boolean;
    partitions: readonly {
      errorCode: number;
      partitionIndex: number;
      leaderId: number;
      leaderEpoch?: number;
      replicaNodes: readonly number[];
      isrNodes: readonly number[];
      offlineReplicas?: readonly number[];
    }[];
    /** Bits of allowed operations; -2147483648: not asked for. */
    topicAuthorizedOperations?: number;
  }[];
  clusterAuthorizedOperations?: number;
  errorCode?: number;
}
