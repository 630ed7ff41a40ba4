/** ListOffsets (KIP-79, KIP-207, KIP-734): DESCRIBE on each topic, whatever the timestamp asks for. */

import { authorizer } from '../authorize.ts';
import { authorizeTopics, topicsOutcome } from '../authorized-topics.ts';
import { type ListOffsetsRequest, type ListOffsetsResponse, listOffsets } from '../codec/schemas/list-offsets.ts';
import { ERROR } from '../error-codes.ts';
import type { Handler } from '../handler.ts';
import { asConsumer } from '../replica-id.ts';

type Topic = ListOffsetsRequest['topics'][number];
type TopicResponse = ListOffsetsResponse['topics'][number];

export const listOffsetsHandler: Handler<ListOffsetsRequest, ListOffsetsResponse> = {
  api: listOffsets,
  reference: {
    rights: [['describe', 'topic', 'each topic']],
    refusals: [[29, 'the topic']],
    notes: 'A replica id closes the connection.',
  },
  request(context, _request, asked) {
    const body = asConsumer(listOffsets, asked);
    const describe = authorizer(context, 'describe', 'topic', ERROR.topicAuthorizationFailed);
    const sorted = authorizeTopics(body.topics, ({ name }) => name, describe, refuse);
    return topicsOutcome(asked, body, sorted, 'refused-last');
  },
};

/** Timestamp, offset and epoch have their default: -1. */
function refuse({ name, partitions }: Topic, errorCode: number): TopicResponse {
  return { name, partitions: partitions.map(({ partitionIndex }) => ({ partitionIndex, errorCode })) };
}
