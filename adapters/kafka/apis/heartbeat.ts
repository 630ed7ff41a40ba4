/** Heartbeat: READ on the group. */
import { type HeartbeatRequest, type HeartbeatResponse, heartbeat } from '../codec/schemas/heartbeat.ts';
import { ERROR } from '../error-codes.ts';
import { asMember, MEMBER_REFERENCE } from '../group-member.ts';
import type { Handler } from '../handler.ts';

export const heartbeatHandler: Handler<HeartbeatRequest, HeartbeatResponse> = {
  api: heartbeat,
  reference: { ...MEMBER_REFERENCE, notes: '' },
  request: (context, _request, { groupId }) =>
    asMember(context, groupId, { errorCode: ERROR.groupAuthorizationFailed }),
};
