/** What each API of Kafka asks of the policy, the errors of the gate, and what is changed in responses: in words. */
import type { ApiRights } from './api-rights.ts';
import { GROUP_RIGHTS } from './group-rights.ts';

/** By Kafka's names of the APIs. */
export const API_RIGHTS: Readonly<Record<string, ApiRights>> = {
  ...GROUP_RIGHTS,
  Produce: {
    rights: [
      ['write', 'topic', 'each topic'],
      ['write', 'transactionalId', 'the transactional id, when a batch is transactional'],
    ],
    refusals: [
      [29, 'the topic'],
      [53, 'every topic of the request'],
      [87, 'a partition whose records are not one whole batch of the current format'],
      [100, 'an unknown topic id'],
    ],
    notes:
      'Allowed partitions are forwarded without the others. With `acks=0` there is no response: a refusal closes the connection. Addresses of leaders are those of the gate.',
  },
  Fetch: {
    rights: [['read', 'topic', 'each topic, of the request and again of the response']],
    refusals: [
      [29, 'the topic'],
      [70, 'a fetch session of the client'],
      [100, 'an unknown topic id'],
    ],
    notes: 'No fetch session is granted. A Fetch as a replica gets 29. Addresses of leaders are those of the gate.',
  },
  ListOffsets: {
    rights: [['describe', 'topic', 'each topic']],
    refusals: [[29, 'the topic']],
    notes: 'A replica id closes the connection.',
  },
  Metadata: {
    rights: [
      ['describe', 'topic', 'each topic'],
      ['create', 'cluster', 'the cluster, or'],
      ['create', 'topic', 'each topic, with `autoCreateTopics`, if the client wants missing ones created'],
      ['describe', 'cluster', 'the cluster, for the authorized operations on it'],
    ],
    refusals: [
      [29, 'the topic, whether it exists or not'],
      [42, 'a topic without a name, or with an id before version 12'],
      [100, 'an unknown topic id'],
      [-1, 'a topic without name and id'],
    ],
    notes:
      'Brokers have addresses of the gate, “all topics” are those with the right to describe, authorized operations are the client’s own.',
  },
  SaslHandshake: {
    rights: [],
    refusals: [[34, 'always: clients are identified by their certificates']],
    notes: 'The connection stays open.',
  },
  ApiVersions: {
    rights: [],
    refusals: [[35, 'a version that is not offered, in version 0']],
    notes: 'APIs and versions that both gate and broker support. `transaction.version` is omitted.',
  },
  CreateTopics: {
    rights: [
      ['create', 'cluster', 'the cluster, or'],
      ['create', 'topic', 'each topic'],
      ['describeConfigs', 'topic', 'a created topic, for its configuration in the response'],
    ],
    refusals: [
      [29, 'the topic; its configuration'],
      [42, 'a name that occurs twice; `__cluster_metadata`'],
    ],
    notes: 'Other topics are created.',
  },
  DeleteTopics: {
    rights: [
      ['delete', 'cluster', 'the cluster, or'],
      ['describe', 'topic', 'each topic, and'],
      ['delete', 'topic', 'each topic'],
    ],
    refusals: [
      [29, 'the topic'],
      [3, 'a missing topic, with the right to describe but not to delete it'],
      [42, 'a topic that is named twice, or both by name and by id'],
      [100, 'an unknown topic id'],
    ],
    notes: 'Results are sorted, so that their order reveals nothing.',
  },
  InitProducerId: {
    rights: [
      ['write', 'transactionalId', 'the transactional id; without an id'],
      ['write', 'topic', 'any topic, or'],
      ['idempotentWrite', 'cluster', 'the cluster'],
    ],
    refusals: [
      [53, 'a request with a transactional id'],
      [31, 'a request without one'],
    ],
    notes: '',
  },
  OffsetForLeaderEpoch: {
    rights: [
      ['clusterAction', 'cluster', 'the cluster, or'],
      ['describe', 'topic', 'each topic'],
    ],
    refusals: [[29, 'the topic']],
    notes: 'A replica id closes the connection.',
  },
  DescribeConfigs: {
    rights: [
      ['describeConfigs', 'topic', 'each topic'],
      ['describeConfigs', 'group', 'each group'],
      ['describeConfigs', 'cluster', 'the cluster, for brokers, their loggers and client metrics'],
    ],
    refusals: [
      [29, 'a topic'],
      [30, 'a group'],
      [31, 'other resources'],
      [42, 'the whole request, if one of its resource types is unknown'],
    ],
    notes: 'Broker settings with addresses (listeners, voters …) have no value and are marked sensitive.',
  },
  DescribeCluster: {
    rights: [['describe', 'cluster', 'the cluster, for the authorized operations on it']],
    refusals: [
      [114, 'controllers'],
      [115, 'another type of endpoint'],
    ],
    notes: 'Brokers have addresses of the gate.',
  },
  DescribeTopicPartitions: {
    rights: [['describe', 'topic', 'each topic']],
    refusals: [
      [29, 'the topic, whether it exists or not'],
      [42, 'a cursor at a topic that is not in the request'],
    ],
    notes:
      '“All topics” are those with the right to describe, also in pages. Authorized operations are the client’s own.',
  },
};
