import { findCoordinatorHandler } from '../../../../adapters/kafka/apis/find-coordinator.ts';
import type {
  FindCoordinatorRequest,
  FindCoordinatorResponse,
} from '../../../../adapters/kafka/codec/schemas/find-coordinator.ts';
import { ERROR_TEXT } from '../../../../adapters/kafka/error-codes.ts';
import { ALICE } from '../support/alice.ts';
import { type Case, runCases, versions } from '../support/cases.ts';
import { EVERYTHING } from '../support/client-context.ts';

const alice = { allow: ALICE };

const AT_BROKER = { nodeId: 1, host: 'kafka-1.internal', port: 29092 };
const AT_GATE = { nodeId: 1, host: 'gate.example', port: 9001 };
const ELSEWHERE = { nodeId: 77, host: 'kafka-77.internal', port: 29092 };
const NOWHERE = { nodeId: -1, host: '', port: -1 };

function one(errorCode: number, errorMessage: string, at = NOWHERE): FindCoordinatorResponse {
  return { errorCode, errorMessage, ...at };
}

function entry(key: string, errorCode: number, at = NOWHERE, errorMessage = '') {
  return { key, errorCode, errorMessage, ...at };
}

const CASES: readonly Case<FindCoordinatorRequest, FindCoordinatorResponse>[] = [
  {
    what: 'a group that may not be described',
    versions: versions(0, 3),
    client: alice,
    asks: { key: 'g-no', keyType: 0 },
    gets: one(30, 'Group authorization failed.'),
    refusals: ['describe group:g-no 30'],
  },
  {
    what: 'a transactional id that may not be described',
    versions: versions(1, 3),
    client: alice,
    asks: { key: 'tx-no', keyType: 1 },
    gets: one(53, 'Transactional Id authorization failed.'),
    refusals: ['describe transactionalId:tx-no 53'],
  },
  {
    what: 'a group that may be described has its coordinator at the gate',
    versions: versions(0, 3),
    client: alice,
    asks: { key: 'g-ok', keyType: 0 },
    sends: 'same',
    answer: { throttleTimeMs: 5, ...one(0, 'NONE', AT_BROKER) },
    gets: { throttleTimeMs: 5, ...one(0, 'NONE', AT_GATE) },
  },
  {
    what: 'a transactional id too',
    versions: versions(1, 3),
    client: alice,
    asks: { key: 'tx-ok', keyType: 1 },
    sends: 'same',
    answer: one(0, 'NONE', AT_BROKER),
    gets: one(0, 'NONE', AT_GATE),
  },
  {
    what: 'a coordinator without an address at the gate is not available',
    versions: versions(0, 3),
    client: alice,
    asks: { key: 'g-ok' },
    sends: 'same',
    answer: one(0, 'NONE', ELSEWHERE),
    gets: one(15, 'The coordinator is not available.'),
  },
  {
    what: "a broker's error stays",
    versions: versions(0, 3),
    client: alice,
    asks: { key: 'g-ok' },
    sends: 'same',
    answer: one(15, 'The coordinator is not available.'),
    gets: one(15, 'The coordinator is not available.'),
  },
  {
    what: 'a right that is lost while the broker answers',
    versions: versions(0, 3),
    client: alice,
    later: {},
    asks: { key: 'g-ok' },
    sends: 'same',
    answer: one(0, 'NONE', AT_BROKER),
    gets: one(30, 'Group authorization failed.'),
    refusals: ['describe group:g-ok 30'],
  },
  {
    what: 'groups, some refused: in the order of the request',
    versions: versions(4, 6),
    client: alice,
    asks: { keyType: 0, coordinatorKeys: ['g-no', 'g-ok', 'g-del', 'g-no'] },
    sends: { keyType: 0, coordinatorKeys: ['g-ok', 'g-del'] },
    answer: { coordinators: [entry('g-del', 0, ELSEWHERE), entry('g-ok', 0, AT_BROKER)] },
    gets: { coordinators: [entry('g-no', 30), entry('g-ok', 0, AT_GATE), entry('g-del', 15), entry('g-no', 30)] },
    refusals: ['describe group:g-no 30'],
  },
  {
    what: 'transactional ids, some refused',
    versions: versions(4, 6),
    client: alice,
    asks: { keyType: 1, coordinatorKeys: ['tx-no', 'tx-ok'] },
    sends: { keyType: 1, coordinatorKeys: ['tx-ok'] },
    answer: { throttleTimeMs: 5, coordinators: [entry('tx-ok', 0, AT_BROKER)] },
    gets: { throttleTimeMs: 5, coordinators: [entry('tx-no', 53), entry('tx-ok', 0, AT_GATE)] },
    refusals: ['describe transactionalId:tx-no 53'],
  },
  {
    what: 'all refused',
    versions: versions(4, 6),
    client: alice,
    asks: { keyType: 0, coordinatorKeys: ['g-no', 'tx-ok'] },
    gets: { coordinators: [entry('g-no', 30), entry('tx-ok', 30)] },
    refusals: ['describe group:g-no 30', 'describe group:tx-ok 30'],
  },
  {
    what: 'none asked for',
    versions: versions(4, 6),
    client: {},
    asks: { keyType: 0, coordinatorKeys: [] },
    sends: 'same',
    answer: { coordinators: [] },
    gets: { coordinators: [] },
  },
  {
    what: 'what was not asked for is not told',
    versions: versions(4, 6),
    client: { allow: EVERYTHING },
    asks: { keyType: 0, coordinatorKeys: ['a'] },
    sends: 'same',
    answer: { coordinators: [entry('b', 0, AT_BROKER), entry('a', 0, AT_BROKER)] },
    gets: { coordinators: [entry('a', 0, AT_GATE)] },
  },
  {
    what: 'share partitions need CLUSTER_ACTION',
    versions: [6],
    client: alice,
    asks: { keyType: 2, coordinatorKeys: ['g-ok:x:0', 'y'] },
    gets: {
      coordinators: [
        entry('g-ok:x:0', 31, NOWHERE, 'Cluster authorization failed.'),
        entry('y', 31, NOWHERE, 'Cluster authorization failed.'),
      ],
    },
    refusals: ['clusterAction cluster 31'],
  },
  {
    what: 'share partitions are not served to anybody',
    versions: [6],
    client: { allow: EVERYTHING },
    asks: { keyType: 2, coordinatorKeys: ['x'] },
    gets: { coordinators: [entry('x', 42, NOWHERE, ERROR_TEXT.invalidRequest)] },
  },
  {
    what: 'share partitions before their version',
    versions: [4, 5],
    client: { allow: EVERYTHING },
    asks: { keyType: 2, coordinatorKeys: ['x', 'y'] },
    gets: { coordinators: [entry('x', 42), entry('y', 42)] },
  },
  {
    what: 'share partitions where there is one key',
    versions: versions(1, 3),
    client: { allow: EVERYTHING },
    asks: { keyType: 2, key: 'x' },
    gets: one(42, ERROR_TEXT.invalidRequest),
  },
  {
    what: 'a type of key that nobody knows',
    versions: versions(4, 6),
    client: { allow: EVERYTHING },
    asks: { keyType: 9, coordinatorKeys: ['x'] },
    gets: { coordinators: [entry('x', 42, NOWHERE, ERROR_TEXT.invalidRequest)] },
  },
  {
    what: 'a negative type of key',
    versions: versions(1, 3),
    client: { allow: EVERYTHING },
    asks: { keyType: -1, key: 'x' },
    gets: one(42, ERROR_TEXT.invalidRequest),
  },
];

runCases(findCoordinatorHandler, CASES);
