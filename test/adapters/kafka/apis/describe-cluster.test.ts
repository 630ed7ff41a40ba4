import { describeClusterHandler } from '../../../../adapters/kafka/apis/describe-cluster.ts';
import type {
  DescribeClusterRequest,
  DescribeClusterResponse,
} from '../../../../adapters/kafka/codec/schemas/describe-cluster.ts';
import { NOT_REQUESTED } from '../../../../adapters/kafka/error-codes.ts';
import { type Case, runCases } from '../support/cases.ts';
import { EVERYTHING } from '../support/client-context.ts';

type Brokers = DescribeClusterResponse['brokers'];

const BROKER = { brokerId: 1, host: 'kafka-1.internal', port: 29092, rack: 'r1', isFenced: true };
const TOLD = { brokerId: 1, host: 'gate.example', port: 9001, rack: 'r1', isFenced: true };

function cluster(brokers: Brokers, clusterAuthorizedOperations = NOT_REQUESTED): DescribeClusterResponse {
  return {
    errorCode: 0,
    errorMessage: null,
    endpointType: 1,
    clusterId: 'c1',
    controllerId: 1,
    brokers,
    clusterAuthorizedOperations,
  };
}

function refused(errorCode: number, errorMessage: string): DescribeClusterResponse {
  return { ...cluster([]), errorCode, errorMessage, clusterId: '', controllerId: -1 };
}

const PLAIN = { includeClusterAuthorizedOperations: false };
const WITH_OPERATIONS = { includeClusterAuthorizedOperations: true };

const CASES: readonly Case<DescribeClusterRequest, DescribeClusterResponse>[] = [
  {
    what: 'whoever is connected is told the brokers as the gate',
    versions: [0, 1, 2],
    client: {},
    asks: PLAIN,
    sends: 'same',
    answer: cluster([BROKER, { ...BROKER, brokerId: 77 }]),
    gets: cluster([TOLD]),
  },
  {
    what: 'operations need DESCRIBE on the cluster',
    versions: [0, 1, 2],
    client: {},
    asks: WITH_OPERATIONS,
    sends: 'same',
    answer: cluster([BROKER], 8096),
    gets: cluster([TOLD], 0),
  },
  {
    what: 'operations are those of the client',
    versions: [0, 1, 2],
    client: { allow: EVERYTHING, deny: [{ cluster: true, operations: ['clusterAction'] }] },
    asks: WITH_OPERATIONS,
    sends: 'same',
    answer: cluster([BROKER], 256),
    gets: cluster([TOLD], 8096 - 512),
  },
  {
    what: 'controllers are not to be reached here',
    versions: [1, 2],
    client: { allow: EVERYTHING },
    asks: { ...PLAIN, endpointType: 2 },
    gets: refused(
      114,
      'The request was sent to an endpoint of type BROKER, but we wanted an endpoint of type CONTROLLER',
    ),
  },
  {
    what: 'nor is anything else',
    versions: [1, 2],
    client: { allow: EVERYTHING },
    asks: { ...PLAIN, endpointType: 9 },
    gets: refused(115, 'Unsupported endpoint type 9'),
  },
];

runCases(describeClusterHandler, CASES);
