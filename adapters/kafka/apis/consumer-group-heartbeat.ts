/**
 * ConsumerGroupHeartbeat (KIP-848): READ on the group, DESCRIBE on all topics that it subscribes to.
 *
 * Regular expressions never reach the broker: it would match them against all topics that the
 * gate may describe, and members share what was found.
 */
import { DEFAULT_DENY, type Decision, REFUSED } from '../../../policies/decision.ts';
import { authorizer } from '../authorize.ts';
import {
  type ConsumerGroupHeartbeatRequest,
  type ConsumerGroupHeartbeatResponse,
  consumerGroupHeartbeat,
} from '../codec/schemas/consumer-group-heartbeat.ts';
import { ERROR } from '../error-codes.ts';
import { asMember } from '../group-member.ts';
import type { Handler } from '../handler.ts';

type Answer = ConsumerGroupHeartbeatResponse;

export const consumerGroupHeartbeatHandler: Handler<ConsumerGroupHeartbeatRequest, Answer> = {
  api: consumerGroupHeartbeat,
  reference: {
    rights: [
      ['read', 'group', 'the group, then'],
      ['describe', 'topic', 'every topic of the subscription'],
    ],
    refusals: [
      [30, 'the request'],
      [29, 'the request'],
      [128, 'a subscription by regular expression'],
    ],
    notes: '',
  },
  request(context, _request, { groupId, subscribedTopicNames, subscribedTopicRegex }) {
    const member = asMember(context, groupId, refuse(ERROR.groupAuthorizationFailed));
    if (member.kind !== 'pass') return member;
    const describe = authorizer(context, 'describe', 'topic', ERROR.topicAuthorizationFailed);
    const denied = (subscribedTopicNames ?? []).filter((name) => describe(name) === REFUSED);
    if (denied.length > 0) return { kind: 'respond', body: refuse(ERROR.topicAuthorizationFailed) };
    // An empty one ends a subscription.
    if (subscribedTopicRegex == null || subscribedTopicRegex === '') return member;
    context.deny(unsupported(subscribedTopicRegex), ERROR.invalidRegularExpression);
    return { kind: 'respond', body: refuse(ERROR.invalidRegularExpression, UNSUPPORTED) };
  },
};

const UNSUPPORTED = 'Regular expressions are not supported by this gate.';

function unsupported(pattern: string): Decision {
  return {
    verdict: 'deny',
    action: 'describe',
    resource: `topic:${pattern}`,
    ruleId: DEFAULT_DENY,
    role: '',
    cause: 'denied',
    reason: 'subscriptions by regular expression are not supported',
  };
}

function refuse(errorCode: number, errorMessage: string | null = null): Answer {
  return { errorCode, errorMessage, memberId: null, memberEpoch: 0, heartbeatIntervalMs: 0, assignment: null };
}
