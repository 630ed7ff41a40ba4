/** LeaveGroup (KIP-345): READ on the group, whoever it is that leaves. */
import { type LeaveGroupRequest, type LeaveGroupResponse, leaveGroup } from '../codec/schemas/leave-group.ts';
import { ERROR } from '../error-codes.ts';
import { asMember, MEMBER_REFERENCE } from '../group-member.ts';
import type { Handler } from '../handler.ts';

export const leaveGroupHandler: Handler<LeaveGroupRequest, LeaveGroupResponse> = {
  api: leaveGroup,
  reference: { ...MEMBER_REFERENCE, notes: '' },
  request: (context, _request, { groupId }) =>
    asMember(context, groupId, { errorCode: ERROR.groupAuthorizationFailed, members: [] }),
};
