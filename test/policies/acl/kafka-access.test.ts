import assert from 'node:assert/strict';
import test from 'node:test';
import { DecisionCache } from '../../../policies/acl/decision-cache.ts';
import { CompiledKafkaAccess } from '../../../policies/acl/kafka-access.ts';
import { DEFAULT_DENY, PERMIT_FIRST_RULE, PERMIT_SESSION } from '../../../policies/decision.ts';
import type { KafkaRoleSource } from '../../../policies/source.ts';
import type { KafkaOperation, KafkaResourceType } from '../../../policies/types.ts';
import { askTopic, kafkaAccessOf } from './kafka-support.ts';

const CLUSTER = 'kafka-cluster';

type Asked = readonly [operation: KafkaOperation, type: KafkaResourceType, name: string];

/** The role of the reference configuration, and what it may not. */
const ERP: KafkaRoleSource = {
  allow: [
    { topic: 'orders.', prefix: true, operations: ['write', 'describe'] },
    { transactionalId: 'erp-', prefix: true, operations: ['write'] },
    { topic: '*', operations: ['describe'] },
    { cluster: true, operations: ['idempotentWrite'] },
  ],
  deny: [{ topic: 'orders.secret', operations: ['all'] }],
};

test('a decision names the rule, the role and the resource, and its words never repeat the client', () => {
  const access = kafkaAccessOf({ erp: ERP });
  const evil = 'evil\u202etopic';
  const cases: [Asked, resource: string, ruleId: string, reason: string][] = [
    [
      ['write', 'topic', 'orders.eu'],
      'topic:orders.eu',
      'roles.erp.kafka.allow[0]',
      'rule roles.erp.kafka.allow[0] allows write, describe on topics that begin with "orders."',
    ],
    [
      ['describe', 'transactionalId', 'erp-1'],
      'transactionalId:erp-1',
      'roles.erp.kafka.allow[1]',
      'rule roles.erp.kafka.allow[1] allows write on transactional ids that begin with "erp-"',
    ],
    [
      ['describe', 'topic', evil],
      `topic:${evil}`,
      'roles.erp.kafka.allow[2]',
      'rule roles.erp.kafka.allow[2] allows describe on every topic',
    ],
    [
      ['idempotentWrite', 'cluster', CLUSTER],
      'cluster',
      'roles.erp.kafka.allow[3]',
      'rule roles.erp.kafka.allow[3] allows idempotentWrite on the cluster',
    ],
    [
      ['write', 'topic', 'orders.secret'],
      'topic:orders.secret',
      'roles.erp.kafka.deny[0]',
      'rule roles.erp.kafka.deny[0] denies all on topic "orders.secret"',
    ],
    [['read', 'topic', evil], `topic:${evil}`, DEFAULT_DENY, 'no rule of role erp allows read on this topic'],
    [['read', 'group', evil], `group:${evil}`, DEFAULT_DENY, 'no rule of role erp allows read on this group'],
    [['create', 'cluster', CLUSTER], 'cluster', DEFAULT_DENY, 'no rule of role erp allows create on the cluster'],
  ];
  for (const [[operation, type, name], resource, ruleId, reason] of cases) {
    const decision = access.explain(operation, type, name);
    const role = ruleId === DEFAULT_DENY ? '' : 'erp';
    const expected = { action: operation, resource, ruleId, role, reason };
    assert.deepEqual(
      {
        action: decision.action,
        resource: decision.resource,
        ruleId: decision.ruleId,
        role: decision.role,
        reason: decision.reason,
      },
      expected,
    );
  }
});

test('the nearest rule is named: the literal, then the longest prefix, then the wildcard', () => {
  const access = kafkaAccessOf({
    erp: {
      allow: [
        { topic: '*', operations: ['read'] },
        { topic: 'a', prefix: true, operations: ['read'] },
        { topic: 'a.b', prefix: true, operations: ['read'] },
        { topic: 'a.b.c', operations: ['read'] },
      ],
    },
  });
  const named = (name: string) => access.explain('read', 'topic', name).ruleId;
  assert.deepEqual(
    ['a.b.c', 'a.b.d', 'a', 'x'].map(named),
    [3, 2, 1, 0].map((i) => `roles.erp.kafka.allow[${i}]`),
  );
});

