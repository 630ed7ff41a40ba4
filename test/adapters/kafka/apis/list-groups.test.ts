import { listGroupsHandler } from '../../../../adapters/kafka/apis/list-groups.ts';
import type { ListGroupsRequest, ListGroupsResponse } from '../../../../adapters/kafka/codec/schemas/list-groups.ts';
import { ALICE } from '../support/alice.ts';
import { type Case, runCases, versions } from '../support/cases.ts';

const alice = { allow: ALICE };

function list(...groupIds: string[]): ListGroupsResponse {
  const groups = groupIds.map((groupId) => ({
    groupId,
    protocolType: 'consumer',
    groupState: 'Stable',
    groupType: 'classic',
  }));
  return { throttleTimeMs: 2, errorCode: 0, groups };
}

const ASKS: ListGroupsRequest = { statesFilter: ['Stable'], typesFilter: ['classic'] };

const CASES: readonly Omit<Case<ListGroupsRequest, ListGroupsResponse>, 'versions' | 'asks' | 'sends'>[] = [
  {
    what: 'groups that may not be described are left out without a word',
    client: alice,
    answer: list('g-ok', 'g-secret', 'g-del', 'g'),
    gets: list('g-ok', 'g-del'),
  },
  { what: 'all of them may be described', client: alice, answer: list('g-del', 'g-ok'), gets: 'same' },
  {
    what: 'DESCRIBE on a group is enough, and READ is not where DESCRIBE is denied',
    client: {
      allow: [{ group: '*', operations: ['describe', 'read'] }],
      deny: [{ group: 'g-secret', operations: ['describe'] }],
    },
    answer: list('g-ok', 'g-secret'),
    gets: list('g-ok'),
  },
  { what: 'none of them', client: {}, answer: list('g-ok', 'g-secret'), gets: list() },
  {
    what: 'DESCRIBE on the cluster is enough for all, even denied ones',
    client: {
      allow: [{ cluster: true, operations: ['describe'] }],
      deny: [{ group: '*', operations: ['all'] }],
    },
    answer: list('g-ok', 'g-secret'),
    gets: 'same',
  },
  {
    what: 'it is DESCRIBE at the moment of the response',
    client: { allow: [{ cluster: true, operations: ['describe'] }] },
    later: alice,
    answer: list('g-ok', 'g-secret'),
    gets: list('g-ok'),
  },
  {
    what: 'an error stays, and what comes with it is filtered',
    client: alice,
    answer: { ...list('g-secret'), errorCode: 14 },
    gets: { ...list(), errorCode: 14 },
  },
];

runCases(
  listGroupsHandler,
  CASES.map((one) => ({ ...one, versions: versions(0, 5), asks: ASKS, sends: 'same' })),
);
