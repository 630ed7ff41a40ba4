import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import { APIS, HANDLERS } from '../../adapters/kafka/apis/index.ts';
import { kafkaMarkdown } from '../../docs/make/kafka/kafka.ts';
import { accessThat } from '../adapters/kafka/support/access.ts';
import { batch, TRANSACTIONAL } from '../adapters/kafka/support/batch.ts';
import { ClientContext } from '../adapters/kafka/support/client-context.ts';
import { exchange } from '../adapters/kafka/support/exchange.ts';

/**
 * The words about rights are held against what the handlers do: each request is made by clients
 * with all rights of its row, with none, and with all but one, and what is asked of the policy
 * and answered is compared with the row.
 */
interface Sample {
  readonly asks: object;
  /** What the broker says where it is asked. */
  readonly answer?: object;
  /** The newest where it is left out. */
  readonly version?: number;
}

const ID = 'AAAAAAAAAAAAAAAAAAAAAQ';
const UNKNOWN = 'AAAAAAAAAAAAAAAAAAAAAg';
const IDS = [ID, UNKNOWN];
const transactional = batch(61, { attributes: TRANSACTIONAL });

const SAMPLES: Readonly<Record<string, readonly Sample[]>> = {
  Produce: [
    {
      asks: {
        acks: -1,
        topicData: IDS.map((topicId) => ({ topicId, partitionData: [{ index: 0, records: batch() }] })),
      },
    },
    {
      asks: {
        transactionalId: 'x',
        acks: -1,
        topicData: [{ topicId: ID, partitionData: [{ index: 0, records: transactional }] }],
      },
    },
    { asks: { acks: -1, topicData: [{ topicId: ID, partitionData: [{ index: 0, records: null }] }] } },
  ],
  Fetch: [
    { asks: { topics: IDS.map((topicId) => ({ topicId, partitions: [{ partition: 0 }] })) } },
    { asks: { sessionId: 1, sessionEpoch: 1, topics: [] } },
  ],
  ListOffsets: [{ asks: { replicaId: -1, topics: [{ name: 'a', partitions: [{ partitionIndex: 0 }] }] } }],
  Metadata: [
    { asks: { topics: IDS.map((topicId) => ({ topicId, name: null })) } },
    {
      asks: { topics: [{ name: 'a' }], allowAutoTopicCreation: true },
      answer: { topics: [{ name: 'a', errorCode: 3 }] },
    },
    {
      asks: { topics: null, includeClusterAuthorizedOperations: true },
      answer: { clusterAuthorizedOperations: 1 },
      version: 10,
    },
    { asks: { topics: [{ name: null }] } },
    { asks: { topics: [{ name: null }] }, version: 10 },
  ],
  OffsetCommit: [
    { asks: { groupId: 'g', topics: IDS.map((topicId) => ({ topicId, partitions: [{ partitionIndex: 0 }] })) } },
  ],
  OffsetFetch: [
    { asks: { groups: [{ groupId: 'g', topics: IDS.map((topicId) => ({ topicId, partitionIndexes: [0] })) }] } },
  ],
  FindCoordinator: [
    { asks: { keyType: 0, coordinatorKeys: ['k'] }, answer: { coordinators: [{ key: 'k', nodeId: 77, host: 'h' }] } },
    { asks: { keyType: 1, coordinatorKeys: ['k'] } },
    { asks: { keyType: 2, coordinatorKeys: ['k'] } },
  ],
  JoinGroup: [{ asks: { groupId: 'g', protocolType: 'connect' } }],
  Heartbeat: [{ asks: { groupId: 'g' } }],
  LeaveGroup: [{ asks: { groupId: 'g' } }],
  SyncGroup: [{ asks: { groupId: 'g', protocolType: 'consumer', protocolName: 'range' } }, { asks: { groupId: 'g' } }],
  DescribeGroups: [{ asks: { groups: ['g'] } }],
  ListGroups: [{ asks: {}, answer: { groups: [{ groupId: 'g' }] } }],
  SaslHandshake: [{ asks: { mechanism: 'PLAIN' } }],
  ApiVersions: [{ asks: {} }],
  CreateTopics: [
    { asks: { topics: [{ name: 'a' }] }, answer: { topics: [{ name: 'a' }] } },
    { asks: { topics: [{ name: 'a' }, { name: 'a' }] } },
  ],
  DeleteTopics: [
    { asks: { topics: [...IDS.map((topicId) => ({ name: null, topicId })), { name: 'a' }, { name: 'gone' }] } },
    { asks: { topics: [{ name: 'a' }, { name: 'a' }] } },
  ],
  InitProducerId: [{ asks: { transactionalId: 'x' } }, { asks: { transactionalId: null } }],
  OffsetForLeaderEpoch: [{ asks: { replicaId: -1, topics: [{ topic: 'a', partitions: [{ partition: 0 }] }] } }],
  DescribeConfigs: [
    { asks: { resources: [2, 4, 32].map((resourceType) => ({ resourceType, resourceName: '1' })) } },
    { asks: { resources: [{ resourceType: 99, resourceName: '1' }] } },
  ],
  DescribeCluster: [
    { asks: { endpointType: 1, includeClusterAuthorizedOperations: true }, answer: { clusterAuthorizedOperations: 1 } },
    { asks: { endpointType: 2 } },
    { asks: { endpointType: 3 } },
  ],
  ConsumerGroupHeartbeat: [
    { asks: { groupId: 'g', subscribedTopicNames: ['a'] } },
    { asks: { groupId: 'g', subscribedTopicRegex: 'a.*' } },
  ],
  DescribeTopicPartitions: [
    { asks: { topics: [{ name: 'a' }] } },
    { asks: { topics: [{ name: 'a' }], cursor: { topicName: 'b', partitionIndex: 0 } } },
  ],
};

