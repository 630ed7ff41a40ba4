import assert from 'node:assert/strict';
import test from 'node:test';
import { KAFKA_OPERATION_CODE, SUPPORTED_OPERATIONS } from '../../../policies/acl/kafka-operations.ts';
import type { KafkaRuleSource } from '../../../policies/source.ts';
import type { KafkaAccess, KafkaOperation, KafkaResourceType } from '../../../policies/types.ts';
import { askTopic, kafkaAccessOf } from './kafka-support.ts';

const CLUSTER = 'kafka-cluster';

type Rules = readonly KafkaRuleSource[];
type Asked = readonly [operation: KafkaOperation, type: KafkaResourceType, name: string];

interface Case {
  readonly what: string;
  readonly allow?: Rules;
  readonly deny?: Rules;
  readonly allowed?: readonly Asked[];
  readonly refused?: readonly Asked[];
}

const CASES: readonly Case[] = [
  {
    what: 'without a rule nothing is allowed',
    refused: [
      ['read', 'topic', 'a'],
      ['describe', 'group', 'a'],
      ['write', 'transactionalId', 'a'],
      ['create', 'cluster', CLUSTER],
    ],
  },
  {
    what: 'a literal is the whole name, case-sensitive',
    allow: [{ topic: 'orders', operations: ['read'] }],
    allowed: [['read', 'topic', 'orders']],
    refused: [
      ['read', 'topic', 'order'],
      ['read', 'topic', 'orders2'],
      ['read', 'topic', 'Orders'],
      ['read', 'topic', ''],
      ['read', 'group', 'orders'],
      ['write', 'topic', 'orders'],
    ],
  },
  {
    what: 'a prefix is the begin of a name, and a name itself',
    allow: [{ group: 'app-', prefix: true, operations: ['read'] }],
    allowed: [
      ['read', 'group', 'app-'],
      ['read', 'group', 'app-1'],
    ],
    refused: [
      ['read', 'group', 'app'],
      ['read', 'group', 'App-1'],
      ['read', 'group', ' app-1'],
      ['read', 'topic', 'app-1'],
    ],
  },
  {
    what: 'an asterisk alone is every resource of its type',
    allow: [{ topic: '*', operations: ['read'] }],
    allowed: [
      ['read', 'topic', 'a'],
      ['read', 'topic', '__consumer_offsets'],
      ['read', 'topic', '*'],
      ['read', 'topic', '*a'],
    ],
    refused: [
      ['read', 'group', 'a'],
      ['read', 'transactionalId', 'a'],
      ['read', 'cluster', CLUSTER],
    ],
  },
  {
    what: 'an asterisk within a name, or as a prefix, is an asterisk',
    allow: [
      { group: 'a*', operations: ['read'] },
      { group: '*', prefix: true, operations: ['delete'] },
    ],
    allowed: [
      ['read', 'group', 'a*'],
      ['delete', 'group', '*b'],
    ],
    refused: [
      ['read', 'group', 'ab'],
      ['delete', 'group', 'b*'],
    ],
  },
  {
    what: 'names are compared as they are written: nothing is normalised, a prefix may end within a character',
    allow: [
      { group: '\u00e9', operations: ['read'] },
      { group: 'x\ud83d', prefix: true, operations: ['read'] },
    ],
    allowed: [
      ['read', 'group', '\u00e9'],
      ['read', 'group', 'x\u{1f600}'],
    ],
    refused: [
      ['read', 'group', 'e\u0301'],
      ['read', 'group', 'x\u{1f980}'],
    ],
  },
  {
    what: 'the cluster has one name',
    allow: [{ cluster: true, operations: ['create'] }],
    allowed: [['create', 'cluster', CLUSTER]],
    refused: [
      ['create', 'cluster', 'other'],
      ['create', 'cluster', ''],
      ['create', 'topic', CLUSTER],
    ],
  },
  {
    what: 'all is every operation',
    allow: [
      { topic: 'a', operations: ['all'] },
      { group: 'g', operations: ['all'] },
      { transactionalId: 't', operations: ['all'] },
      { cluster: true, operations: ['all'] },
    ],
    allowed: [
      ...SUPPORTED_OPERATIONS.topic.map((operation): Asked => [operation, 'topic', 'a']),
      ...SUPPORTED_OPERATIONS.group.map((operation): Asked => [operation, 'group', 'g']),
      ...SUPPORTED_OPERATIONS.transactionalId.map((operation): Asked => [operation, 'transactionalId', 't']),
      ...SUPPORTED_OPERATIONS.cluster.map((operation): Asked => [operation, 'cluster', CLUSTER]),
    ],
  },
  ...(['read', 'write', 'delete', 'alter'] as const).map(
    (operation): Case => ({
      what: `${operation} implies describe and nothing else`,
      allow: [{ topic: 'a', operations: [operation] }],
      allowed: [
        [operation, 'topic', 'a'],
        ['describe', 'topic', 'a'],
      ],
      refused: othersThan(operation, 'describe').map((other): Asked => [other, 'topic', 'a']),
    }),
  ),
  {
    what: 'alterConfigs implies describeConfigs and nothing else',
    allow: [{ topic: 'a', operations: ['alterConfigs'] }],
    allowed: [
      ['alterConfigs', 'topic', 'a'],
      ['describeConfigs', 'topic', 'a'],
    ],
    refused: othersThan('alterConfigs', 'describeConfigs').map((other): Asked => [other, 'topic', 'a']),
  },
  ...(['describe', 'describeConfigs', 'create', 'clusterAction', 'idempotentWrite', 'twoPhaseCommit'] as const).map(
    (operation): Case => ({
      what: `${operation} implies nothing`,
      allow: [
        { topic: 'a', operations: [operation] },
        { cluster: true, operations: [operation] },
      ],
      allowed: [[operation, 'topic', 'a']],
      refused: othersThan(operation).flatMap((other): Asked[] => [
        [other, 'topic', 'a'],
        [other, 'cluster', CLUSTER],
      ]),
    }),
  ),
  {
    what: 'implications hold for every type',
    allow: [
      { group: 'g', operations: ['read'] },
      { transactionalId: 't', operations: ['write'] },
      { cluster: true, operations: ['alter', 'alterConfigs'] },
    ],
    allowed: [
      ['describe', 'group', 'g'],
      ['describe', 'transactionalId', 't'],
      ['describe', 'cluster', CLUSTER],
      ['describeConfigs', 'cluster', CLUSTER],
    ],
  },
  {
    what: 'a deny implies nothing: without read one may still describe',
    allow: [{ topic: 'a', operations: ['read', 'describe'] }],
    deny: [{ topic: 'a', operations: ['read'] }],
    allowed: [['describe', 'topic', 'a']],
    refused: [['read', 'topic', 'a']],
  },
  {
    what: 'a deny of describe denies it although read would imply it',
    allow: [{ topic: 'a', operations: ['read'] }],
    deny: [{ topic: 'a', operations: ['describe'] }],
    allowed: [['read', 'topic', 'a']],
    refused: [['describe', 'topic', 'a']],
  },
  {
    what: 'a deny of all denies every operation',
    allow: [{ topic: '*', operations: ['all'] }],
    deny: [{ topic: 'a', operations: ['all'] }],
    allowed: [['read', 'topic', 'b']],
    refused: [...SUPPORTED_OPERATIONS.topic].map((operation): Asked => [operation, 'topic', 'a']),
  },
  {
    what: 'any deny wins, there is no longest match',
    allow: [
      { topic: 'a.b.c', operations: ['read'] },
      { topic: 'a.b.', prefix: true, operations: ['write'] },
      { group: 'g', operations: ['read'] },
    ],
    deny: [
      { topic: 'a.', prefix: true, operations: ['read'] },
      { topic: 'a.b.d', operations: ['write'] },
      { group: '*', operations: ['read'] },
    ],
    allowed: [
      ['write', 'topic', 'a.b.c'],
      ['describe', 'topic', 'a.b.c'],
    ],
    refused: [
      ['read', 'topic', 'a.b.c'],
      ['write', 'topic', 'a.b.d'],
      ['read', 'group', 'g'],
    ],
  },
  {
    what: 'rules on one name add up',
    allow: [
      { topic: 'a', operations: ['read'] },
      { topic: 'a', operations: ['write'] },
      { topic: 'a', operations: ['read'] },
    ],
    deny: [{ topic: 'a', operations: ['alter'] }],
    allowed: [
      ['read', 'topic', 'a'],
      ['write', 'topic', 'a'],
    ],
    refused: [
      ['alter', 'topic', 'a'],
      ['delete', 'topic', 'a'],
    ],
  },
];

