import { offsetFetchHandler } from '../../../../adapters/kafka/apis/offset-fetch.ts';
import type { OffsetFetchRequest, OffsetFetchResponse } from '../../../../adapters/kafka/codec/schemas/offset-fetch.ts';
import { ZERO_UUID } from '../../../../adapters/kafka/error-codes.ts';
import { ALICE, IDS, UNKNOWN_ID } from '../support/alice.ts';
import { type Case, runCases, versions } from '../support/cases.ts';
import { EVERYTHING } from '../support/client-context.ts';

type FetchCase = Case<OffsetFetchRequest, OffsetFetchResponse>;
type Group = NonNullable<OffsetFetchRequest['groups']>[number];
type GroupResponse = NonNullable<OffsetFetchResponse['groups']>[number];
type Named = NonNullable<OffsetFetchResponse['topics']>[number];
type Which = { readonly name: string } | { readonly topicId: string };

const alice = { allow: ALICE };
const topic = (name: string) => ({ name });
const id = (topicId: string) => ({ topicId });

/** Partitions 1 and 0 of each. */
const asked = <W extends Which>(which: W) => ({ ...which, partitionIndexes: [1, 0] });

function told<W extends Which>(which: W, committedOffset: bigint, errorCode = 0) {
  const one = (partitionIndex: number) => ({
    partitionIndex,
    committedOffset,
    committedLeaderEpoch: -1,
    metadata: '',
    errorCode,
  });
  return { ...which, partitions: [1, 0].map(one) };
}

/** One group: versions 1 to 7. */
function ask(groupId: string, names: readonly string[] | null): OffsetFetchRequest {
  return { groupId, topics: names?.map((name) => asked(topic(name))) ?? null, requireStable: true };
}

function offsets(topics: readonly Named[], errorCode = 0): OffsetFetchResponse {
  return { throttleTimeMs: 6, topics, errorCode };
}

/** What is answered here, without a word of the broker. */
function here(topics: readonly Named[], errorCode = 0): OffsetFetchResponse {
  return { topics, errorCode };
}

const describesTopics = { allow: [{ topic: '*', operations: ['describe'] as const }] };

const ONE_GROUP: readonly FetchCase[] = [
  {
    what: 'refused topics come last, and look alike, there or not',
    versions: versions(1, 7),
    client: alice,
    asks: ask('g-ok', ['secret', 'allowed', 'nope', 'descr']),
    sends: ask('g-ok', ['allowed', 'descr']),
    answer: offsets([told(topic('descr'), -1n), told(topic('allowed'), 5n)]),
    gets: offsets([
      told(topic('descr'), -1n),
      told(topic('allowed'), 5n),
      told(topic('secret'), -1n, 29),
      told(topic('nope'), -1n, 29),
    ]),
    refusals: ['describe topic:secret 29', 'describe topic:nope 29'],
  },
  {
    what: 'all allowed',
    versions: versions(1, 7),
    client: alice,
    asks: ask('g-ok', ['allowed', 'descr']),
    sends: 'same',
    answer: offsets([told(topic('allowed'), 5n)]),
    gets: 'same',
  },
  {
    what: 'none allowed',
    versions: versions(1, 7),
    client: alice,
    asks: ask('g-ok', ['secret', 'nope']),
    gets: here([told(topic('secret'), -1n, 29), told(topic('nope'), -1n, 29)]),
    refusals: ['describe topic:secret 29', 'describe topic:nope 29'],
  },
  {
    what: 'DESCRIBE on the group is enough',
    versions: versions(1, 7),
    client: { allow: [...describesTopics.allow, { group: 'g', operations: ['describe'] }] },
    asks: ask('g', ['allowed']),
    sends: 'same',
    answer: offsets([told(topic('allowed'), 5n)]),
    gets: 'same',
  },
  {
    what: 'no topics',
    versions: versions(1, 7),
    client: alice,
    asks: ask('g-ok', []),
    sends: 'same',
    answer: offsets([]),
    gets: 'same',
  },
  {
    what: 'a group that may not be described: told of each partition',
    versions: [1],
    client: describesTopics,
    asks: ask('g-no', ['allowed', 'secret']),
    gets: here([told(topic('allowed'), -1n, 30), told(topic('secret'), -1n, 30)]),
    refusals: ['describe group:g-no 30'],
  },
  {
    what: 'a group that may not be described',
    versions: versions(2, 7),
    client: describesTopics,
    asks: ask('g-no', ['allowed', 'secret']),
    gets: here([], 30),
    refusals: ['describe group:g-no 30'],
  },
  {
    what: 'all topics of a group that may not be described',
    versions: versions(2, 7),
    client: describesTopics,
    asks: ask('g-no', null),
    gets: here([], 30),
    refusals: ['describe group:g-no 30'],
  },
  {
    what: 'an error of the whole group stands for the refused topics too',
    versions: versions(2, 7),
    client: alice,
    asks: ask('g-ok', ['allowed', 'secret']),
    sends: ask('g-ok', ['allowed']),
    answer: offsets([], 16),
    gets: offsets([], 16),
    refusals: ['describe topic:secret 29'],
  },
  {
    what: 'all topics: those that may not be described are left out without a word',
    versions: versions(2, 7),
    client: alice,
    asks: ask('g-ok', null),
    sends: 'same',
    answer: offsets(['secret', 'allowed', 'nope', 'descr'].map((name) => told(topic(name), 5n))),
    gets: offsets(['allowed', 'descr'].map((name) => told(topic(name), 5n))),
  },
  {
    what: 'all topics: it is DESCRIBE at the moment of the response',
    versions: versions(2, 7),
    client: { allow: EVERYTHING },
    later: alice,
    asks: ask('g-ok', null),
    sends: 'same',
    answer: offsets([told(topic('secret'), 5n), told(topic('allowed'), 5n)]),
    gets: offsets([told(topic('allowed'), 5n)]),
  },
];