/** Answered before any handler is asked; see test/adapters/kafka/session.test.ts. */
const OUTSIDE_HANDLERS: Readonly<Record<string, number>> = { ApiVersions: 35 };

for (const [key, handler] of HANDLERS) {
  const { name, versions } = handler.api;
  test(`${name}: the rights and codes of its row are those of its handler`, () => {
    const row = handler.reference;
    const samples = SAMPLES[name];
    assert.ok(samples !== undefined, `no sample for ${name} (${key})`);
    const rights = new Set(row.rights.map(([operation, type]) => `${operation} ${type}`));
    const asked = new Set<string>();
    const codes = new Set<number>();
    const grants = [
      rights,
      new Set<string>(),
      ...[...rights].flatMap((one) => [new Set([...rights].filter((other) => other !== one)), new Set([one])]),
    ];
    for (const { asks, answer = {}, version = versions[1] } of samples) {
      for (const granted of grants) {
        const came = exchange(handler, version, clientWith(granted, asked), asks, () => answer);
        assert.notEqual(came.toClient, undefined, `${came.kind} in place of an answer`);
        // What the broker said and is passed on is no word of the gate.
        if (came.rewritten !== 'same') for (const code of codesIn(came.toClient)) codes.add(code);
      }
    }
    const outside = OUTSIDE_HANDLERS[name];
    if (outside !== undefined) codes.add(outside);
    const brokers = samples.flatMap(({ answer = {} }) => codesIn(answer));
    const own = [...codes].filter(
      (code) => !brokers.includes(code) || row.refusals.some(([listed]) => listed === code),
    );
    assert.deepEqual([...asked].sort(), [...rights].sort());
    assert.deepEqual(own.sort(), row.refusals.map(([code]) => code).sort());
  });
}

test('every sample is one of an API', () => {
  assert.deepEqual(Object.keys(SAMPLES).sort(), [...APIS.values()].map(({ name }) => name).sort());
});

test('docs/kafka.md is in step', () => {
  const file = new URL('../../docs/kafka.md', import.meta.url);
  assert.equal(readFileSync(file, 'utf8'), kafkaMarkdown(), 'run: npm run docs');
});

/** A client with these rights on everything of their type; what it is asked for is added to `asked`. */
function clientWith(granted: ReadonlySet<string>, asked: Set<string>): ClientContext {
  const access = accessThat((what) => {
    const right = what.slice(0, what.indexOf(':'));
    asked.add(right);
    return granted.has(right);
  });
  const context = new ClientContext({
    ids: { a: ID },
    unknown: [UNKNOWN],
    topics: ['a'],
    options: { autoCreateTopics: true },
  });
  return Object.assign(context, { access });
}

function codesIn(value: unknown): number[] {
  if (Array.isArray(value)) return value.flatMap(codesIn);
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) => {
    if (/errorCode$/i.test(name)) return inner === 0 ? [] : [inner as number];
    return codesIn(inner);
  });
}
