import assert from 'node:assert/strict';
import test from 'node:test';
import { listOffsetsHandler } from '../../../../adapters/kafka/apis/list-offsets.ts';
import type { ListOffsetsRequest, ListOffsetsResponse } from '../../../../adapters/kafka/codec/schemas/list-offsets.ts';
import { KafkaError } from '../../../../adapters/kafka/error.ts';
import { ALICE } from '../support/alice.ts';
import { type Case, runCases, versions } from '../support/cases.ts';
import { ClientContext, EVERYTHING } from '../support/client-context.ts';
import { exchange } from '../support/exchange.ts';

type Topic = ListOffsetsResponse['topics'][number];

const alice = { allow: ALICE };

function ask(names: readonly string[], replicaId = -1, timestamp = -1n): ListOffsetsRequest {
  return { replicaId, topics: names.map((name) => ({ name, partitions: [{ partitionIndex: 0, timestamp }] })) };
}

function found(name: string, offset: bigint, errorCode = 0): Topic {
  return { name, partitions: [{ partitionIndex: 0, errorCode, timestamp: -1n, offset, leaderEpoch: -1 }] };
}

const refused = (name: string): Topic => found(name, -1n, 29);

const CASES: readonly Omit<Case<ListOffsetsRequest, ListOffsetsResponse>, 'versions'>[] = [
  {
    what: 'refused topics come last, and look alike, there or not',
    client: alice,
    asks: ask(['allowed', 'secret', 'descr', 'missing-ok', 'nope']),
    sends: ask(['allowed', 'descr', 'missing-ok']),
    answer: { throttleTimeMs: 3, topics: [found('descr', 0n), found('allowed', 14n), found('missing-ok', -1n, 3)] },
    gets: {
      throttleTimeMs: 3,
      topics: [
        found('descr', 0n),
        found('allowed', 14n),
        found('missing-ok', -1n, 3),
        refused('secret'),
        refused('nope'),
      ],
    },
    refusals: ['describe topic:secret 29', 'describe topic:nope 29'],
  },
  {
    what: 'all allowed, with a timestamp that needs no more than DESCRIBE',
    client: alice,
    asks: ask(['allowed', 'descr'], -1, -4n),
    sends: 'same',
    answer: { topics: [found('allowed', 14n)] },
    gets: 'same',
  },
  {
    what: 'none allowed: every partition is answered, and a refusal told once',
    client: alice,
    asks: {
      replicaId: -1,
      topics: [
        {
          name: 'secret',
          partitions: [
            { partitionIndex: 4, timestamp: 0n },
            { partitionIndex: 9, timestamp: -1n },
          ],
        },
        { name: 'secret', partitions: [{ partitionIndex: 4, timestamp: -1n }] },
      ],
    },
    gets: {
      topics: [
        {
          name: 'secret',
          partitions: [4, 9].map((partitionIndex) => ({ partitionIndex, errorCode: 29, timestamp: -1n, offset: -1n })),
        },
        { name: 'secret', partitions: [{ partitionIndex: 4, errorCode: 29, timestamp: -1n, offset: -1n }] },
      ],
    },
    refusals: ['describe topic:secret 29'],
  },
  {
    what: 'a denied DESCRIBE outweighs an allowed READ',
    client: { allow: EVERYTHING, deny: [{ topic: 'all', prefix: true, operations: ['describe'] }] },
    asks: ask(['allowed']),
    gets: { topics: [refused('allowed')] },
    refusals: ['describe topic:allowed 29'],
  },
  {
    what: 'names are told apart by every code unit',
    client: alice,
    asks: ask(['Allowed', 'allowed ', 'allowe']),
    gets: { topics: [refused('Allowed'), refused('allowed '), refused('allowe')] },
    refusals: ['describe topic:Allowed 29', 'describe topic:allowed  29', 'describe topic:allowe 29'],
  },
  { what: 'no topics', client: {}, asks: ask([]), sends: 'same', answer: { topics: [] }, gets: 'same' },
  ...[-2, -3, -2147483648].map((replicaId) => ({
    what: `as replica ${replicaId}: asked as a consumer`,
    client: alice,
    asks: ask(['allowed'], replicaId),
    sends: ask(['allowed']),
    answer: { topics: [found('allowed', 14n)] },
    gets: 'same' as const,
  })),
  {
    what: 'as replica -3, partly refused: asked as a consumer',
    client: alice,
    asks: ask(['allowed', 'secret'], -3),
    sends: ask(['allowed']),
    answer: { topics: [found('allowed', 14n)] },
    gets: { topics: [found('allowed', 14n), refused('secret')] },
    refusals: ['describe topic:secret 29'],
  },
];

runCases(
  listOffsetsHandler,
  CASES.map((one) => ({ ...one, versions: versions(1, 11) })),
);

runCases(listOffsetsHandler, [
  {
    what: 'what else is asked stays',
    versions: [11],
    client: alice,
    asks: { ...ask(['allowed', 'nope']), isolationLevel: 1, timeoutMs: 77 },
    sends: { ...ask(['allowed']), isolationLevel: 1, timeoutMs: 77 },
    answer: { topics: [found('allowed', 1n)] },
    gets: { topics: [found('allowed', 1n), refused('nope')] },
    refusals: ['describe topic:nope 29'],
  },
]);

for (const replicaId of [0, 1, 2147483647]) {
  test(`ListOffsets as replica ${replicaId} closes the connection, whatever the client may do`, () => {
    const context = new ClientContext({ allow: EVERYTHING });
    const run = () => exchange(listOffsetsHandler, 11, context, ask(['allowed'], replicaId));
    assert.throws(run, (error) => error instanceof KafkaError && error.why === 'protocol-error');
  });
}
