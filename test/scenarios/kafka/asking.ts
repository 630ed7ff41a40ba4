/** Requests that read, describe, join or create: rows 9, 22 to 24, 30 to 34, 38, 39, 43, 45, 46, 60 to 62. */
import { API } from '../../../adapters/kafka/apis/index.ts';
import type { Evasion } from './evasion.ts';
import { ask, rawAsk } from './frames.ts';

const denied = ['denied'] as const;
const hides = ['secret'];

interface Fetched {
  readonly topic?: string;
  readonly topicId?: string;
}

function fetch(version: number, topics: readonly Fetched[], more: object = {}): Buffer {
  const partitions = [{ partition: 0, fetchOffset: 0n, partitionMaxBytes: 65_536 }];
  return ask(API.fetch, version, {
    maxWaitMs: 0,
    minBytes: 0,
    topics: topics.map((topic) => ({ ...topic, partitions })),
    ...more,
  });
}

const refusedFetch = (version: number, errorCode: number) => [
  {
    key: API.fetch,
    version,
    body: { responses: [{ partitions: [{ errorCode, records: Buffer.alloc(0) }] }] },
  },
];

function oneAnswer(
  row: number,
  name: string,
  [key, version, request]: readonly [key: number, version: number, request: object],
  body: object,
  more: Partial<Evasion> = {},
): Evasion {
  return { row, name, sends: () => [ask(key, version, request)], answers: [{ key, version, body }], ...more };
}

const offsets = (topic: string, timestamp: bigint, replicaId = -1) => ({
  replicaId,
  topics: [{ name: topic, partitions: [{ partitionIndex: 0, timestamp }] }],
});
const join = (metadata: string) => ({
  groupId: 'erp-join',
  sessionTimeoutMs: 10_000,
  rebalanceTimeoutMs: 10_000,
  memberId: '',
  protocolType: 'consumer',
  protocols: [{ name: 'range', metadata: Buffer.from(metadata, 'hex') }],
});
const heartbeat = (more: object) => ({
  groupId: 'erp-new',
  memberId: 'AAAAAAAAAAAAAAAAAAAAAQ',
  memberEpoch: 0,
  instanceId: null,
  rackId: null,
  rebalanceTimeoutMs: 10_000,
  subscribedTopicNames: [],
  serverAssignor: null,
  topicPartitions: [],
  ...more,
});
const pages = (topics: readonly string[], topicName?: string) => ({
  topics: topics.map((name) => ({ name })),
  responsePartitionLimit: 100,
  cursor: topicName === undefined ? null : { topicName, partitionIndex: 0 },
});

