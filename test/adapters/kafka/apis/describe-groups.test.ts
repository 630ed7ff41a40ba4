import { describeGroupsHandler } from '../../../../adapters/kafka/apis/describe-groups.ts';
import type {
  DescribeGroupsRequest,
  DescribeGroupsResponse,
} from '../../../../adapters/kafka/codec/schemas/describe-groups.ts';
import { NOT_REQUESTED } from '../../../../adapters/kafka/error-codes.ts';
import { ALICE } from '../support/alice.ts';
import { type Case, runCases, versions } from '../support/cases.ts';
import { EVERYTHING } from '../support/client-context.ts';

type Group = DescribeGroupsResponse['groups'][number];

const alice = { allow: ALICE };
const ALL_OF_GROUP = 3400;

const MEMBER = {
  memberId: 'm',
  clientId: 'c',
  clientHost: '/10.0.0.9',
  memberMetadata: Buffer.from('a'),
  memberAssignment: Buffer.alloc(0),
};

function there(groupId: string, authorizedOperations = NOT_REQUESTED): Group {
  const state = { groupState: 'Stable', protocolType: 'consumer', protocolData: 'range' };
  return { errorCode: 0, groupId, ...state, members: [MEMBER], authorizedOperations };
}

function failed(groupId: string, errorCode: number): Group {
  return { errorCode, groupId, groupState: '', protocolType: '', protocolData: '', members: [] };
}

function ask(groups: readonly string[], includeAuthorizedOperations = false): DescribeGroupsRequest {
  return { groups, includeAuthorizedOperations };
}

const CASES: readonly Case<DescribeGroupsRequest, DescribeGroupsResponse>[] = [
  {
    what: 'refused groups come first',
    versions: versions(0, 6),
    client: alice,
    asks: ask(['g-ok', 'g-no', 'g-secret', 'g-del']),
    sends: ask(['g-ok', 'g-del']),
    answer: { throttleTimeMs: 4, groups: [there('g-ok'), there('g-del')] },
    gets: { throttleTimeMs: 4, groups: [failed('g-no', 30), failed('g-secret', 30), there('g-ok'), there('g-del')] },
    refusals: ['describe group:g-no 30', 'describe group:g-secret 30'],
  },
  {
    what: 'operations are those of the client; refused and failed groups have none',
    versions: versions(3, 6),
    client: alice,
    asks: ask(['g-ok', 'g-no', 'g-del'], true),
    sends: ask(['g-ok', 'g-del'], true),
    answer: { groups: [there('g-ok', ALL_OF_GROUP), failed('g-del', 16)] },
    gets: { groups: [failed('g-no', 30), there('g-ok', 264), failed('g-del', 16)] },
    refusals: ['describe group:g-no 30'],
  },
  {
    what: 'operations, all allowed',
    versions: versions(3, 6),
    client: alice,
    asks: ask(['g-ok', 'g-del'], true),
    sends: 'same',
    answer: { groups: [there('g-del', ALL_OF_GROUP), there('g-ok', ALL_OF_GROUP)] },
    gets: { groups: [there('g-del', 328), there('g-ok', 264)] },
  },
  {
    what: 'operations are those at the moment of the response',
    versions: versions(3, 6),
    client: alice,
    later: { allow: EVERYTHING },
    asks: ask(['g-ok'], true),
    sends: 'same',
    answer: { groups: [there('g-ok', 8)] },
    gets: { groups: [there('g-ok', ALL_OF_GROUP)] },
  },
  {
    what: 'all allowed: DESCRIBE is enough',
    versions: versions(0, 6),
    client: { allow: [{ group: 'g-ok', operations: ['describe'] }] },
    asks: ask(['g-ok']),
    sends: 'same',
    answer: { groups: [there('g-ok')] },
    gets: 'same',
  },
  {
    what: 'none allowed; a group that is asked for twice is answered twice',
    versions: versions(0, 6),
    client: alice,
    asks: ask(['g-no', 'g-no', 'G-OK'], true),
    gets: { groups: [failed('g-no', 30), failed('g-no', 30), failed('G-OK', 30)] },
    refusals: ['describe group:g-no 30', 'describe group:G-OK 30'],
  },
  {
    what: 'no groups',
    versions: versions(0, 6),
    client: {},
    asks: ask([]),
    sends: 'same',
    answer: { groups: [] },
    gets: 'same',
  },
];

runCases(describeGroupsHandler, CASES);
