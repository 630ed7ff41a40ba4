import assert from 'node:assert/strict';
import test from 'node:test';
import { offsetForLeaderEpochHandler } from '../../../../adapters/kafka/apis/offset-for-leader-epoch.ts';
import type {
  OffsetForLeaderEpochRequest,
  OffsetForLeaderEpochResponse,
} from '../../../../adapters/kafka/codec/schemas/offset-for-leader-epoch.ts';
import { KafkaError } from '../../../../adapters/kafka/error.ts';
import { ALICE } from '../support/alice.ts';
import { type Case, runCases, versions } from '../support/cases.ts';
import { ClientContext, EVERYTHING } from '../support/client-context.ts';
import { exchange } from '../support/exchange.ts';

type Topic = OffsetForLeaderEpochResponse['topics'][number];

const alice = { allow: ALICE };

function ask(names: readonly string[], replicaId?: number): OffsetForLeaderEpochRequest {
  const topics = names.map((topic) => ({ topic, partitions: [{ partition: 2, leaderEpoch: 0 }] }));
  return { topics, ...(replicaId !== undefined && { replicaId }) };
}

function ends(topic: string, endOffset: bigint, leaderEpoch = 0, errorCode = 0): Topic {
  return { topic, partitions: [{ errorCode, partition: 2, leaderEpoch, endOffset }] };
}

const refused = (topic: string): Topic => ends(topic, -1n, -1, 29);

const CASES: readonly Case<OffsetForLeaderEpochRequest, OffsetForLeaderEpochResponse>[] = [
  {
    what: 'refused topics come last, and look alike, there or not',
    versions: versions(2, 4),
    client: alice,
    asks: ask(['allowed', 'secret', 'missing-ok', 'nope'], -1),
    sends: ask(['allowed', 'missing-ok'], -1),
    answer: { topics: [ends('allowed', 14n), ends('missing-ok', -1n, -1, 3)] },
    gets: { topics: [ends('allowed', 14n), ends('missing-ok', -1n, -1, 3), refused('secret'), refused('nope')] },
    refusals: ['describe topic:secret 29', 'describe topic:nope 29'],
  },
  {
    what: 'all allowed',
    versions: versions(2, 4),
    client: alice,
    asks: ask(['allowed', 'descr'], -1),
    sends: 'same',
    answer: { topics: [ends('allowed', 14n), ends('descr', 0n)] },
    gets: 'same',
  },
  {
    what: 'none allowed',
    versions: versions(2, 4),
    client: alice,
    asks: ask(['secret'], -1),
    gets: { topics: [refused('secret')] },
    refusals: ['describe topic:secret 29'],
  },
  {
    what: 'CLUSTER_ACTION is enough for every topic, even one that is denied',
    versions: versions(2, 4),
    client: { allow: [{ cluster: true, operations: ['clusterAction'] }], deny: [{ topic: '*', operations: ['all'] }] },
    asks: ask(['secret', 'nope'], -1),
    sends: 'same',
    answer: { topics: [ends('secret', 5n), ends('nope', -1n, -1, 3)] },
    gets: 'same',
  },
  {
    what: 'another right on the cluster is not',
    versions: versions(2, 4),
    client: { allow: [{ cluster: true, operations: ['alter', 'describe', 'create'] }] },
    asks: ask(['secret'], -1),
    gets: { topics: [refused('secret')] },
    refusals: ['describe topic:secret 29'],
  },
  ...[undefined, -2, -3].map((replicaId) => ({
    what: `as replica ${replicaId ?? '-2, which is the default'}: asked as a consumer`,
    versions: [3, 4],
    client: alice,
    asks: ask(['allowed'], replicaId),
    sends: ask(['allowed'], -1),
    answer: { topics: [ends('allowed', 14n)] },
    gets: 'same' as const,
  })),
];

runCases(offsetForLeaderEpochHandler, CASES);

for (const version of [3, 4]) {
  test(`OffsetForLeaderEpoch ${version} as a replica closes the connection, whatever the client may do`, () => {
    const context = new ClientContext({ allow: EVERYTHING });
    const run = () => exchange(offsetForLeaderEpochHandler, version, context, ask(['allowed'], 0));
    assert.throws(run, (error) => error instanceof KafkaError && error.why === 'protocol-error');
  });
}
