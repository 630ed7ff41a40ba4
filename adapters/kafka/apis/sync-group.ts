/** SyncGroup (KIP-559): READ on the group, once the request says which protocol it means. */
import { type SyncGroupRequest, type SyncGroupResponse, syncGroup } from '../codec/schemas/sync-group.ts';
import { ERROR } from '../error-codes.ts';
import { asMember, MEMBER_REFERENCE } from '../group-member.ts';
import type { Handler } from '../handler.ts';

/** From this version on the protocol has to be named. */
const WITH_PROTOCOL = 5;

export const syncGroupHandler: Handler<SyncGroupRequest, SyncGroupResponse> = {
  api: syncGroup,
  reference: {
    ...MEMBER_REFERENCE,
    refusals: [...MEMBER_REFERENCE.refusals, [23, 'a request of version 5 or newer that names no protocol']],
    notes: '',
  },
  request(context, { version }, { groupId, protocolType, protocolName }) {
    const named = protocolType != null && protocolName != null;
    if (version >= WITH_PROTOCOL && !named) {
      return { kind: 'respond', body: { errorCode: ERROR.inconsistentGroupProtocol, assignment: NOTHING } };
    }
    return asMember(context, groupId, { errorCode: ERROR.groupAuthorizationFailed, assignment: NOTHING });
  },
};

const NOTHING = new Uint8Array(0);
