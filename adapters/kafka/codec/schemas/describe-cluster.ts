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
  throttleTimeMs,
} from '../fields.ts';
import type { RequestOf, ResponseOf } from '../schema.ts';

/**
 * Tells the brokers of the cluster, or its controllers (KIP-700, KIP-919).
 *
 *     request   includeClusterAuthorizedOperations endpointType includeFencedBrokers
 *     response  throttleTimeMs errorCode errorMessage endpointType clusterId controllerId brokers[brokerId host
 *               port rack isFenced] clusterAuthorizedOperations
 *
 * (versions 0 to 2, flexible; the notation is that of codec/schema.ts)
 */
export const describeCluster = defineApi({
  key: 60,
  name: 'DescribeCluster',
  versions: [0, 2],
  flexible: 0,
  request: [
    bool('includeClusterAuthorizedOperations'),
    // 1: brokers, 2: controllers.
    int8('endpointType', since(1), defaultsTo(1)),
    bool('includeFencedBrokers', since(2)),
  ],
  response: [
    throttleTimeMs(),
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
});

/** A request of DescribeCluster, as decoded in any version: fields that a version lacks are absent or have their default. */
export type DescribeClusterRequest = RequestOf<typeof describeCluster>;
/** A response of DescribeCluster; fields that a version lacks are left out when it is encoded. */
export type DescribeClusterResponse = ResponseOf<typeof describeCluster>;
