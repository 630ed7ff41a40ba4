/**
 * JoinGroup (KIP-62, KIP-345, KIP-394): READ on the group. As in Kafka, the topics that a member
 * names in its metadata are not authorised.
 */
import { type JoinGroupRequest, type JoinGroupResponse, joinGroup } from '../codec/schemas/join-group.ts';
import { checkSubscription } from '../consumer-subscription.ts';
import { ERROR } from '../error-codes.ts';
import { asMember, MEMBER_REFERENCE } from '../group-member.ts';
import type { Handler } from '../handler.ts';

/** From this version on there is no protocol where there was one without a name. */
const WITH_NULL_PROTOCOL = 7;
/** The only protocol type whose metadata a coordinator reads. */
const CONSUMER = 'consumer';

export const joinGroupHandler: Handler<JoinGroupRequest, JoinGroupResponse> = {
  api: joinGroup,
  reference: { ...MEMBER_REFERENCE, notes: 'A malformed consumer subscription closes the connection.' },
  request(context, { version }, { groupId, protocolType, protocols }) {
    const outcome = asMember(context, groupId, {
      errorCode: ERROR.groupAuthorizationFailed,
      generationId: -1,
      protocolName: version < WITH_NULL_PROTOCOL ? '' : null,
      leader: '',
      memberId: '',
      members: [],
    });
    if (outcome.kind === 'pass' && protocolType === CONSUMER) {
      for (const { metadata } of protocols) checkSubscription(metadata);
    }
    return outcome;
  },
};
