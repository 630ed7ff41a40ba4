/** DescribeCluster (KIP-700, KIP-919): whoever is connected may ask; the brokers have the gate's addresses. */
import { PERMIT_SESSION } from '../../../policies/decision.ts';
import { advertiseAll } from '../addresses.ts';
import { ownClusterOperations } from '../authorized-operations.ts';
import {
  type DescribeClusterRequest,
  type DescribeClusterResponse,
  describeCluster,
} from '../codec/schemas/describe-cluster.ts';
import { ERROR, NOT_REQUESTED } from '../error-codes.ts';
import type { Context, Handler } from '../handler.ts';

const BROKERS = 1;
const CONTROLLERS = 2;

export const describeClusterHandler: Handler<DescribeClusterRequest, DescribeClusterResponse> = {
  api: describeCluster,
  reference: {
    rights: [['describe', 'cluster', 'the cluster, for the authorized operations on it']],
    refusals: [
      [114, 'controllers'],
      [115, 'another type of endpoint'],
    ],
    notes: 'Brokers have addresses of the gate.',
  },
  request(_context, _request, { endpointType = BROKERS }) {
    if (endpointType !== BROKERS) return { kind: 'respond', body: wrongEndpoint(endpointType) };
    return { kind: 'pass', permit: PERMIT_SESSION, rewrite };
  },
};

function rewrite(context: Context, response: DescribeClusterResponse): DescribeClusterResponse {
  response.brokers = advertiseAll(context, response.brokers, ({ brokerId }) => brokerId);
  response.clusterAuthorizedOperations = ownClusterOperations(context, response.clusterAuthorizedOperations);
  return response;
}

/** Controllers are not to be reached through the gate. */
function wrongEndpoint(asked: number): DescribeClusterResponse {
  const known = asked === CONTROLLERS;
  return {
    errorCode: known ? ERROR.mismatchedEndpointType : ERROR.unsupportedEndpointType,
    errorMessage: known
      ? 'The request was sent to an endpoint of type BROKER, but we wanted an endpoint of type CONTROLLER'
      : `Unsupported endpoint type ${asked}`,
    endpointType: BROKERS,
    clusterId: '',
    controllerId: -1,
    brokers: [],
    clusterAuthorizedOperations: NOT_REQUESTED,
  };
}
