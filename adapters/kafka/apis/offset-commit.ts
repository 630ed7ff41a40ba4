/** OffsetCommit (KIP-211, KIP-320, KIP-848): READ on the group, then READ on each topic. */
import { REFUSED } from '../../../policies/decision.ts';
import { authorizer } from '../authorize.ts';
import { authorizeTopics, topicIdsOf, topicNameOf, topicsOutcome } from '../authorized-topics.ts';
import { type OffsetCommitRequest, type OffsetCommitResponse, offsetCommit } from '../codec/schemas/offset-commit.ts';
import { ERROR } from '../error-codes.ts';
import { readGroup } from '../group-member.ts';
import type { Handler } from '../handler.ts';
import { unresolvedIds } from '../topic-look-up.ts';

type Topic = OffsetCommitRequest['topics'][number];
type TopicResponse = OffsetCommitResponse['topics'][number];

export const offsetCommitHandler: Handler<OffsetCommitRequest, OffsetCommitResponse> = {
  api: offsetCommit,
  reference: {
    rights: [
      ['read', 'group', 'the group, then'],
      ['read', 'topic', 'each topic'],
    ],
    refusals: [
      [30, 'every topic'],
      [29, 'the topic'],
      [100, 'an unknown topic id'],
    ],
    notes: 'Other topics are committed.',
  },
  request(context, _request, body) {
    const { groupId, topics } = body;
    if (readGroup(context, groupId) === REFUSED) {
      const refused = topics.map((topic) => refuse(topic, ERROR.groupAuthorizationFailed));
      return { kind: 'respond', body: { topics: refused } };
    }
    const ids = unresolvedIds(context, topicIdsOf(topics));
    if (ids.length > 0) return { kind: 'resolve', ids };
    const read = authorizer(context, 'read', 'topic', ERROR.topicAuthorizationFailed);
    const sorted = authorizeTopics(topics, (topic) => topicNameOf(context, topic), read, refuse);
    return topicsOutcome(body, body, sorted, 'refused-first');
  },
};

function refuse({ partitions, ...which }: Topic, errorCode: number): TopicResponse {
  return { ...which, partitions: partitions.map(({ partitionIndex }) => ({ partitionIndex, errorCode })) };
}
