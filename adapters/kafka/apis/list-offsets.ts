/** ListOffsets (KIP-79, KIP-207, KIP-734): DESCRIBE on each topic, whatever the timestamp asks for. */
import { type ListOffsetsRequest, type ListOffsetsResponse, listOffsets } from '../codec/schemas/list-offsets.ts';
import { ERROR } from '../error-codes.ts';
import type { Handler } from '../handler.ts';
import { judge } from '../judge.ts';
import { asConsumer } from '../replica-id.ts';
import { sortTopics, topicsOutcome } from '../sorted-topics.ts';

type Topic = ListOffsetsRequest['topics'][number];
type TopicAnswer = ListOffsetsResponse['topics'][number];

export const listOffsetsHandler: Handler<ListOffsetsRequest, ListOffsetsResponse> = {
  api: listOffsets,
  reference: {
    rights: [['describe', 'topic', 'each topic']],
    refusals: [[29, 'the topic']],
    notes: 'The id of a replica closes the connection.',
  },
  request(context, _request, asked) {
    const body = asConsumer(listOffsets, asked);
    const describe = judge(context, 'describe', 'topic', ERROR.topicAuthorizationFailed);
    const sorted = sortTopics(body.topics, ({ name }) => name, describe, refuse);
    return topicsOutcome(asked, body, sorted, 'refused-last');
  },
};

/** Timestamp, offset and epoch have their default: -1. */
function refuse({ name, partitions }: Topic, errorCode: number): TopicAnswer {
  return { name, partitions: partitions.map(({ partitionIndex }) => ({ partitionIndex, errorCode })) };
}
