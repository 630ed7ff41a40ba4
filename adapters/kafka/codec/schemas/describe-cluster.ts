import { array, bool, defaultsTo, entity, int8, int16, int32, nullable, since, string } from '../fields.ts';
import type { Api } from '../schema.ts';

/** Tells the brokers of the cluster, or its controllers (KIP-700, KIP-919). */
export const describeCluster: Api = {
  key: 60,
  name: 'DescribeCluster',
  versions: [0, 2],
  flexible: 0,
  request: [
    bool('includeClusterAuthorizedOperations'),
    int8('endpointType', since(1), defaultsTo(1)),
    bool('includeFencedBrokers', since(2)),
  ],
  response: [
    int32('throttleTimeMs'),
    int16('errorCode'),
    string('errorMessage', nullable(), defaultsTo(null)),
    int8('endpointType', since(1), defaultsTo(1)),
    string('clusterId'),
    int32('controllerId', defaultsTo(-1), entity('brokerId')),
    array('brokers', [
      int32('brokerId', entity('brokerId')),
      string('host', entity('host')),
      int32('port', entity('port')),
      string('rack', nullable(), defaultsTo(null)),
      bool('isFenced', since(2)),
    ]),
    int32('clusterAuthorizedOperations', defaultsTo(-2147483648)),
  ],
};

export interface DescribeClusterRequest {
  includeClusterAuthorizedOperations: boolean;
  /** 1: brokers, 2: controllers. */
  endpointType?: number;
  includeFencedBrokers?: boolean;
}

export interface DescribeClusterResponse {
  throttleTimeMs?: number;
  errorCode: number;
  errorMessage: string | null;
  endpointType?: number;
  clusterId: string;
  controllerId: number;
  brokers: readonly {
    brokerId: number;
    host: string;
    port: number;
    rack: string | null;
    isFenced?: boolean;
  }[];
  clusterAuthorizedOperations: number;
}
