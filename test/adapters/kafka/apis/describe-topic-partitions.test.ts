import { describeTopicPartitionsHandler } from '../../../../adapters/kafka/apis/describe-topic-partitions.ts';
import type {
  DescribeTopicPartitionsRequest,
  DescribeTopicPartitionsResponse,
} from '../../../../adapters/kafka/codec/schemas/describe-topic-partitions.ts';
import { NOT_REQUESTED, ZERO_UUID } from '../../../../adapters/kafka/error-codes.ts';
import type { KafkaRuleSource } from '../../../../policies/source.ts';
import { ALICE, IDS } from '../support/alice.ts';
import { type Case, runCases } from '../support/cases.ts';

type Topic = DescribeTopicPartitionsResponse['topics'][number];
type Cursor = DescribeTopicPartitionsResponse['nextCursor'];

const alice = { allow: ALICE, topics: Object.keys(IDS) };
const ALL_OF_TOPIC = 3576;

const PARTITION = {
  errorCode: 0,
  partitionIndex: 0,
  leaderId: 1,
  leaderEpoch: 3,
  replicaNodes: [1],
  isrNodes: [1],
  eligibleLeaderReplicas: null,
  lastKnownElr: null,
  offlineReplicas: [],
};

function there(name: keyof typeof IDS, topicAuthorizedOperations = ALL_OF_TOPIC): Topic {
  return {
    errorCode: 0,
    name,
    topicId: IDS[name],
    isInternal: false,
    partitions: [PARTITION],
    topicAuthorizedOperations,
  };
}

function without(errorCode: number, name: string, topicAuthorizedOperations = NOT_REQUESTED): Topic {
  return { errorCode, name, topicId: ZERO_UUID, isInternal: false, partitions: [], topicAuthorizedOperations };
}

function ask(
  names: readonly string[],
  cursor: Cursor = null,
  responsePartitionLimit = 100,
): DescribeTopicPartitionsRequest {
  return { topics: names.map((name) => ({ name })), responsePartitionLimit, cursor };
}

function page(topics: readonly Topic[], nextCursor: Cursor = null): DescribeTopicPartitionsResponse {
  return { topics, nextCursor };
}

const at = (topicName: string, partitionIndex = 0) => ({ topicName, partitionIndex });

const VISIBLE = ['allowed', 'deletable', 'descr', 'readonly', 'writeonly'];
const describes = (...names: string[]): KafkaRuleSource[] =>
  names.map((topic) => ({ topic, operations: ['describe'] }));

