import assert from 'node:assert/strict';
import test from 'node:test';
import { entry, list, on } from './kafka-list.ts';
import { policyOf, TRUST } from './loaded.ts';

test('the list of today and those of old become the same roles', () => {
  const today = list(
    on('TOPIC', 'orders'),
    entry('User:alice', 'READ'),
    entry('User:alice', 'DESCRIBE_CONFIGS', 'ALLOW', '10.0.0.1'),
    entry('User:bob', 'ALL', 'DENY'),
    '',
    on('TRANSACTIONAL_ID', 'tx', 'PREFIXED'),
    entry('User:alice', 'WRITE'),
    '',
  );
  const middle = list(
    'ACLs for principal `User:alice`',
    'Current ACLs for resource `Topic:LITERAL:orders`: ',
    ' \tUser:alice has Allow permission for operations: Read from hosts: *',
    '\tUser:alice has Allow permission for operations: DescribeConfigs from hosts: 10.0.0.1',
    '\tUser:bob has Deny permission for operations: All from hosts: * ',
    'Current ACLs for resource `TransactionalId:PREFIXED:tx`: ',
    '\tUser:alice has Allow permission for operations: Write from hosts: *',
  );
  assert.deepEqual(today.leftOut, []);
  assert.deepEqual(middle, today);
  assert.deepEqual(today.roles, {
    alice: {
      kafka: {
        allow: [
          { topic: 'orders', operations: ['read'] },
          { topic: 'orders', operations: ['describeConfigs'], hosts: ['10.0.0.1'] },
          { transactionalId: 'tx', prefix: true, operations: ['write'] },
        ],
      },
    },
    bob: { kafka: { deny: [{ topic: 'orders', operations: ['all'] }] } },
  });
  assert.deepEqual(today.identities, [
    { name: 'alice', when: { trust: TRUST, subject: { CN: 'alice' } }, principal: '{CN}', roles: ['alice'] },
    { name: 'bob', when: { trust: TRUST, subject: { CN: 'bob' } }, principal: '{CN}', roles: ['bob'] },
  ]);
});

test('before pattern types were printed, a resource is a literal', () => {
  const { roles } = list(
    'Current ACLs for resource `Group:g`: ',
    ' User:a has Allow permission for operations: Read from hosts: *',
  );
  assert.deepEqual(roles, { a: { kafka: { allow: [{ group: 'g', operations: ['read'] }] } } });
});

test('operations on one resource are joined, whatever is between them', () => {
  const { roles } = list(
    on('TOPIC', 't'),
    entry('User:a', 'READ'),
    entry('User:b', 'READ'),
    entry('User:a', 'WRITE'),
    on('TOPIC', 't'),
    entry('User:a', 'READ'),
  );
  assert.deepEqual(roles['a'], { kafka: { allow: [{ topic: 't', operations: ['read', 'write'] }] } });
});

test('User:* is the role of everyone, known by name or not', () => {
  const { roles, identities } = list(
    on('TOPIC', 't'),
    entry('User:*', 'READ'),
    entry('User:a', 'WRITE'),
    entry('User:ANONYMOUS', 'WRITE'),
  );
  assert.deepEqual(Object.keys(roles), ['everyone', 'anonymous', 'a']);
  assert.deepEqual(
    identities.map(({ name, when, principal, roles }) => ({ name, when, principal, roles })),
    [
      { name: 'anonymous', when: { anonymous: true }, principal: 'ANONYMOUS', roles: ['anonymous', 'everyone'] },
      { name: 'a', when: { trust: TRUST, subject: { CN: 'a' } }, principal: '{CN}', roles: ['a', 'everyone'] },
      { name: 'everyone', when: { trust: TRUST }, principal: '{CN}', roles: ['everyone'] },
    ],
  );
});

test('names of users become names that a role may have, each once', () => {
  const { roles, identities } = list(
    on('TOPIC', 't'),
    ...['sales dept', 'sales-dept', 'ä', 'everyone'].map((user) => entry(`User:${user}`, 'READ')),
  );
  assert.deepEqual(Object.keys(roles), ['sales-dept', 'sales-dept-2', 'user', 'everyone']);
  assert.deepEqual(
    identities.map(({ when }) => when.subject?.['CN']),
    ['sales dept', 'sales-dept', 'ä', 'everyone'],
  );
});

test('more rules than a role may have are several roles', () => {
  const lines = Array.from({ length: 2_100 }, (_, i) => [on('TOPIC', `t${i}`), entry('User:a', 'READ')]).flat();
  const imported = list(...lines);
  assert.deepEqual(imported.identities[0]?.roles, ['a', 'a-2', 'a-3']);
  assert.deepEqual(
    Object.values(imported.roles).map(({ kafka }) => kafka?.allow?.length),
    [1000, 1000, 100],
  );
  policyOf(imported);
});

test('the cluster is one, however it is named', () => {
  const { roles, leftOut } = list(
    on('CLUSTER', 'kafka-cluster'),
    entry('User:a', 'CREATE'),
    on('CLUSTER', 'kafka', 'PREFIXED'),
    entry('User:a', 'ALTER'),
    on('CLUSTER', '*'),
    entry('User:a', 'DESCRIBE'),
    on('CLUSTER', 'other'),
    entry('User:a', 'DESCRIBE'),
  );
  assert.deepEqual(roles['a'], { kafka: { allow: [{ cluster: true, operations: ['create', 'alter', 'describe'] }] } });
  assert.deepEqual(
    leftOut.map(({ line }) => line),
    [8],
  );
});
