/**
 * DescribeGroups (KIP-430, KIP-1043): DESCRIBE on each group. The `clientHost` of a member that
 * came through the gate is the gate's address, as the broker sees it.
 */
import { PERMIT_SESSION, type Permit, REFUSED } from '../../../policies/decision.ts';
import { authorizer } from '../authorize.ts';
import { ownOperations } from '../authorized-operations.ts';
import {
  type DescribeGroupsRequest,
  type DescribeGroupsResponse,
  describeGroups,
} from '../codec/schemas/describe-groups.ts';
import { ERROR, NOT_REQUESTED } from '../error-codes.ts';
import type { Context, Handler } from '../handler.ts';

type GroupResponse = DescribeGroupsResponse['groups'][number];

export const describeGroupsHandler: Handler<DescribeGroupsRequest, DescribeGroupsResponse> = {
  api: describeGroups,
  reference: {
    rights: [['describe', 'group', 'each group']],
    refusals: [[30, 'the group']],
    notes:
      'Authorized operations are the client’s own. `clientHost` of members behind the gate is the address of the gate.',
  },
  request(context, _request, body) {
    const describe = authorizer(context, 'describe', 'group', ERROR.groupAuthorizationFailed);
    const kept = body.groups.filter((groupId) => describe(groupId) > REFUSED);
    const refused = body.groups.filter((groupId) => describe(groupId) === REFUSED).map(refuse);
    if (kept.length === 0 && refused.length > 0) return { kind: 'respond', body: { groups: refused } };
    const permit: Permit = kept[0] === undefined ? PERMIT_SESSION : describe(kept[0]);
    const operations = body.includeAuthorizedOperations === true;
    if (refused.length === 0 && !operations) return { kind: 'pass', permit };
    const rewrite = (now: Context, response: DescribeGroupsResponse): DescribeGroupsResponse => {
      response.groups = [...refused, ...response.groups.map((group) => withOwnOperations(now, group))];
      return response;
    };
    if (refused.length === 0) return { kind: 'pass', permit, rewrite };
    return { kind: 'send', body: { ...body, groups: kept }, permit, rewrite, partial: true };
  },
};

function withOwnOperations(context: Context, group: GroupResponse): GroupResponse {
  const { groupId, authorizedOperations: sent = NOT_REQUESTED } = group;
  return { ...group, authorizedOperations: ownOperations(context, 'group', groupId, sent) };
}

function refuse(groupId: string): GroupResponse {
  const errorCode = ERROR.groupAuthorizationFailed;
  return { errorCode, groupId, groupState: '', protocolType: '', protocolData: '', members: [] };
}