export const ASKING: readonly Evasion[] = [
  oneAnswer(9, 'Metadata 0 of no topics, which means all', [API.metadata, 0, { topics: [] }], {}, { hides }),
  oneAnswer(9, 'Metadata 12 of null topics, which means all', [API.metadata, 12, { topics: null }], {}, { hides }),
  oneAnswer(9, 'Metadata 12 of no topics, which means none', [API.metadata, 12, { topics: [] }], { topics: [] }),
  oneAnswer(
    32,
    'all topics, of one who may see none',
    [API.metadata, 12, { topics: null }],
    { topics: [] },
    { who: 'nobody' },
  ),
  oneAnswer(
    32,
    'all offsets of another group',
    [API.offsetFetch, 7, { groupId: 'secret-group', topics: null }],
    { errorCode: 30, topics: [] },
    { rejected: denied },
  ),
  oneAnswer(
    32,
    'all groups, of one who may see none',
    [API.listGroups, 4, { statesFilter: [] }],
    { groups: [] },
    { who: 'nobody' },
  ),
  {
    row: 21,
    name: 'Fetch with the id of a topic that must not be read',
    sends: ({ ids }) => [fetch(15, [{ topicId: ids['secret'] as string }])],
    answers: refusedFetch(15, 29),
    rejected: denied,
    hides,
  },
  {
    row: 22,
    name: 'Metadata with the id of a hidden topic and the name of an allowed one',
    sends: ({ ids }) => [ask(API.metadata, 12, { topics: [{ topicId: ids['secret'], name: 'orders.a' }] })],
    answers: ({ ids }) => [
      {
        key: API.metadata,
        version: 12,
        body: { topics: [{ errorCode: 29, name: null, topicId: ids['secret'], partitions: [] }] },
      },
    ],
    rejected: denied,
    hides,
  },
  {
    row: 22,
    name: 'Metadata 10, which would echo a hidden id beside an allowed name, teaches nothing',
    sends: ({ ids }) => [
      ask(API.metadata, 10, { topics: [{ topicId: ids['secret'], name: 'orders.a' }] }),
      fetch(15, [{ topicId: ids['secret'] as string }]),
    ],
    answers: [{ key: API.metadata, version: 10, body: { topics: [{ errorCode: 42 }] } }, ...refusedFetch(15, 29)],
    rejected: denied,
    hides,
  },
  {
    row: 23,
    name: 'a fetch session of somebody else',
    sends: () => [fetch(12, [], { sessionId: 4711, sessionEpoch: 3 })],
    answers: [{ key: API.fetch, version: 12, body: { errorCode: 70, sessionId: 0, responses: [] } }],
  },
  {
    row: 23,
    name: 'a new fetch session is not opened',
    sends: () => [fetch(12, [{ topic: 'orders.a' }], { sessionId: 0, sessionEpoch: 0 })],
    answers: [{ key: API.fetch, version: 12, body: { errorCode: 0, sessionId: 0 } }],
  },
  {
    row: 24,
    name: 'Fetch as the replica of a broker',
    sends: () => [fetch(12, [{ topic: 'orders.a' }], { replicaId: 1 })],
    answers: refusedFetch(12, 29),
    rejected: denied,
  },
  {
    row: 24,
    name: 'Fetch as the replica of a broker, in a tag',
    sends: ({ ids }) => [
      fetch(15, [{ topicId: ids['orders.a'] as string }], { replicaState: { replicaId: 1, replicaEpoch: 1n } }),
    ],
    answers: refusedFetch(15, 29),
    rejected: denied,
  },
  ...[1n, 0n, -1n, -2n, -3n].map((timestamp) =>
    oneAnswer(
      61,
      `ListOffsets ${timestamp} of a hidden topic`,
      [API.listOffsets, 7, offsets('secret', timestamp)],
      { topics: [{ name: 'secret', partitions: [{ errorCode: 29, offset: -1n }] }] },
      { rejected: denied },
    ),
  ),
  ...(
    [
      ['ListOffsets', API.listOffsets, 7, (name: string) => offsets(name, -1n), 'topics'],
      [
        'OffsetForLeaderEpoch',
        API.offsetForLeaderEpoch,
        4,
        (topic: string) => ({ replicaId: -1, topics: [{ topic, partitions: [{ partition: 0, leaderEpoch: 0 }] }] }),
        'topics',
      ],
    ] as const
  ).flatMap(([name, key, version, request, list]) =>
    ['secret', 'missing'].map((topic) =>
      oneAnswer(
        30,
        `${name} as an oracle: ${topic}`,
        [key, version, request(topic)],
        { [list]: [{ partitions: [{ errorCode: 29 }] }] },
        { rejected: denied },
      ),
    ),
  ),
  ...['secret', 'missing'].map((topic) =>
    oneAnswer(
      60,
      `DescribeTopicPartitions as an oracle: ${topic}`,
      [API.describeTopicPartitions, 0, pages([topic])],
      { topics: [{ errorCode: 29, name: topic, partitions: [] }] },
      { rejected: denied },
    ),
  ),
  oneAnswer(
    31,
    'a page that begins at a hidden topic',
    [API.describeTopicPartitions, 0, pages([], 'secret')],
    { topics: [], nextCursor: null },
    { hides },
  ),
  oneAnswer(31, 'all topics by pages', [API.describeTopicPartitions, 0, pages([])], {}, { hides }),
  oneAnswer(
    33,
    'a subscription by regular expression',
    [API.consumerGroupHeartbeat, 1, heartbeat({ subscribedTopicRegex: '.*' })],
    { errorCode: 128, assignment: null },
    { hides },
  ),
  oneAnswer(
    33,
    'a subscription to a hidden topic',
    [API.consumerGroupHeartbeat, 1, heartbeat({ subscribedTopicNames: ['secret'] })],
    { errorCode: 29, assignment: null },
    { rejected: denied },
  ),
  oneAnswer(
    34,
    'a heartbeat in another group that changes nothing',
    [API.consumerGroupHeartbeat, 1, heartbeat({ groupId: 'other', memberEpoch: 1, subscribedTopicNames: null })],
    { errorCode: 30 },
    { rejected: denied },
  ),
  ...[0, 3, 4, 12].map((version) =>
    oneAnswer(
      38,
      `Metadata ${version} that would create a topic`,
      [API.metadata, version, { topics: [{ name: `orders.created${version}` }], allowAutoTopicCreation: true }],
      { topics: [{ errorCode: 3 }] },
    ),
  ),
  ...[
    [2, 42],
    [7, 42],
  ].map(([keyType, code]) =>
    oneAnswer(
      39,
      `FindCoordinator of key type ${keyType}`,
      [API.findCoordinator, 4, { keyType, coordinatorKeys: ['erp-1'] }],
      { coordinators: [{ errorCode: code }] },
    ),
  ),
  oneAnswer(43, 'SASL after mutual TLS', [API.saslHandshake, 1, { mechanism: 'PLAIN' }], {
    errorCode: 34,
    mechanisms: [],
  }),
  {
    row: 43,
    name: 'a bare SASL token after SaslHandshake 0',
    sends: () => [
      ask(API.saslHandshake, 0, { mechanism: 'PLAIN' }),
      Buffer.concat([Buffer.from([0, 0, 0, 12]), Buffer.from('\0admin\0admin')]),
    ],
    answers: [{ key: API.saslHandshake, version: 0, body: { errorCode: 34 } }],
    closed: 'unsupported-protocol',
  },
  {
    row: 43,
    name: 'SaslAuthenticate',
    sends: () => [rawAsk(36, 0, '00000000')],
    closed: 'unsupported-protocol',
  },
  {
    row: 45,
    name: 'one correlation id for all requests, an extreme one among them: answers keep their order',
    sends: () => [
      ask(API.metadata, 12, { topics: [{ name: 'orders.a' }] }, -1),
      ask(API.heartbeat, 4, { groupId: 'other', generationId: 1, memberId: 'm' }, -1),
      ask(API.saslHandshake, 1, { mechanism: 'PLAIN' }, -2147483648),
      ask(API.metadata, 12, { topics: [] }, -1),
    ],
    answers: [
      { key: API.metadata, version: 12, body: { topics: [{ name: 'orders.a' }] } },
      { key: API.heartbeat, version: 4, body: { errorCode: 30 } },
      { key: API.saslHandshake, version: 1, body: { errorCode: 34 } },
      { key: API.metadata, version: 12, body: { topics: [] } },
    ],
    rejected: denied,
  },
  {
    row: 46,
    name: 'fifty requests at once, all of them forbidden',
    sends: () => Array.from({ length: 50 }, (_, n) => ask(API.listOffsets, 7, offsets('secret', -1n), n)),
    answers: Array.from({ length: 50 }, () => ({
      key: API.listOffsets,
      version: 7,
      body: { topics: [{ partitions: [{ errorCode: 29 }] }] },
    })),
    rejected: denied,
  },
  ...[
    ['of which the list is longer than it is', '0000 7fffffff'],
    ['that is empty', ''],
    ['in version -1', 'ffff 00000000 ffffffff'],
  ].map(
    ([name, metadata]): Evasion => ({
      row: 62,
      name: `a subscription ${name}, which would leave the group mute`,
      sends: () => [ask(API.joinGroup, 5, join((metadata as string).replaceAll(' ', '')))],
      closed: 'malformed',
    }),
  ),
];