test('of several rules on one name the one that is about the operation is named', () => {
  const access = kafkaAccessOf({
    erp: {
      allow: [
        { topic: 'a', operations: ['read'] },
        { topic: 'a', operations: ['write'] },
      ],
      deny: [
        { topic: 'a', operations: ['alter'] },
        { topic: 'a', operations: ['delete'] },
      ],
    },
  });
  const named = (operation: KafkaOperation) => access.explain(operation, 'topic', 'a').ruleId;
  assert.deepEqual(
    (['read', 'write', 'alter', 'delete'] as const).map(named),
    ['allow[0]', 'allow[1]', 'deny[0]', 'deny[1]'].map((rule) => `roles.erp.kafka.${rule}`),
  );
});

test('a permit leads back to its rule', () => {
  const access = kafkaAccessOf({ other: { allow: [{ group: 'g', operations: ['read'] }] }, erp: ERP });
  const permit = askTopic(access, 'write', 'orders.eu');
  assert.equal(access.authorize('read', 'group', 'g'), PERMIT_FIRST_RULE);
  assert.equal(access.authorize('write', 'topic', 'orders.eu'), permit);
  const decision = access.explainPermit(permit, 'write', 'topic:orders.eu');
  assert.deepEqual([decision.verdict, decision.ruleId, decision.role], ['allow', 'roles.erp.kafka.allow[0]', 'erp']);
  assert.equal(access.explainPermit(PERMIT_SESSION, 'session', '').verdict, 'allow');
  assert.equal(access.explainPermit(0, 'write', 'topic:x').verdict, 'deny');
  assert.equal(access.explainPermit(999, 'write', 'topic:x').cause, 'internal-error');
});

test('AuthorizedOperations: the sums that a broker gives, and nothing that the type does not know', () => {
  const access = kafkaAccessOf({
    erp: {
      allow: [
        { topic: 'all', operations: ['all'] },
        { topic: 'r', prefix: true, operations: ['read'] },
        { group: '*', operations: ['all'] },
        { transactionalId: '*', operations: ['all'] },
        { cluster: true, operations: ['all'] },
      ],
      deny: [
        { topic: 'rw', operations: ['describe'] },
        { topic: 'rwd', prefix: true, operations: ['all'] },
      ],
    },
  });
  const cases: [KafkaResourceType, name: string, sum: number][] = [
    ['topic', 'all', 3576],
    ['cluster', CLUSTER, 8096],
    ['group', 'g', 8 + 64 + 256 + 1024 + 2048],
    ['transactionalId', 't', 16 + 256 + 32_768],
    ['topic', 'r', 8 + 256],
    ['topic', 'rw', 8],
    ['topic', 'rwd', 0],
    ['topic', 'x', 0],
    ['cluster', 'x', 0],
  ];
  for (const [type, name, sum] of cases) assert.equal(access.authorizedOperations(type, name), sum, `${type} ${name}`);
});

test('bytes that are no UTF-8 are refused, and a leading U+FEFF is part of the name', () => {
  const access = kafkaAccessOf({ erp: { allow: [{ topic: '*', operations: ['all'] }] } });
  for (const bytes of [[0xff], [0xc0, 0xaf], [0xed, 0xa0, 0x80]]) {
    assert.equal(access.topic('read', Uint8Array.from(bytes), 0, bytes.length), 0);
  }
  const one = kafkaAccessOf({ erp: { allow: [{ topic: 'a', operations: ['all'] }] } });
  assert.ok(askTopic(one, 'read', 'a') > 0);
  assert.equal(askTopic(one, 'read', '\ufeffa'), 0);
});

test('a topic is decided once for each operation', () => {
  let stored = 0;
  class Counting extends DecisionCache {
    override store(...args: Parameters<DecisionCache['store']>): void {
      stored++;
      super.store(...args);
    }
  }
  const cache = new Counting({ slots: 64 });
  const access = new CompiledKafkaAccess({ cache, rules: [], bound: [], elsewhere: [], roles: '' });
  for (const operation of ['read', 'write', 'read', 'write'] as const) askTopic(access, operation, 'a');
  assert.equal(stored, 2);
});

test('a name that is too long for the cache is decided each time', () => {
  const name = 'a'.repeat(249);
  const access = kafkaAccessOf({ erp: { allow: [{ topic: name, operations: ['read'] }] } });
  for (const round of [1, 2]) {
    assert.ok(askTopic(access, 'read', name) > 0, `round ${round}`);
    assert.equal(askTopic(access, 'read', name.slice(1)), 0);
  }
});

test('names of properties that every object has are names like others', () => {
  const access = kafkaAccessOf({ erp: { allow: [{ topic: 'constructor', operations: ['read'] }] } });
  assert.ok(access.authorize('read', 'topic', 'constructor') > 0);
  for (const name of ['__proto__', 'toString', 'hasOwnProperty'])
    assert.equal(access.authorize('read', 'topic', name), 0);
});
