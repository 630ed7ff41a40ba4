import assert from 'node:assert/strict';
import test from 'node:test';
import { DEFAULT_DENY } from '../../../policies/decision.ts';
import { compilePolicy } from '../../../policies/policy.ts';
import type { KafkaRoleSource } from '../../../policies/source.ts';
import { kafkaAccessOf, kafkaClientOf, kafkaRolesOf } from './kafka-support.ts';
import { clientOf } from './support.ts';

test('several roles: all allows and all denies', () => {
  const access = kafkaAccessOf({
    one: {
      allow: [{ topic: 'a', prefix: true, operations: ['read'] }],
      deny: [{ topic: 'b-secret', operations: ['read'] }],
    },
    two: {
      allow: [{ topic: 'b', prefix: true, operations: ['read'] }],
      deny: [{ topic: 'a-secret', operations: ['read'] }],
    },
  });
  const cases: [name: string, ruleId: string][] = [
    ['a-x', 'roles.one.kafka.allow[0]'],
    ['b-x', 'roles.two.kafka.allow[0]'],
    ['a-secret', 'roles.two.kafka.deny[0]'],
    ['b-secret', 'roles.one.kafka.deny[0]'],
    ['c', DEFAULT_DENY],
  ];
  for (const [name, ruleId] of cases) assert.equal(access.explain('read', 'topic', name).ruleId, ruleId, name);
  assert.equal(access.explain('read', 'topic', 'c').reason, 'no rule of roles one, two allows read on this topic');
});

test('a client whose roles have no kafka section may do nothing', () => {
  const roles = kafkaRolesOf({ erp: { allow: [{ topic: '*', operations: ['all'] }] } });
  for (const names of [[], ['device'], ['constructor']]) {
    assert.equal(roles.access(kafkaClientOf(names), '192.0.2.1').authorize('read', 'topic', 'a'), 0, names.join());
  }
});

test('variables: a rule is about the names of its own client', () => {
  const role: KafkaRoleSource = {
    allow: [
      { topic: 'plant.{plant}.', prefix: true, operations: ['write'] },
      { group: '{plant}-{device}', operations: ['read'] },
    ],
    deny: [{ topic: 'plant.{plant}.secret', operations: ['write'] }],
  };
  const roles = kafkaRolesOf({ device: role });
  const access = (plant: string) =>
    roles.access(kafkaClientOf(['device'], { variables: { plant, device: 'd1' } }), '192.0.2.1');
  const cases: [plant: string, operation: 'write' | 'read', type: 'topic' | 'group', name: string, allowed: boolean][] =
    [
      ['p1', 'write', 'topic', 'plant.p1.temperature', true],
      ['p1', 'write', 'topic', 'plant.p1.secret', false],
      ['p1', 'write', 'topic', 'plant.p2.temperature', false],
      ['p1', 'write', 'topic', 'plant.{plant}.x', false],
      ['p1', 'read', 'group', 'p1-d1', true],
      ['p1', 'read', 'group', 'p1-d12', false],
      ['p2', 'write', 'topic', 'plant.p2.temperature', true],
      ['p2', 'write', 'topic', 'plant.p1.temperature', false],
      ['p2', 'write', 'topic', 'plant.p1.secret', false],
      ['p2', 'read', 'group', 'p2-d1', true],
    ];
  for (const round of [1, 2]) {
    for (const [plant, operation, type, name, allowed] of cases) {
      const what = `${plant} ${operation} ${name} round ${round}`;
      assert.equal(access(plant).authorize(operation, type, name) > 0, allowed, what);
      if (type !== 'topic') continue;
      const bytes = Buffer.from(name);
      assert.equal(access(plant).topic(operation, bytes, 0, bytes.length) > 0, allowed, what);
    }
  }
});

