/** What a role in shadow would be refused goes to the broker, is answered whole and is recorded, each thing once. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { createTopicsHandler } from '../../../adapters/kafka/apis/create-topics.ts';
import { deleteTopicsHandler } from '../../../adapters/kafka/apis/delete-topics.ts';
import { describeConfigsHandler } from '../../../adapters/kafka/apis/describe-configs.ts';
import { describeTopicPartitionsHandler } from '../../../adapters/kafka/apis/describe-topic-partitions.ts';
import { findCoordinatorHandler } from '../../../adapters/kafka/apis/find-coordinator.ts';
import { API } from '../../../adapters/kafka/apis/index.ts';
import { initProducerIdHandler } from '../../../adapters/kafka/apis/init-producer-id.ts';
import { listGroupsHandler } from '../../../adapters/kafka/apis/list-groups.ts';
import { metadataHandler } from '../../../adapters/kafka/apis/metadata.ts';
import { ZERO_UUID } from '../../../adapters/kafka/error-codes.ts';
import type { KafkaRuleSource } from '../../../policies/source.ts';
import { batch, TRANSACTIONAL } from './support/batch.ts';
import { runCases } from './support/cases.ts';
import { ClientContext } from './support/client-context.ts';
import { openRig } from './support/rig.ts';

const ALLOW: readonly KafkaRuleSource[] = [{ topic: 'mine', operations: ['all'] }];
const shadow = { mode: 'shadow', allow: ALLOW } as const;

const BROKER = { nodeId: 1, host: 'kafka-1.internal', port: 29092, rack: null };
const TOLD = { ...BROKER, host: 'gate.example', port: 9001 };
const topic = (name: string) => ({
  errorCode: 0,
  name,
  topicId: ZERO_UUID,
  isInternal: false,
  partitions: [],
  topicAuthorizedOperations: -2147483648,
});
const cluster = (broker: typeof BROKER, ...names: string[]) => ({
  brokers: [broker],
  clusterId: 'c',
  controllerId: 1,
  topics: names.map(topic),
});

runCases(metadataHandler, [
  {
    what: 'all topics: nothing is hidden, and that is one record',
    versions: [9],
    client: shadow,
    asks: { topics: null },
    sends: 'same',
    answer: cluster(BROKER, 'mine', 'other', 'third'),
    gets: cluster(TOLD, 'mine', 'other', 'third'),
    shadows: ['describe topic:other'],
  },
  {
    what: 'named topics: a record each, and none once more for the response',
    versions: [9],
    client: shadow,
    asks: { topics: [{ name: 'mine' }, { name: 'other' }, { name: 'third' }], allowAutoTopicCreation: false },
    sends: 'same',
    answer: cluster(BROKER, 'mine', 'other', 'third'),
    gets: cluster(TOLD, 'mine', 'other', 'third'),
    shadows: ['describe topic:other', 'describe topic:third'],
  },
]);

runCases(describeTopicPartitionsHandler, [
  {
    what: 'all topics in shadow',
    versions: [0],
    client: { ...shadow, topics: ['mine', 'other'] },
    asks: { topics: [], responsePartitionLimit: 10, cursor: null },
    sends: { topics: [{ name: 'mine' }, { name: 'other' }], responsePartitionLimit: 10, cursor: null },
    answer: { topics: [topic('mine'), topic('other')], nextCursor: null },
    gets: { topics: [topic('mine'), topic('other')], nextCursor: null },
    shadows: ['describe topic:other'],
  },
]);

const groups = {
  errorCode: 0,
  groups: ['g1', 'g2'].map((groupId) => ({
    groupId,
    protocolType: 'consumer',
    groupState: 'Stable',
    groupType: 'classic',
  })),
};
runCases(listGroupsHandler, [
  {
    what: 'groups in shadow',
    versions: [5],
    client: shadow,
    asks: { statesFilter: [], typesFilter: [] },
    sends: 'same',
    answer: groups,
    gets: 'same',
    shadows: ['describe group:g1'],
  },
]);

const creation = (...names: string[]) => ({
  topics: names.map((name) => ({ name, numPartitions: 1, replicationFactor: 1, assignments: [], configs: [] })),
  timeoutMs: 1000,
  validateOnly: false,
});
const created = { topics: [{ name: 'other', errorCode: 0, errorMessage: null }] };
const ANY_TOPIC: KafkaRuleSource = { cluster: true, operations: ['create', 'delete'] };
runCases(createTopicsHandler, [
  {
    what: 'neither right in shadow: the topic’s is the one that is missed',
    versions: [4],
    client: shadow,
    asks: creation('mine', 'other'),
    sends: 'same',
    answer: created,
    gets: 'same',
    shadows: ['create topic:other'],
  },
  {
    what: 'a deny on the cluster in shadow stands in for the right to the topic',
    versions: [4],
    client: { allow: [ANY_TOPIC], deny: [{ ...ANY_TOPIC, mode: 'shadow' }] },
    asks: creation('other'),
    sends: 'same',
    answer: created,
    gets: 'same',
    shadows: ['create topic:other'],
  },
  {
    what: 'an enforced deny of the topic stands, though the right to the cluster is let through',
    versions: [4],
    client: { ...shadow, enforced: [{ topic: 'other', operations: ['create'] }] },
    asks: creation('other'),
    gets: { topics: [{ name: 'other', errorCode: 29, errorMessage: 'Authorization failed.' }] },
    refusals: ['create topic:other 29'],
  },
  {
    what: 'with the right to all topics enforced, nothing is said',
    versions: [4],
    client: { mode: 'shadow', allow: [ANY_TOPIC] },
    asks: creation('other'),
    sends: 'same',
    answer: created,
    gets: 'same',
  },
]);

runCases(deleteTopicsHandler, [
  {
    what: 'a topic that may neither be described nor deleted, in shadow',
    versions: [5],
    client: shadow,
    asks: { topicNames: ['mine', 'other'], timeoutMs: 1000 },
    sends: 'same',
    answer: { responses: [{ name: 'mine', topicId: ZERO_UUID, errorCode: 0, errorMessage: null }] },
    gets: 'same',
    shadows: ['describe topic:other', 'delete topic:other'],
  },
]);

runCases(findCoordinatorHandler, [
  {
    what: 'a group in shadow has its coordinator, and one record',
    versions: [4],
    client: shadow,
    asks: { keyType: 0, coordinatorKeys: ['g1'] },
    sends: 'same',
    answer: { coordinators: [{ key: 'g1', nodeId: 1, host: BROKER.host, port: 1, errorCode: 0, errorMessage: '' }] },
    gets: { coordinators: [{ key: 'g1', nodeId: 1, host: TOLD.host, port: 9001, errorCode: 0, errorMessage: '' }] },
    shadows: ['describe group:g1'],
  },
]);

const configs = { results: [{ errorCode: 0, errorMessage: '', resourceType: 2, resourceName: 'other', configs: [] }] };
runCases(describeConfigsHandler, [
  {
    what: 'the configuration of a topic in shadow',
    versions: [4],
    client: shadow,
    asks: { resources: [{ resourceType: 2, resourceName: 'other', configurationKeys: null }] },
    sends: 'same',
    answer: configs,
    gets: configs,
    shadows: ['describeConfigs topic:other'],
  },
]);

const GIVEN = { errorCode: 0, producerId: 1n, producerEpoch: 0 };
const asks = (transactionalId: string | null) => ({
  transactionalId,
  transactionTimeoutMs: 1,
  producerId: -1n,
  producerEpoch: -1,
});
const passed = { versions: [4], sends: 'same', answer: GIVEN, gets: 'same' } as const;
runCases(initProducerIdHandler, [
  { what: 'an id in shadow', ...passed, client: shadow, asks: asks('tx'), shadows: ['write transactionalId:tx'] },
  { what: 'a topic may be written: nothing is said', ...passed, client: shadow, asks: asks(null) },
  {
    what: 'neither right in shadow',
    ...passed,
    client: { mode: 'shadow' },
    asks: asks(null),
    shadows: ['idempotentWrite cluster'],
  },
]);

const produced = (name: string, attributes = 0) => ({
  transactionalId: 'tx-1',
  acks: -1,
  timeoutMs: 1000,
  topicData: [{ name, partitionData: [{ index: 0, records: batch(61, { attributes }) }] }],
});

for (const [what, body] of [
  ['of a topic', produced('other')],
  ['of a transactional id', produced('mine', TRANSACTIONAL)],
] as const) {
  test(`records in shadow pass byte for byte, each request a record, until the policy enforces: the right ${what}`, () => {
    const rig = openRig({ access: new ClientContext(shadow).access });
    for (const _ of [1, 2]) {
      rig.rejections.length = 0;
      const frame = rig.ask(API.produce, 9, body);
      assert.deepEqual(rig.take('broker'), frame);
      assert.deepEqual(
        rig.rejections.map(({ shadow: tried, sent, action, cause }) => [tried, sent, action, cause]),
        [[true, undefined, 'write', 'denied']],
      );
    }
    rig.rejections.length = 0;
    rig.session.reauthorize(new ClientContext({ allow: ALLOW }).access, {});
    rig.ask(API.produce, 9, body);
    assert.equal(rig.take('broker').length, 0);
    assert.deepEqual(
      rig.rejections.map(({ shadow: tried }) => tried),
      [undefined],
    );
  });
}

test('records that are allowed pass without a word, in shadow too', () => {
  const rig = openRig({ access: new ClientContext(shadow).access });
  rig.ask(API.produce, 9, produced('mine'));
  assert.ok(rig.take('broker').length > 0);
  assert.deepEqual(rig.rejections, []);
});