runCases(offsetFetchHandler, ONE_GROUP);

const TOPICS = Object.keys(IDS);
const aliceById = { allow: ALICE, ids: IDS, unknown: [UNKNOWN_ID], topics: TOPICS };

function askGroups(...groups: Group[]): OffsetFetchRequest {
  return { groups, requireStable: true };
}

function group(groupId: string, which: readonly Which[] | null): Group {
  return { groupId, topics: which?.map(asked) ?? null, memberId: 'm', memberEpoch: 3 };
}

function groupOffsets(groupId: string, topics: GroupResponse['topics'], errorCode = 0): GroupResponse {
  return { groupId, topics, errorCode };
}

/** Versions with names and the one with ids alike; `which` makes the one or the other of a name. */
function severalGroups(range: readonly number[], which: (name: keyof typeof IDS) => Which): FetchCase[] {
  const allowed = which('allowed');
  const secret = which('secret');
  const client = aliceById;
  return [
    {
      what: 'groups in the order of the request, and refused topics last in each',
      versions: range,
      client,
      asks: askGroups(
        group('g-no', [allowed]),
        group('g-del', [secret, allowed]),
        group('g-secret', null),
        group('g-ok', [allowed]),
      ),
      sends: askGroups(group('g-del', [allowed]), group('g-ok', [allowed])),
      answer: { groups: [groupOffsets('g-ok', [told(allowed, 7n)]), groupOffsets('g-del', [told(allowed, 8n)])] },
      gets: {
        groups: [
          groupOffsets('g-no', [], 30),
          groupOffsets('g-del', [told(allowed, 8n), told(secret, -1n, 29)]),
          groupOffsets('g-secret', [], 30),
          groupOffsets('g-ok', [told(allowed, 7n)]),
        ],
      },
      refusals: ['describe group:g-no 30', 'describe topic:secret 29', 'describe group:g-secret 30'],
    },
    {
      what: 'all allowed',
      versions: range,
      client,
      asks: askGroups(group('g-ok', [allowed]), group('g-del', [])),
      sends: 'same',
      answer: { groups: [groupOffsets('g-del', []), groupOffsets('g-ok', [told(allowed, 7n)])] },
      gets: 'same',
    },
    {
      what: 'none allowed, be it for the group or for the topics',
      versions: range,
      client,
      asks: askGroups(group('g-no', [allowed]), group('g-ok', [secret])),
      gets: { groups: [groupOffsets('g-no', [], 30), groupOffsets('g-ok', [told(secret, -1n, 29)])] },
      refusals: ['describe group:g-no 30', 'describe topic:secret 29'],
    },
    {
      what: 'a group of which nothing is left is not asked for',
      versions: range,
      client,
      asks: askGroups(group('g-ok', [secret]), group('g-del', [allowed])),
      sends: askGroups(group('g-del', [allowed])),
      answer: { groups: [groupOffsets('g-del', [told(allowed, 8n)])] },
      gets: { groups: [groupOffsets('g-ok', [told(secret, -1n, 29)]), groupOffsets('g-del', [told(allowed, 8n)])] },
      refusals: ['describe topic:secret 29'],
    },
    {
      what: 'an error of one group stands for its refused topics too',
      versions: range,
      client,
      asks: askGroups(group('g-ok', [allowed, secret]), group('g-del', [allowed, secret])),
      sends: askGroups(group('g-ok', [allowed]), group('g-del', [allowed])),
      answer: { groups: [groupOffsets('g-ok', [], 15), groupOffsets('g-del', [told(allowed, 8n)])] },
      gets: {
        groups: [groupOffsets('g-ok', [], 15), groupOffsets('g-del', [told(allowed, 8n), told(secret, -1n, 29)])],
      },
      refusals: ['describe topic:secret 29'],
    },
    {
      what: 'all topics of one group, some of another',
      versions: range,
      client,
      asks: askGroups(group('g-ok', null), group('g-del', [allowed])),
      sends: 'same',
      answer: {
        groups: [
          groupOffsets('g-ok', [told(secret, 6n), told(allowed, 7n)]),
          groupOffsets('g-del', [told(allowed, 8n)]),
        ],
      },
      gets: { groups: [groupOffsets('g-ok', [told(allowed, 7n)]), groupOffsets('g-del', [told(allowed, 8n)])] },
    },
    {
      what: 'a group that is asked for twice, once for all topics: nothing slips through, in whichever order it comes',
      versions: range,
      client,
      asks: askGroups(group('g-ok', [allowed, secret]), group('g-ok', null)),
      sends: askGroups(group('g-ok', [allowed]), group('g-ok', null)),
      answer: {
        groups: [
          groupOffsets('g-ok', [told(secret, 6n), told(allowed, 7n)]),
          groupOffsets('g-ok', [told(allowed, 7n)]),
        ],
      },
      gets: {
        groups: [
          groupOffsets('g-ok', [told(allowed, 7n), told(secret, -1n, 29)]),
          groupOffsets('g-ok', [told(allowed, 7n)]),
        ],
      },
      refusals: ['describe topic:secret 29'],
    },
    {
      what: 'a group that was not asked for is not told, one that is missing is not made up',
      versions: range,
      client,
      asks: askGroups(group('g-ok', [allowed, secret]), group('g-del', [allowed])),
      sends: askGroups(group('g-ok', [allowed]), group('g-del', [allowed])),
      answer: { groups: [groupOffsets('g-secret', [told(secret, 6n)]), groupOffsets('g-del', [told(allowed, 8n)])] },
      gets: { groups: [groupOffsets('g-del', [told(allowed, 8n)])] },
      refusals: ['describe topic:secret 29'],
    },
  ];
}