test('a value is text: an asterisk from a certificate is no wildcard', () => {
  const role: KafkaRoleSource = {
    allow: [
      { group: '{x}', operations: ['read'] },
      { group: '{x}', prefix: true, operations: ['describe'] },
      { topic: '{y}', operations: ['read'] },
    ],
  };
  const access = kafkaAccessOf({ device: role }, { variables: { x: '*', y: '{x}' } });
  assert.equal(access.authorize('read', 'group', 'g'), 0);
  assert.equal(access.authorize('describe', 'group', 'g'), 0);
  assert.ok(access.authorize('read', 'group', '*') > 0);
  assert.ok(access.authorize('describe', 'group', '*g') > 0);
  assert.ok(access.authorize('read', 'topic', '{x}') > 0, 'a value is never read as a template');
  assert.equal(access.authorize('read', 'topic', '*'), 0);
});

test('what cannot be filled: the allow grants nothing, the deny denies the whole type with its operations', () => {
  const role: KafkaRoleSource = {
    allow: [
      { topic: '*', operations: ['all'] },
      { group: '*', operations: ['read'] },
      { transactionalId: '{x}', operations: ['write'] },
      { transactionalId: '{x}', prefix: true, operations: ['write'] },
    ],
    deny: [{ topic: 'orders.{x}', operations: ['write'] }],
  };
  for (const variables of [{}, { x: '' }, Object.create({ x: 'inherited' }) as Record<string, string>]) {
    const access = kafkaAccessOf({ erp: role }, { variables });
    for (const name of ['t', '', 'inherited', '{x}']) {
      assert.equal(access.authorize('write', 'transactionalId', name), 0);
    }
    assert.equal(access.authorize('write', 'topic', 'anything'), 0);
    assert.equal(access.authorizeByType('write', 'topic'), 0);
    assert.deepEqual(access.explain('write', 'topic', 'a'), {
      verdict: 'deny',
      action: 'write',
      resource: 'topic:a',
      ruleId: 'roles.erp.kafka.deny[0]',
      role: 'erp',
      cause: 'denied',
      reason: 'rule roles.erp.kafka.deny[0] cannot be filled for this client, so it denies write on every topic',
    });
    assert.ok(access.authorize('read', 'topic', 'anything') > 0, 'other operations are untouched');
    assert.ok(access.authorize('read', 'group', 'anything') > 0, 'other types are untouched');
  }
  assert.ok(kafkaAccessOf({ erp: role }, { variables: { x: 'eu' } }).authorize('write', 'topic', 'anything') > 0);
});

const FROM_INSIDE: KafkaRoleSource = {
  allow: [
    { topic: 'a', operations: ['read'], hosts: ['10.0.0.0/8', '2001:db8::1'] },
    { topic: '*', operations: ['describe'] },
  ],
  deny: [{ topic: 'a', operations: ['describe'], hosts: ['10.0.0.66'] }],
};

test('hosts: a rule is about clients from these addresses, in any spelling', () => {
  const cases: [host: string, read: boolean, describe: boolean][] = [
    ['10.1.2.3', true, true],
    ['::ffff:10.1.2.3', true, true],
    ['10.0.0.66', true, false],
    ['::FFFF:a00:42', true, false],
    ['2001:DB8:0:0:0:0:0:1', true, true],
    ['2001:db8::2', false, true],
    ['192.0.2.1', false, true],
    // The address is not known: an allow for certain hosts does not hold, a deny does.
    ['', false, false],
    ['nowhere', false, false],
  ];
  const roles = kafkaRolesOf({ erp: FROM_INSIDE });
  const bytes = Buffer.from('a');
  for (const round of [1, 2]) {
    for (const [host, read, describe] of cases) {
      const access = roles.access(kafkaClientOf(['erp']), host);
      const allowed = (operation: 'read' | 'describe') => access.topic(operation, bytes, 0, 1) > 0;
      assert.deepEqual([allowed('read'), allowed('describe')], [read, describe], `${host} round ${round}`);
    }
  }
});

