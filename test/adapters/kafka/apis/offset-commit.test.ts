import { offsetCommitHandler } from '../../../../adapters/kafka/apis/offset-commit.ts';
import type {
  OffsetCommitRequest,
  OffsetCommitResponse,
} from '../../../../adapters/kafka/codec/schemas/offset-commit.ts';
import { ZERO_UUID } from '../../../../adapters/kafka/error-codes.ts';
import { ALICE, IDS, UNKNOWN_ID } from '../support/alice.ts';
import { type Case, runCases, versions } from '../support/cases.ts';
import { EVERYTHING } from '../support/client-context.ts';

type CommitCase = Case<OffsetCommitRequest, OffsetCommitResponse>;
type Which = { readonly name: string } | { readonly topicId: string };

const NAMED = versions(2, 9);
const BY_ID = [10];

function commit(groupId: string, topics: readonly Which[]): OffsetCommitRequest {
  return {
    groupId,
    generationIdOrMemberEpoch: 3,
    memberId: 'm',
    topics: topics.map((which) => ({
      ...which,
      partitions: [7, 0].map((partitionIndex) => ({ partitionIndex, committedOffset: 5n, committedMetadata: null })),
    })),
  };
}

function result(which: Which, errorCode: number) {
  return { ...which, partitions: [7, 0].map((partitionIndex) => ({ partitionIndex, errorCode })) };
}

const topic = (name: string) => ({ name });
const id = (topicId: string) => ({ topicId });

const alice = { allow: ALICE };
const aliceById = { allow: ALICE, ids: IDS, unknown: [UNKNOWN_ID] };
const readsTopics = { allow: [{ topic: '*', operations: ['read'] as const }] };

const CASES: readonly CommitCase[] = [
  {
    what: 'refused topics come first, and look alike, there or not; DESCRIBE is not enough',
    versions: NAMED,
    client: alice,
    asks: commit('g-ok', ['allowed', 'secret', 'descr', 'missing-ok', 'nope'].map(topic)),
    sends: commit('g-ok', ['allowed', 'missing-ok'].map(topic)),
    answer: { throttleTimeMs: 2, topics: [result(topic('missing-ok'), 3), result(topic('allowed'), 0)] },
    gets: {
      throttleTimeMs: 2,
      topics: [
        ...['secret', 'descr', 'nope'].map((name) => result(topic(name), 29)),
        result(topic('missing-ok'), 3),
        result(topic('allowed'), 0),
      ],
    },
    refusals: ['read topic:secret 29', 'read topic:descr 29', 'read topic:nope 29'],
  },
  {
    what: 'all allowed',
    versions: NAMED,
    client: alice,
    asks: commit('g-ok', ['allowed', 'readonly'].map(topic)),
    sends: 'same',
    answer: { topics: [result(topic('allowed'), 25)] },
    gets: 'same',
  },
  {
    what: 'none allowed',
    versions: NAMED,
    client: alice,
    asks: commit('g-ok', ['secret', 'writeonly'].map(topic)),
    gets: { topics: [result(topic('secret'), 29), result(topic('writeonly'), 29)] },
    refusals: ['read topic:secret 29', 'read topic:writeonly 29'],
  },
  {
    what: 'the group is asked for first, and its refusal is every partition’s',
    versions: NAMED,
    client: readsTopics,
    asks: commit('g-no', ['allowed', 'secret'].map(topic)),
    gets: { topics: [result(topic('allowed'), 30), result(topic('secret'), 30)] },
    refusals: ['read group:g-no 30'],
  },
  {
    what: 'DESCRIBE on the group is not enough',
    versions: NAMED,
    client: { allow: [...readsTopics.allow, { group: 'g', operations: ['describe', 'delete'] }] },
    asks: commit('g', [topic('allowed')]),
    gets: { topics: [result(topic('allowed'), 30)] },
    refusals: ['read group:g 30'],
  },
  {
    what: 'no topics, and a group that may not be read',
    versions: NAMED,
    client: {},
    asks: commit('g-no', []),
    gets: { topics: [] },
    refusals: ['read group:g-no 30'],
  },
  {
    what: 'ids are decided by their names; those of no topic are told as such',
    versions: BY_ID,
    client: aliceById,
    asks: commit('g-ok', [IDS.allowed, IDS.secret, UNKNOWN_ID, ZERO_UUID].map(id)),
    sends: commit('g-ok', [id(IDS.allowed)]),
    answer: { topics: [result(id(IDS.allowed), 0)] },
    gets: {
      topics: [
        result(id(IDS.secret), 29),
        result(id(UNKNOWN_ID), 100),
        result(id(ZERO_UUID), 100),
        result(id(IDS.allowed), 0),
      ],
    },
    refusals: ['read topic:secret 29'],
  },
  {
    what: 'ids, all allowed',
    versions: BY_ID,
    client: aliceById,
    asks: commit('g-ok', [IDS.allowed, IDS.readonly].map(id)),
    sends: 'same',
    answer: { topics: [result(id(IDS.readonly), 0), result(id(IDS.allowed), 0)] },
    gets: 'same',
  },
  {
    what: 'ids of no topic are never forwarded, whatever the client may do',
    versions: BY_ID,
    client: { allow: EVERYTHING, unknown: [UNKNOWN_ID] },
    asks: commit('g-ok', [UNKNOWN_ID, ZERO_UUID].map(id)),
    gets: { topics: [result(id(UNKNOWN_ID), 100), result(id(ZERO_UUID), 100)] },
  },
  {
    what: 'ids that were never seen are looked up, each once',
    versions: BY_ID,
    client: alice,
    asks: commit('g-ok', [IDS.secret, IDS.allowed, IDS.secret, ZERO_UUID].map(id)),
    looksUp: [IDS.secret, IDS.allowed],
  },
  {
    what: 'nothing is looked up for a group that may not be read',
    versions: BY_ID,
    client: alice,
    asks: commit('g-no', [IDS.allowed, UNKNOWN_ID].map(id)),
    gets: { topics: [result(id(IDS.allowed), 30), result(id(UNKNOWN_ID), 30)] },
    refusals: ['read group:g-no 30'],
  },
];

runCases(offsetCommitHandler, CASES);
