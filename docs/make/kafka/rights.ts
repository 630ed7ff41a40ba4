/** What each API of Kafka asks of the policy, what it answers without, and what of its answers is changed: in words. */
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
      [87, 'a partition without records that a broker takes'],
      [100, 'an unknown topic id'],
    ],
    notes:
      'What is allowed goes on without the rest. With `acks=0` there is no answer: a refusal closes the connection. Addresses of leaders are the gate’s.',
  },
  Fetch: {
    rights: [['read', 'topic', 'each topic, when it is asked for and again when the answer passes']],
    refusals: [
      [29, 'the topic'],
      [70, 'a session that the client believes to have'],
      [100, 'an unknown topic id'],
    ],
    notes: 'No fetch session is ever given. A Fetch as a replica gets 29. Addresses of leaders are the gate’s.',
  },
  ListOffsets: {
    rights: [['describe', 'topic', 'each topic']],
    refusals: [[29, 'the topic']],
    notes: 'The id of a replica closes the connection.',
  },
  Metadata: {
    rights: [
      ['describe', 'topic', 'each topic'],
      ['create', 'cluster', 'the cluster, or'],
      ['create', 'topic', 'each topic, where `autoCreateTopics` is on and the client wants missing ones created'],
      ['describe', 'cluster', 'the cluster, to be told one’s rights on it'],
    ],
    refusals: [
      [29, 'the topic, whether it exists or not'],
      [42, 'a topic without a name, or with an id before version 12'],
      [100, 'an unknown topic id'],
      [-1, 'a topic without name and id'],
    ],
    notes:
      'Brokers are told by the gate’s addresses, “all topics” are those that may be described, rights are the client’s own.',
  },
  SaslHandshake: {
    rights: [],
    refusals: [[34, 'always: clients are known by their certificates']],
    notes: 'The connection stays open.',
  },
  ApiVersions: {
    rights: [],
    refusals: [[35, 'a version that is not offered, in version 0']],
    notes: 'APIs and versions that both gate and broker have. `transaction.version` is left out.',
  },
  CreateTopics: {
    rights: [
      ['create', 'cluster', 'the cluster, or'],
      ['create', 'topic', 'each topic'],
      ['describeConfigs', 'topic', 'a created topic, to be told its configuration'],
    ],
    refusals: [
      [29, 'the topic; in place of its configuration'],
      [42, 'a name that occurs twice, and `__cluster_metadata`'],
    ],
    notes: 'The others are created.',
  },
  DeleteTopics: {
    rights: [
      ['delete', 'cluster', 'the cluster, or'],
      ['describe', 'topic', 'each topic, and'],
      ['delete', 'topic', 'each topic'],
    ],
    refusals: [
      [29, 'the topic'],
      [3, 'a topic that may be described, not deleted, and does not exist'],
      [42, 'a topic that is named twice, or both by name and by id'],
      [100, 'an unknown topic id'],
    ],
    notes: 'Results are sorted, so that a place in the list says nothing.',
  },
  InitProducerId: {
    rights: [
      ['write', 'transactionalId', 'the transactional id; without one'],
      ['write', 'topic', 'any topic at all, or'],
      ['idempotentWrite', 'cluster', 'the cluster'],
    ],
    refusals: [
      [53, 'a request with a transactional id'],
      [31, 'one without'],
    ],
    notes: '',
  },
  OffsetForLeaderEpoch: {
    rights: [
      ['clusterAction', 'cluster', 'the cluster, or'],
      ['describe', 'topic', 'each topic'],
    ],
    refusals: [[29, 'the topic']],
    notes: 'The id of a replica closes the connection.',
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
      [31, 'the others'],
      [42, 'the whole request, when one of its types is unknown'],
    ],
    notes: 'Settings of brokers that hold addresses (listeners, voters …) have no value and are marked sensitive.',
  },
  DescribeCluster: {
    rights: [['describe', 'cluster', 'the cluster, to be told one’s rights on it']],
    refusals: [
      [114, 'controllers'],
      [115, 'another type of endpoint'],
    ],
    notes: 'Brokers are told by the gate’s addresses.',
  },
  DescribeTopicPartitions: {
    rights: [['describe', 'topic', 'each topic']],
    refusals: [
      [29, 'the topic, whether it exists or not'],
      [42, 'a cursor at a topic that is not asked for'],
    ],
    notes: '“All topics” are those that may be described; pages are cut from them. Rights are the client’s own.',
  },
};