test('hosts: a refusal tells of the rule that holds for other addresses', () => {
  const access = kafkaAccessOf({ erp: FROM_INSIDE }, { host: '192.0.2.1' });
  const decision = access.explain('read', 'topic', 'a');
  assert.deepEqual([decision.verdict, decision.ruleId, decision.cause], ['deny', 'roles.erp.kafka.allow[0]', 'denied']);
  assert.equal(
    decision.reason,
    'rule roles.erp.kafka.allow[0] allows read on topic "a", but not from the address of this client',
  );
  assert.equal(access.explainByType('read', 'topic').ruleId, 'roles.erp.kafka.allow[0]');
  assert.equal(access.explain('read', 'topic', 'b').ruleId, DEFAULT_DENY);
});

test('clients that agree in all their rules depend on share an access, others never', () => {
  const roles = kafkaRolesOf({
    erp: { allow: [{ topic: 'a', operations: ['read'] }] },
    inside: FROM_INSIDE,
    device: { allow: [{ topic: '{plant}', operations: ['read'] }] },
  });
  const access = (names: string[], variables: Record<string, string>, host: string) =>
    roles.access(kafkaClientOf(names, { variables }), host);
  const erp = access(['erp'], { device: 'd1' }, '10.0.0.1');
  assert.equal(access(['erp'], { device: 'd2' }, '192.0.2.1'), erp, 'neither variables nor hosts matter');
  const inside = access(['inside'], {}, '10.0.0.1');
  assert.equal(access(['inside'], {}, '10.9.9.9'), inside, 'the same rules concern both addresses');
  assert.notEqual(access(['inside'], {}, '10.0.0.66'), inside);
  assert.notEqual(access(['inside'], {}, '192.0.2.1'), inside);
  const p1 = access(['device'], { plant: 'p1', device: 'd1' }, '10.0.0.1');
  assert.equal(access(['device'], { plant: 'p1', device: 'd2' }, '192.0.2.1'), p1);
  assert.notEqual(access(['device'], { plant: 'p2' }, '10.0.0.1'), p1);
  assert.notEqual(access(['device'], {}, '10.0.0.1'), p1);
  assert.notEqual(access(['device', 'erp'], { plant: 'p1' }, '10.0.0.1'), p1);
});

test('the accesses that are kept are bounded, the least recently used goes first', () => {
  const roles = kafkaRolesOf({ device: { allow: [{ topic: '{x}', operations: ['read'] }] } }, 2);
  const access = (x: string) => roles.access(kafkaClientOf(['device'], { variables: { x } }), '10.0.0.1');
  const [one, two] = [access('1'), access('2')];
  assert.equal(access('1'), one);
  access('3');
  assert.equal(access('1'), one);
  assert.notEqual(access('2'), two, 'the oldest is gone');
});

test('from a policy: both protocols of one role, each with its own rules', () => {
  const policy = compilePolicy(
    {
      identities: [{ name: 'devices', when: { trust: 't' }, principal: 'd1', roles: ['device'] }],
      roles: {
        device: {
          mqtt: { allow: [{ publish: 'a' }] },
          kafka: { allow: [{ topic: 'b', operations: ['write'], hosts: ['10.0.0.1'] }] },
        },
      },
    },
    { version: 'v1', cacheSlots: 16 },
  );
  const who = clientOf(['device']);
  const [a, b] = [Buffer.from('a'), Buffer.from('b')];
  const kafka = policy.kafka(who, '10.0.0.1');
  assert.equal(policy.kafka(who, '10.0.0.1'), kafka);
  assert.ok(policy.mqtt(who).publish(a, 0, 1, 0, false, 0) > 0 && kafka.topic('write', b, 0, 1) > 0);
  assert.equal(policy.mqtt(who).publish(b, 0, 1, 0, false, 0), 0);
  assert.equal(kafka.topic('write', a, 0, 1), 0);
  assert.equal(policy.kafka(who, '10.0.0.2').topic('write', b, 0, 1), 0);
});