const CASES: readonly Omit<Case<DescribeTopicPartitionsRequest, DescribeTopicPartitionsResponse>, 'versions'>[] = [
  {
    what: 'named topics: refused ones come last, and look alike, there or not',
    client: alice,
    asks: ask(['secret', 'allowed', 'descr', 'missing-ok', 'nope', 'nope']),
    sends: ask(['allowed', 'descr', 'missing-ok']),
    answer: page([there('allowed'), there('descr'), without(3, 'missing-ok', ALL_OF_TOPIC)]),
    gets: page([
      there('allowed', 280),
      there('descr', 256),
      without(3, 'missing-ok', 280),
      without(29, 'nope'),
      without(29, 'secret'),
    ]),
    refusals: ['describe topic:nope 29', 'describe topic:secret 29'],
  },
  {
    what: 'named topics, all allowed',
    client: alice,
    asks: ask(['descr', 'allowed'], at('allowed', 1), 7),
    sends: 'same',
    answer: page([there('allowed')], at('descr')),
    gets: page([there('allowed', 280)], at('descr')),
  },
  {
    what: 'named topics, none allowed',
    client: alice,
    asks: ask(['secret', 'nope']),
    gets: page([without(29, 'nope'), without(29, 'secret')]),
    refusals: ['describe topic:nope 29', 'describe topic:secret 29'],
  },
  {
    what: 'a refused topic stands on the page on which it would have been',
    client: alice,
    asks: ask(['b', 'allowed', 'descr', 'secret'], null, 1),
    sends: ask(['allowed', 'descr'], null, 1),
    answer: page([there('allowed')], at('descr')),
    gets: page([there('allowed', 280), without(29, 'b')], at('descr')),
    refusals: ['describe topic:b 29'],
  },
  {
    what: 'the next page begins at its cursor',
    client: alice,
    asks: ask(['b', 'allowed', 'descr', 'secret'], at('descr'), 1),
    sends: ask(['descr'], at('descr'), 1),
    answer: page([there('descr')]),
    gets: page([there('descr', 256), without(29, 'secret')]),
    refusals: ['describe topic:secret 29'],
  },
  {
    what: 'a cursor at a refused topic does not go on',
    client: alice,
    asks: ask(['readonly', 'secret', 'writeonly'], at('secret', 4)),
    sends: ask(['writeonly']),
    answer: page([there('writeonly')]),
    gets: page([there('writeonly', 272), without(29, 'secret')]),
    refusals: ['describe topic:secret 29'],
  },
  {
    what: 'a cursor at a topic that was not asked for fails all of it, allowed or not',
    client: alice,
    asks: ask(['allowed', 'secret'], at('nope')),
    gets: page([without(42, 'allowed'), without(42, 'secret')]),
  },
  {
    what: 'a cursor at a negative partition fails all of it',
    client: alice,
    asks: ask(['allowed'], at('allowed', -1)),
    gets: page([without(42, 'allowed')]),
  },
  {
    what: 'all topics: the broker is asked for those that may be described',
    client: alice,
    asks: ask([]),
    sends: ask(VISIBLE),
    answer: page([there('allowed'), there('deletable'), without(3, 'descr'), there('readonly'), there('writeonly')]),
    gets: page([there('allowed', 280), there('deletable', 320), there('readonly', 264), there('writeonly', 272)]),
  },
  {
    what: 'all topics, the first page',
    client: alice,
    asks: ask([], null, 2),
    sends: ask(VISIBLE, null, 2),
    answer: page([there('allowed')], at('deletable')),
    gets: page([there('allowed', 280)], at('deletable')),
  },
  {
    what: 'all topics from a cursor on',
    client: alice,
    asks: ask([], at('descr', 3)),
    sends: ask(['descr', 'readonly', 'writeonly'], at('descr', 3)),
    answer: page([there('descr')]),
    gets: page([there('descr', 256)]),
  },
  {
    what: 'all topics from a cursor at a hidden topic on',
    client: alice,
    asks: ask([], at('secret', 3)),
    sends: ask(['writeonly']),
    answer: page([there('writeonly')]),
    gets: page([there('writeonly', 272)]),
  },
  {
    what: 'all topics from a cursor behind the last',
    client: alice,
    asks: ask([], at('x')),
    gets: page([]),
  },
  {
    what: 'all topics for one who may describe none',
    client: { topics: ['secret'] },
    asks: ask([]),
    gets: page([]),
  },
  {
    what: 'all topics before their list was made',
    client: { allow: ALICE },
    asks: ask([]),
    looksUp: 'topics',
  },
  {
    what: 'all topics when their list is old',
    client: { ...alice, now: 2001 },
    asks: ask([]),
    looksUp: 'topics',
  },
  {
    what: 'the order is that of UTF-16 code units',
    client: { allow: describes('Z', 'a', 'a.b', 'a-b', 'a_b', 'B'), topics: ['a_b', 'B', 'a.b', 'a', 'a-b', 'Z'] },
    asks: ask([], at('a')),
    sends: ask(['a', 'a-b', 'a.b', 'a_b'], at('a')),
    answer: page([]),
    gets: page([]),
  },
  {
    what: 'rights that are lost while the broker answers: a named topic is refused',
    client: alice,
    later: { allow: describes('descr') },
    asks: ask(['allowed', 'descr']),
    sends: 'same',
    answer: page([there('allowed'), there('descr')]),
    gets: page([without(29, 'allowed'), there('descr', 256)]),
    refusals: ['describe topic:allowed 29'],
  },
  {
    what: 'rights that are lost while the broker answers: of all topics one is left out, and the cursor moves on',
    client: alice,
    later: { allow: describes('deletable', 'readonly') },
    asks: ask([], null, 2),
    sends: ask(VISIBLE, null, 2),
    answer: page([there('allowed'), there('deletable')], at('descr', 1)),
    gets: page([there('deletable', 256)], at('readonly')),
  },
];

runCases(
  describeTopicPartitionsHandler,
  CASES.map((one) => ({ ...one, versions: [0] })),
);
