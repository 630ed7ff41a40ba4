import { metadataHandler } from '../../../../adapters/kafka/apis/metadata.ts';
import type { MetadataRequest, MetadataResponse } from '../../../../adapters/kafka/codec/schemas/metadata.ts';
import { NOT_REQUESTED, ZERO_UUID } from '../../../../adapters/kafka/error-codes.ts';
import { ALICE, IDS, UNKNOWN_ID } from '../support/alice.ts';
import { type Case, runCases, versions } from '../support/cases.ts';
import { EVERYTHING } from '../support/client-context.ts';

type Topic = MetadataResponse['topics'][number];

/** A broker, and how it is told. */
const BROKER = { nodeId: 1, host: 'kafka-1.internal', port: 29092, rack: 'r1' };
const TOLD = { nodeId: 1, host: 'gate.example', port: 9001, rack: 'r1' };

const PARTITION = {
  errorCode: 0,
  partitionIndex: 0,
  leaderId: 1,
  leaderEpoch: 3,
  replicaNodes: [1],
  isrNodes: [1],
  offlineReplicas: [],
};

/** As the broker describes it, with the gate's rights. */
function there(name: keyof typeof IDS, operations = NOT_REQUESTED): Topic {
  const topicAuthorizedOperations = operations;
  return {
    errorCode: 0,
    name,
    topicId: IDS[name],
    isInternal: false,
    partitions: [PARTITION],
    topicAuthorizedOperations,
  };
}

function without(
  errorCode: number,
  name: string | null,
  topicId: string = ZERO_UUID,
  operations = NOT_REQUESTED,
): Topic {
  return { errorCode, name, topicId, isInternal: false, partitions: [], topicAuthorizedOperations: operations };
}

function cluster(
  brokers: MetadataResponse['brokers'],
  topics: readonly Topic[],
  operations = NOT_REQUESTED,
): MetadataResponse {
  return { brokers, clusterId: 'c1', controllerId: 1, topics, clusterAuthorizedOperations: operations };
}

function named(...names: string[]): { name: string }[] {
  return names.map((name) => ({ name }));
}

const byId = (topicId: string, name: string | null = null) => ({ topicId, name });

/** What a super user may do with a topic, with the cluster. */
const ALL_OF_TOPIC = 3576;
const ALL_OF_CLUSTER = 8096;

const alice = { allow: ALICE, ids: IDS, unknown: [UNKNOWN_ID] };
const creator = { allow: [...ALICE, { topic: 'new-', prefix: true, operations: ['create', 'describe'] as const }] };
const creating = { ...creator, options: { autoCreateTopics: true } };

