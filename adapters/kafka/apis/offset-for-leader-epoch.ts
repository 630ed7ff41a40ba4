/** OffsetForLeaderEpoch (KIP-101, KIP-320): CLUSTER_ACTION on the cluster, or DESCRIBE on each topic. */

import { authorizer, clusterPermit } from '../authorize.ts';
import { authorizeTopics, topicsOutcome } from '../authorized-topics.ts';
import {
  type OffsetForLeaderEpochRequest,
  type OffsetForLeaderEpochResponse,
  offsetForLeaderEpoch,
} from '../codec/schemas/offset-for-leader-epoch.ts';
import { ERROR } from '../error-codes.ts';
import type { Handler } from '../handler.ts';
import { asConsumer } from '../replica-id.ts';

type Topic = OffsetForLeaderEpochRequest['topics'][number];
type TopicResponse = OffsetForLeaderEpochResponse['topics'][number];

export const offsetForLeaderEpochHandler: Handler<OffsetForLeaderEpochRequest, OffsetForLeaderEpochResponse> = {
  api: offsetForLeaderEpoch,
  reference: {
    rights: [
      ['clusterAction', 'cluster', 'the cluster, or'],
      ['describe', 'topic', 'each topic'],
    ],
    refusals: [[29, 'the topic']],
    notes: 'A replica id closes the connection.',
  },
  request(context, _request, asked) {
    const body = asConsumer(offsetForLeaderEpoch, asked);
    const everyTopic = clusterPermit(context, 'clusterAction');
    const decide = authorizer(context, 'describe', 'topic', ERROR.topicAuthorizationFailed, everyTopic);
    const sorted = authorizeTopics(body.topics, ({ topic }) => topic, decide, refuse);
    return topicsOutcome(asked, body, sorted, 'refused-last');
  },
};

function refuse({ topic, partitions }: Topic, errorCode: number): TopicResponse {
  const refusePartition = (partition: number) => ({ errorCode, partition, leaderEpoch: -1, endOffset: -1n });
  return { topic, partitions: partitions.map(({ partition }) => refusePartition(partition)) };
}