runCases(offsetFetchHandler, [...severalGroups([8, 9], topic), ...severalGroups([10], (name) => id(IDS[name]))]);

const BY_ID: readonly FetchCase[] = [
  {
    what: 'ids of no topic are told as such, and never forwarded',
    versions: [10],
    client: aliceById,
    asks: askGroups(group('g-ok', [IDS.allowed, UNKNOWN_ID, ZERO_UUID].map(id))),
    sends: askGroups(group('g-ok', [id(IDS.allowed)])),
    answer: { groups: [groupOffsets('g-ok', [told(id(IDS.allowed), 7n)])] },
    gets: {
      groups: [
        groupOffsets('g-ok', [
          told(id(IDS.allowed), 7n),
          told(id(UNKNOWN_ID), -1n, 100),
          told(id(ZERO_UUID), -1n, 100),
        ]),
      ],
    },
  },
  {
    what: 'ids that were never seen are looked up, each once, but not those of refused groups',
    versions: [10],
    client: { allow: ALICE, topics: TOPICS },
    asks: askGroups(
      group('g-no', [id(UNKNOWN_ID)]),
      group('g-ok', [IDS.secret, IDS.allowed, ZERO_UUID].map(id)),
      group('g-del', [id(IDS.allowed)]),
      group('g-secret', null),
    ),
    looksUp: [IDS.secret, IDS.allowed],
  },
  {
    what: 'ids are looked up for who may DESCRIBE the group and no more',
    versions: [10],
    client: { allow: [{ group: 'g', operations: ['describe'] }] },
    asks: askGroups(group('g', [id(IDS.allowed)])),
    looksUp: [IDS.allowed],
  },
  {
    what: 'all topics: their names are found out before the broker is asked',
    versions: [10],
    client: { ...aliceById, now: 2001 },
    asks: askGroups(group('g-ok', null)),
    looksUp: 'topics',
  },
  {
    what: 'all topics: an id that nobody knows even then is left out, whatever the client may do',
    versions: [10],
    client: { ...aliceById, allow: EVERYTHING, now: 2000 },
    asks: askGroups(group('g-ok', null)),
    sends: 'same',
    answer: { groups: [groupOffsets('g-ok', [told(id(UNKNOWN_ID), 1n), told(id(IDS.allowed), 7n)])] },
    gets: { groups: [groupOffsets('g-ok', [told(id(IDS.allowed), 7n)])] },
  },
  {
    what: 'all topics by name: nothing is looked up',
    versions: [8, 9],
    client: alice,
    asks: askGroups(group('g-ok', null)),
    sends: 'same',
    answer: { groups: [groupOffsets('g-ok', [told(topic('secret'), 1n), told(topic('allowed'), 7n)])] },
    gets: { groups: [groupOffsets('g-ok', [told(topic('allowed'), 7n)])] },
  },
  {
    what: 'all topics of a refused group: nothing is looked up',
    versions: [10],
    client: alice,
    asks: askGroups(group('g-no', null)),
    gets: { groups: [groupOffsets('g-no', [], 30)] },
    refusals: ['describe group:g-no 30'],
  },
  {
    what: 'no groups',
    versions: [8, 9, 10],
    client: {},
    asks: askGroups(),
    sends: 'same',
    answer: { groups: [] },
    gets: 'same',
  },
];

runCases(offsetFetchHandler, BY_ID);