for (const { what, allow = [], deny = [], allowed = [], refused = [] } of CASES) {
  test(what, () => {
    const access = kafkaAccessOf({ erp: { allow, deny } });
    for (const asked of allowed) expectVerdict(access, asked, true);
    for (const asked of refused) expectVerdict(access, asked, false);
  });
}

/** Every way to ask gives the same answer. */
function expectVerdict(access: KafkaAccess, asked: Asked, allowed: boolean): void {
  const [operation, type, name] = asked;
  assert.equal(access.authorize(operation, type, name) > 0, allowed, asked.join(' '));
  const decision = access.explain(operation, type, name);
  assert.equal(decision.verdict, allowed ? 'allow' : 'deny', asked.join(' '));
  assert.equal(decision.cause, allowed ? undefined : 'denied');
  if (SUPPORTED_OPERATIONS[type].includes(operation)) {
    const bit = access.authorizedOperations(type, name) & (1 << KAFKA_OPERATION_CODE[operation]);
    assert.equal(bit !== 0, allowed, `AuthorizedOperations: ${asked.join(' ')}`);
  }
  if (type !== 'topic') return;
  for (const round of ['decided', 'cached']) {
    assert.equal(askTopic(access, operation, name) > 0, allowed, `${asked.join(' ')} ${round}`);
  }
}

function othersThan(...known: KafkaOperation[]): KafkaOperation[] {
  return (Object.keys(KAFKA_OPERATION_CODE) as KafkaOperation[]).filter((operation) => !known.includes(operation));
}