const CASES: readonly Case<MetadataRequest, MetadataResponse>[] = [
  {
    what: 'named topics: those that may not be described look alike, there or not, and come last',
    versions: versions(4, 13),
    client: alice,
    asks: {
      topics: named('allowed', 'secret', 'descr', 'missing-ok', 'nope', 'bad name', 'secret'),
      allowAutoTopicCreation: false,
    },
    sends: { topics: named('allowed', 'descr', 'missing-ok'), allowAutoTopicCreation: false },
    answer: cluster([BROKER], [there('allowed'), there('descr'), without(3, 'missing-ok')]),
    gets: cluster(
      [TOLD],
      [
        there('allowed'),
        there('descr'),
        without(3, 'missing-ok'),
        without(29, 'secret'),
        without(29, 'nope'),
        without(29, 'bad name'),
      ],
    ),
    refusals: ['describe topic:secret 29', 'describe topic:nope 29', 'describe topic:bad name 29'],
  },
  {
    what: 'operations are those of the client',
    versions: versions(8, 13),
    client: alice,
    asks: {
      topics: named('allowed', 'missing-ok', 'secret'),
      allowAutoTopicCreation: false,
      includeTopicAuthorizedOperations: true,
    },
    sends: {
      topics: named('allowed', 'missing-ok'),
      allowAutoTopicCreation: false,
      includeTopicAuthorizedOperations: true,
    },
    answer: cluster([BROKER], [there('allowed', ALL_OF_TOPIC), without(3, 'missing-ok', ZERO_UUID, ALL_OF_TOPIC)]),
    gets: cluster([TOLD], [there('allowed', 280), without(3, 'missing-ok', ZERO_UUID, 280), without(29, 'secret')]),
    refusals: ['describe topic:secret 29'],
  },
  {
    what: 'a request that is allowed goes on as it is, its answer with the gate as the broker',
    versions: versions(4, 13),
    client: alice,
    asks: { topics: named('allowed', 'descr'), allowAutoTopicCreation: false },
    sends: 'same',
    answer: cluster([BROKER], [there('descr'), there('allowed')]),
    gets: cluster([TOLD], [there('descr'), there('allowed')]),
  },
  {
    what: 'all topics: nothing hints at the others',
    versions: versions(1, 13),
    client: alice,
    asks: { topics: null },
    sends: 'same',
    answer: cluster([BROKER], [there('secret'), there('descr'), there('secret2'), there('deletable')]),
    gets: cluster([TOLD], [there('descr'), there('deletable')]),
  },
  {
    what: 'all topics, asked for by none',
    versions: [0],
    client: alice,
    asks: { topics: [] },
    sends: 'same',
    answer: cluster([BROKER], [there('secret'), there('descr')]),
    gets: cluster([TOLD], [there('descr')]),
  },
  {
    what: 'all topics, with the operations of the client',
    versions: versions(8, 13),
    client: alice,
    asks: { topics: null, includeTopicAuthorizedOperations: true },
    sends: 'same',
    answer: cluster([BROKER], [there('writeonly', ALL_OF_TOPIC), there('deletable', ALL_OF_TOPIC)]),
    gets: cluster([TOLD], [there('writeonly', 272), there('deletable', 320)]),
  },
  {
    what: 'no topics',
    versions: versions(1, 13),
    client: {},
    asks: { topics: [] },
    sends: 'same',
    answer: cluster([BROKER], []),
    gets: cluster([TOLD], []),
  },
  {
    what: 'where nothing may be described the broker is asked for no topic',
    versions: versions(4, 13),
    client: alice,
    asks: { topics: named('secret') },
    sends: { topics: [], allowAutoTopicCreation: false },
    answer: cluster([BROKER], []),
    gets: cluster([TOLD], [without(29, 'secret')]),
    refusals: ['describe topic:secret 29'],
  },
  {
    what: 'the same in versions in which none means all, or missing topics are created',
    versions: versions(0, 3),
    client: alice,
    asks: { topics: named('secret') },
    sends: { topics: [], allowAutoTopicCreation: false },
    inVersion: 4,
    answer: cluster([BROKER], []),
    gets: cluster([TOLD], [without(29, 'secret')]),
    refusals: ['describe topic:secret 29'],
  },
  {
    what: 'operations on the cluster need DESCRIBE on it',
    versions: versions(8, 10),
    client: alice,
    asks: { topics: [], includeClusterAuthorizedOperations: true },
    sends: 'same',
    answer: cluster([BROKER], [], ALL_OF_CLUSTER),
    gets: cluster([TOLD], [], 0),
  },
  {
    what: 'operations on the cluster are those of the client',
    versions: versions(8, 10),
    client: { allow: [{ cluster: true, operations: ['alter'] }] },
    asks: { topics: [], includeClusterAuthorizedOperations: true },
    sends: 'same',
    answer: cluster([BROKER], [], ALL_OF_CLUSTER),
    gets: cluster([TOLD], [], 384),
  },
  {
    what: 'all operations of one who may do everything',
    versions: versions(8, 10),
    client: { allow: EVERYTHING },
    asks: {
      topics: named('allowed'),
      allowAutoTopicCreation: false,
      includeClusterAuthorizedOperations: true,
      includeTopicAuthorizedOperations: true,
    },
    sends: 'same',
    answer: cluster([BROKER], [there('allowed', 256)], 256),
    gets: cluster([TOLD], [there('allowed', ALL_OF_TOPIC)], ALL_OF_CLUSTER),
  },
  {
    what: 'by id: unknown ones first, hidden ones last and without their name',
    versions: [12, 13],
    client: alice,
    asks: { topics: [byId(IDS.allowed), byId(IDS.secret), byId(UNKNOWN_ID), byId(IDS.descr), byId(IDS.allowed)] },
    sends: { topics: [byId(IDS.allowed), byId(IDS.descr)], allowAutoTopicCreation: false },
    answer: cluster([BROKER], [there('allowed'), there('descr')]),
    gets: cluster(
      [TOLD],
      [without(100, null, UNKNOWN_ID), there('allowed'), there('descr'), without(29, null, IDS.secret)],
    ),
    refusals: ['describe topic:secret 29'],
  },
  {
    what: 'by id, all allowed',
    versions: [12, 13],
    client: alice,
    asks: { topics: [byId(IDS.allowed), byId(IDS.descr)], includeTopicAuthorizedOperations: true },
    sends: 'same',
    answer: cluster([BROKER], [there('allowed', ALL_OF_TOPIC), without(100, null, IDS.descr)]),
    gets: cluster([TOLD], [there('allowed', 280), without(100, null, IDS.descr)]),
  },
  {
    what: 'with one id in it names count for nothing, and do not go on',
    versions: [12, 13],
    client: alice,
    asks: { topics: [byId(IDS.allowed, 'secret'), ...named('descr', 'nope')] },
    sends: { topics: [byId(IDS.allowed)], allowAutoTopicCreation: false },
    answer: cluster([BROKER], [there('allowed')]),
    gets: cluster([TOLD], [there('allowed')]),
  },
  {
    what: 'a name beside an id does not go on',
    versions: [12, 13],
    client: alice,
    asks: { topics: [byId(IDS.allowed, 'secret')] },
    sends: { topics: [byId(IDS.allowed)], allowAutoTopicCreation: false },
    answer: cluster([BROKER], [there('allowed')]),
    gets: cluster([TOLD], [there('allowed')]),
  },
  {
    what: 'ids that nobody asked the cluster about are looked up first',
    versions: [12, 13],
    client: { allow: ALICE },
    asks: { topics: [byId(IDS.allowed), byId(ZERO_UUID), byId(IDS.secret)] },
    looksUp: [IDS.allowed, IDS.secret],
  },
  {
    what: 'an id before version 12 fails all of it',
    versions: [10, 11],
    client: alice,
    asks: { topics: [byId(IDS.secret, 'allowed'), ...named('descr')] },
    gets: { brokers: [], topics: [without(42, 'allowed', IDS.secret), without(42, 'descr')] },
  },
  {
    what: 'a topic without a name before version 12 fails all of it',
    versions: [10, 11],
    client: alice,
    asks: { topics: [byId(ZERO_UUID)] },
    gets: { brokers: [], topics: [without(42, '')] },
  },
  {
    what: 'a topic with neither name nor id fails all of it',
    versions: [12, 13],
    client: alice,
    asks: { topics: [byId(ZERO_UUID), ...named('allowed')] },
    gets: { brokers: [], topics: [without(-1, ''), without(-1, 'allowed')], errorCode: -1 },
  },
  {
    what: 'nothing is created unless the operator lets it be',
    versions: versions(4, 13),
    client: { allow: EVERYTHING },
    asks: { topics: named('new-1'), allowAutoTopicCreation: true },
    sends: { topics: named('new-1'), allowAutoTopicCreation: false },
    answer: cluster([BROKER], [without(3, 'new-1')]),
    gets: cluster([TOLD], [without(3, 'new-1')]),
  },
  {
    what: 'nothing is created in versions that cannot say so either',
    versions: versions(0, 3),
    client: { allow: EVERYTHING },
    asks: { topics: named('new-1') },
    sends: { topics: named('new-1'), allowAutoTopicCreation: false },
    inVersion: 4,
    answer: { throttleTimeMs: 7, ...cluster([BROKER], [there('allowed'), without(3, 'new-1')]) },
    gets: { throttleTimeMs: 7, ...cluster([TOLD], [there('allowed'), without(3, 'new-1')]) },
  },
  {
    what: 'topics are created for who may create all that are asked for',
    versions: versions(0, 13),
    client: creating,
    asks: { topics: named('new-1', 'new-2') },
    sends: 'same',
    answer: cluster([BROKER], [without(5, 'new-1')]),
    gets: cluster([TOLD], [without(5, 'new-1')]),
  },
  {
    what: 'CREATE on the cluster is enough, and hidden topics do not go on',
    versions: versions(0, 13),
    client: { allow: [{ cluster: true, operations: ['create'] }, ...ALICE], options: { autoCreateTopics: true } },
    asks: { topics: named('missing-ok', 'secret') },
    sends: { topics: named('missing-ok'), allowAutoTopicCreation: true },
    answer: cluster([BROKER], [without(5, 'missing-ok')]),
    gets: cluster([TOLD], [without(5, 'missing-ok'), without(29, 'secret')]),
    refusals: ['describe topic:secret 29'],
  },
  {
    what: 'where topics may be created and none may be described the broker is asked for no topic',
    versions: versions(0, 3),
    client: creating,
    asks: { topics: named('secret') },
    sends: { topics: [], allowAutoTopicCreation: false },
    inVersion: 4,
    answer: cluster([BROKER], []),
    gets: cluster([TOLD], [without(29, 'secret')]),
    refusals: ['describe topic:secret 29'],
  },
  {
    what: 'a broker that creates nothing is no refusal',
    versions: versions(0, 13),
    client: { allow: [{ cluster: true, operations: ['create'] }, ...ALICE], options: { autoCreateTopics: true } },
    asks: { topics: named('missing-ok') },
    sends: 'same',
    answer: cluster([BROKER], [without(3, 'missing-ok')]),
    gets: cluster([TOLD], [without(3, 'missing-ok')]),
  },
  {
    what: 'nothing is created where one of them may not be; a missing one is refused',
    versions: versions(4, 13),
    client: creating,
    asks: { topics: named('new-1', 'missing-ok', 'allowed') },
    sends: { topics: named('new-1', 'missing-ok', 'allowed'), allowAutoTopicCreation: false },
    answer: cluster([BROKER], [without(3, 'new-1'), without(3, 'missing-ok'), there('allowed')]),
    gets: cluster([TOLD], [without(3, 'new-1'), without(29, 'missing-ok'), there('allowed')]),
    refusals: ['create topic:missing-ok 29'],
  },
  {
    what: 'a missing topic is just missing for who does not wish to create it',
    versions: versions(4, 13),
    client: creating,
    asks: { topics: named('missing-ok'), allowAutoTopicCreation: false },
    sends: 'same',
    answer: cluster([BROKER], [without(3, 'missing-ok')]),
    gets: cluster([TOLD], [without(3, 'missing-ok')]),
  },
  {
    what: 'brokers without an address at the gate are not told',
    versions: versions(1, 13),
    client: alice,
    asks: { topics: null },
    sends: 'same',
    answer: cluster([BROKER, { nodeId: 77, host: 'kafka-77.internal', port: 9092, rack: null }], [there('allowed')]),
    gets: cluster([TOLD], [there('allowed')]),
  },
  {
    what: 'rights that are lost while the broker answers hide the topic',
    versions: versions(4, 13),
    client: alice,
    later: { allow: [{ topic: 'descr', operations: ['describe'] }] },
    asks: { topics: named('allowed', 'descr'), allowAutoTopicCreation: false },
    sends: 'same',
    answer: cluster([BROKER], [there('allowed'), there('descr')]),
    gets: cluster([TOLD], [without(29, 'allowed'), there('descr')]),
    refusals: ['describe topic:allowed 29'],
  },
  {
    what: 'the same by id: the id is told, the name is not',
    versions: [12, 13],
    client: alice,
    later: {},
    asks: { topics: [byId(IDS.allowed)] },
    sends: 'same',
    answer: cluster([BROKER], [there('allowed')]),
    gets: cluster([TOLD], [without(29, null, IDS.allowed)]),
    refusals: ['describe topic:allowed 29'],
  },
  {
    what: 'that the client is to begin anew is passed on',
    versions: [13],
    client: alice,
    asks: { topics: null },
    sends: 'same',
    answer: { brokers: [], topics: [], errorCode: 129 },
    gets: { brokers: [], topics: [], errorCode: 129 },
  },
];

runCases(metadataHandler, CASES);
