/**
 * DescribeTopicPartitions (KIP-966): DESCRIBE on each topic. A request for all topics goes to the
 * broker as one for those that the client may describe: pages are cut by the broker, and neither
 * their size nor their cursor may hint at others.
 */
import { PERMIT_SESSION, REFUSED } from '../../../policies/decision.ts';
import { filterByAuthorized, isAuthorized, reauthorizer } from '../authorize.ts';
import {
  type DescribeTopicPartitionsRequest,
  type DescribeTopicPartitionsResponse,
  describeTopicPartitions,
} from '../codec/schemas/describe-topic-partitions.ts';
import { ERROR } from '../error-codes.ts';
import type { Context, Handler, Rewrite } from '../handler.ts';
import { hiddenTopic, rewriteOperations, withoutDescription } from '../topic-description.ts';
import { freshTopics } from '../topic-look-up.ts';

type Cursor = DescribeTopicPartitionsRequest['cursor'];
type TopicResponse = DescribeTopicPartitionsResponse['topics'][number];

export const describeTopicPartitionsHandler: Handler<DescribeTopicPartitionsRequest, DescribeTopicPartitionsResponse> =
  {
    api: describeTopicPartitions,
    reference: {
      rights: [['describe', 'topic', 'each topic']],
      refusals: [
        [29, 'the topic, whether it exists or not'],
        [42, 'a cursor at a topic that is not in the request'],
      ],
      notes:
        '“All topics” are those with the right to describe, also in pages. Authorized operations are the client’s own.',
    },
    request(context, _request, body) {
      const { cursor, topics } = body;
      const all = topics.length === 0;
      const asked = all ? [] : topics.map(({ name }) => name);
      if (!isSound(cursor, all ? undefined : asked)) {
        const refused = asked.map((name) => withoutDescription(ERROR.invalidRequest, name));
        return { kind: 'respond', body: page(refused) };
      }
      const wanted = all ? freshTopics(context) : asked;
      if (wanted === undefined) return { kind: 'list-topics' };
      const from = cursor?.topicName ?? '';
      // Both by UTF-16 code units, as Java's String.compareTo.
      const names = [...new Set(wanted)].filter((name) => name >= from).sort();
      const kept = filterByAuthorized(context, 'describe', 'topic', names, (name) => name);
      const hidden = all ? [] : names.filter((name) => !isAuthorized(context, 'describe', 'topic', name));
      if (kept.length === 0) return { kind: 'respond', body: page(refuse(context, hidden)) };
      const rewrite = all ? rewriteAll(kept) : rewriteNamed(hidden);
      if (!all && hidden.length === 0) return { kind: 'pass', permit: PERMIT_SESSION, rewrite };
      const changed = {
        ...body,
        topics: kept.map((name) => ({ name })),
        // A broker refuses a cursor at a topic that is not asked for.
        cursor: kept[0] === from ? cursor : null,
      };
      return { kind: 'send', body: changed, permit: PERMIT_SESSION, rewrite, partial: hidden.length > 0 };
    },
  };

/** Named topics must hold the one at which the page is to begin. */
function isSound(cursor: Cursor, names: readonly string[] | undefined): boolean {
  if (cursor === null) return true;
  return cursor.partitionIndex >= 0 && (names === undefined || names.includes(cursor.topicName));
}

function rewriteNamed(hidden: readonly string[]): Rewrite<DescribeTopicPartitionsResponse> {
  return (now, response) => {
    const describe = reauthorizer(now, 'describe', 'topic', ERROR.topicAuthorizationFailed);
    const sent = response.topics.map((topic) => {
      if (topic.name !== null && describe(topic.name) === REFUSED) return hiddenTopic(topic.name);
      rewriteOperations(now, topic);
      return topic;
    });
    const end = response.nextCursor?.topicName;
    // Refused topics stand on the page on which they would have been.
    const refused = end === undefined ? hidden : hidden.filter((name) => name < end);
    response.topics = [...sent, ...refuse(now, refused)];
    return response;
  };
}

/** `asked`: the names that went to the broker, ascending. */
function rewriteAll(asked: readonly string[]): Rewrite<DescribeTopicPartitionsResponse> {
  return (now, response) => {
    const describable = (name: string) => isAuthorized(now, 'describe', 'topic', name);
    response.topics = response.topics.filter(({ name, errorCode }) => {
      // It is gone since the list was made: who asks for all topics hears nothing of it.
      return name !== null && errorCode !== ERROR.unknownTopicOrPartition && describable(name);
    });
    for (const topic of response.topics) rewriteOperations(now, topic);
    const { nextCursor } = response;
    if (nextCursor !== null && !describable(nextCursor.topicName)) {
      const next = asked.find((name) => name > nextCursor.topicName && describable(name));
      response.nextCursor = next === undefined ? null : { topicName: next, partitionIndex: 0 };
    }
    return response;
  };
}

/** Named topics that the client may not describe: each refusal is recorded. */
function refuse(context: Context, names: readonly string[]): TopicResponse[] {
  return names.map((name) => {
    context.deny(context.access.explain('describe', 'topic', name), ERROR.topicAuthorizationFailed);
    return hiddenTopic(name);
  });
}

function page(topics: readonly TopicResponse[]): DescribeTopicPartitionsResponse {
  return { topics, nextCursor: null };
}
