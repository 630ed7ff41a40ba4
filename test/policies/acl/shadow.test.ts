import assert from 'node:assert/strict';
import test from 'node:test';
import { KafkaRoles } from '../../../policies/acl/kafka-roles.ts';
import { enforcedRights, rolesInShadow } from '../../../policies/acl/shadow.ts';
import { DEFAULT_DENY, type Decision, PERMIT_UNGRANTED } from '../../../policies/decision.ts';
import { checkPolicy, compilePolicy } from '../../../policies/policy.ts';
import type { Mode, MqttRoleSource, PolicySource } from '../../../policies/source.ts';
import { mqttOf, type Outcome, outcomeOf, type Roles } from './shadow-support.ts';
import { clientOf, publish, receive } from './support.ts';

const RIGHTS: MqttRoleSource = {
  allow: [{ publish: 'a/#', qos: [0, 1], retain: false, size: 100 }, { subscribe: 'a/+' }],
  deny: [
    { publish: 'a/shut', mode: 'shadow' },
    { publish: 'a/closed' },
    { subscribe: 'a/low', qos: [1, 2], mode: 'shadow' },
  ],
};
const RULE: Roles = { r: { mqtt: RIGHTS } };
const ROLE: Roles = { r: { mode: 'shadow', mqtt: RIGHTS }, s: { mqtt: { deny: [{ publish: 'a/never' }] } } };
const PLAIN: Roles = { r: { mqtt: { ...RIGHTS, deny: [{ publish: 'a/closed' }] } } };

const MESSAGES: readonly [string, Roles, Mode, string, number, boolean, number, Outcome, string | undefined][] = [
  ['what is allowed', RULE, 'enforce', 'a/x', 1, false, 100, 'allow', undefined],
  ['a deny in shadow', RULE, 'enforce', 'a/shut', 1, false, 100, 'shadow', 'roles.r.mqtt.deny[0]'],
  ['a deny in shadow, and a payload that is too large', RULE, 'enforce', 'a/shut', 1, false, 101, 'deny', undefined],
  ['an enforced deny', RULE, 'enforce', 'a/closed', 0, false, 0, 'deny', undefined],
  ['no allow', RULE, 'enforce', 'b', 0, false, 0, 'deny', undefined],
  ['a role: its own deny', ROLE, 'enforce', 'a/closed', 0, false, 0, 'shadow', 'roles.r.mqtt.deny[1]'],
  ['a role: no allow', ROLE, 'enforce', 'b', 2, true, 5000, 'shadow', 'default-deny'],
  ['a role: the size', ROLE, 'enforce', 'a/x', 0, false, 101, 'shadow', 'roles.r.mqtt.allow[0]'],
  ['a role: the quality of service', ROLE, 'enforce', 'a/x', 2, false, 0, 'shadow', 'roles.r.mqtt.allow[0]'],
  ['a role: a retained message', ROLE, 'enforce', 'a/x', 0, true, 0, 'shadow', 'roles.r.mqtt.allow[0]'],
  ['a role: what is allowed', ROLE, 'enforce', 'a/x', 0, false, 100, 'allow', undefined],
  ['a role: the deny of another role', ROLE, 'enforce', 'a/never', 0, false, 0, 'deny', undefined],
  ['a role: topics with $', ROLE, 'enforce', '$SYS/x', 0, false, 0, 'shadow', 'default-deny'],
  ['a listener: a deny', PLAIN, 'shadow', 'a/closed', 0, false, 0, 'shadow', 'roles.r.mqtt.deny[0]'],
  ['a listener: the deny of any role', ROLE, 'shadow', 'a/never', 0, false, 0, 'shadow', 'roles.s.mqtt.deny[0]'],
  ['a listener: no allow', PLAIN, 'shadow', 'b', 0, false, 0, 'shadow', 'default-deny'],
  ['nothing in shadow', PLAIN, 'enforce', 'b', 0, false, 0, 'deny', undefined],
];

for (const [what, roles, mode, topic, qos, retain, size, outcome, rule] of MESSAGES) {
  test(`MQTT, ${what}: ${outcome}`, () => {
    const access = mqttOf(roles, mode);
    for (const round of ['asked', 'cached', 'cached']) {
      assert.equal(outcomeOf(publish(access, topic, qos, retain, size)), outcome, round);
    }
    const decision = access.explainPublish(topic, qos, retain, size);
    assert.equal(decision.verdict, outcome === 'deny' ? 'deny' : 'allow');
    assert.deepEqual([decision.shadow?.ruleId, decision.shadow?.verdict], [rule, rule && 'deny']);
    assert.equal(outcomeOf(access.will(topic, qos, retain, size).permit), outcome);
  });
}

test('a quality of service that MQTT does not have is no right that shadow mode could let through', () => {
  const access = mqttOf(ROLE);
  // RETAIN with QoS 0 and a QoS of 4 would be the same bits.
  assert.equal(outcomeOf(publish(access, 'b', 0, true)), 'shadow');
  for (const qos of [-1, 3, 4]) assert.equal(outcomeOf(publish(access, 'b', qos)), 'deny', `QoS ${qos}`);
});

test('enforced are all allows, and the denies that neither the rule, nor its role, nor the listener has in shadow', () => {
  assert.deepEqual(rolesInShadow({ a: { mode: 'shadow' }, b: { mode: 'enforce' }, c: {} }), new Set(['a']));
  const rule = (effect: 'allow' | 'deny', role: string, shadow = false) => ({ effect, role, shadow });
  const [allow, deny, tried, ofShadow] = [
    rule('allow', 'tried'),
    rule('deny', 'strict'),
    rule('deny', 'strict', true),
    rule('deny', 'tried'),
  ];
  const rules = [allow, deny, tried, ofShadow];
  const inShadow = new Set(['tried']);
  const enforced = (own: typeof rules, roles: string[], mode: Mode) => enforcedRights(own, roles, inShadow, mode);
  assert.equal(enforced([allow, deny], ['strict'], 'enforce'), undefined, 'where all is enforced');
  assert.deepEqual(enforced([allow, tried], ['strict'], 'enforce'), { rules: [allow], open: false });
  assert.deepEqual(enforced(rules, ['strict', 'tried'], 'enforce'), { rules: [allow, deny], open: true });
  assert.deepEqual(enforced(rules, ['strict'], 'shadow'), { rules: [allow], open: true });
});

test('the cached verdict on a small payload is none on a large one, with a role in shadow either way', () => {
  const access = mqttOf(ROLE);
  for (const [size, outcome] of [
    [100, 'allow'],
    [101, 'shadow'],
    [100, 'allow'],
    [5000, 'shadow'],
  ] as const) {
    assert.equal(outcomeOf(publish(access, 'a/x', 1, false, size)), outcome, `${size}`);
  }
});

test('what a CONNACK offers is what is not refused', () => {
  const offers = (roles: Roles, mode?: Mode) => {
    const { maxPublishQos, retainAvailable } = mqttOf(roles, mode);
    return [maxPublishQos, retainAvailable];
  };
  assert.deepEqual(offers(RULE), [1, false]);
  assert.deepEqual(offers(ROLE), [2, true]);
  assert.deepEqual(offers(RULE, 'shadow'), [2, true]);
});

test('a subscription in shadow is made whole, with the quality of service that is asked for', () => {
  const rows = [
    [RULE, 'a/b', 'allow', undefined],
    [RULE, 'a/low', 'shadow', 'denied'],
    [RULE, 'b/#', 'deny', undefined],
    [ROLE, 'b/#', 'shadow', 'denied'],
    [ROLE, '$share/g/b', 'shadow', 'denied'],
  ] as const;
  for (const [roles, filter, outcome, cause] of rows) {
    const { decision, permit, qos } = mqttOf(roles).subscribe(filter, 2);
    assert.deepEqual([outcomeOf(permit), qos, decision.shadow?.cause], [outcome, outcome === 'deny' ? 0 : 2, cause]);
  }
  const { decision } = mqttOf(ROLE).subscribe('a/#/b', 0);
  assert.deepEqual([decision.verdict, decision.cause], ['deny', 'filter-invalid'], 'the grammar is no right');
});

test('a deny that filters and is in shadow lets deliveries through, and tells them', () => {
  const roles = (mode: Mode): Roles => ({
    r: { mqtt: { denyOverlap: 'filter', allow: [{ subscribe: 'a/#' }], deny: [{ receive: 'a/b', mode }] } },
  });
  assert.equal(receive(mqttOf(roles('enforce')), 'a/b'), -2, 'filtered, and no news');
  assert.equal(outcomeOf(receive(mqttOf(roles('shadow')), 'a/b')), 'shadow');
});

test('a client id that no role allows is let through in shadow; an empty one is given as ever', () => {
  const roles = (mode: Mode): Roles => ({ r: { mode, mqtt: { clientId: '{device}' } } });
  assert.equal(mqttOf(roles('enforce')).clientId('other').decision.verdict, 'deny');
  const shadow = mqttOf(roles('shadow'));
  const { decision, assigned } = shadow.clientId('other');
  assert.deepEqual(
    [decision.verdict, decision.shadow?.cause, decision.shadow?.ruleId, assigned],
    ['allow', 'client-id', 'roles.r.mqtt.clientId', undefined],
  );
  assert.deepEqual([shadow.clientId('').assigned, shadow.clientId('d1').decision.shadow], ['d1', undefined]);
});

test('a permit in shadow names the rule that allows, or that there is none', () => {
  const rule = mqttOf(RULE);
  const permit = publish(rule, 'a/shut', 1);
  assert.equal(rule.explainPermit(permit, 'publish', 'a/shut').ruleId, 'roles.r.mqtt.allow[0]');
  const role = mqttOf(ROLE);
  assert.equal(publish(role, 'b'), PERMIT_UNGRANTED);
  assert.equal(role.explainPermit(PERMIT_UNGRANTED, 'publish', 'b').ruleId, 'shadow');
});

test('one policy answers clients of an enforcing listener and of one in shadow, each as it is', () => {
  const policy = compilePolicy({ identities: [], roles: { r: { mqtt: {}, kafka: {} } } }, { version: 'v' });
  const who = clientOf(['r']);
  for (const mode of ['enforce', 'shadow', 'enforce'] as const) {
    const outcome = mode === 'shadow' ? 'shadow' : 'deny';
    assert.equal(outcomeOf(publish(policy.mqtt(who, mode), 'a')), outcome);
    assert.equal(outcomeOf(policy.kafka(who, '', mode).authorize('read', 'topic', 'a')), outcome);
  }
});

/** `open`: a role in shadow, so that only the denies of the other one are enforced. */
const KAFKA: Roles = {
  open: { mode: 'shadow', kafka: { deny: [{ topic: 'tried', operations: ['read'] }] } },
  strict: {
    kafka: {
      deny: [
        { topic: 'shut', operations: ['read'] },
        { topic: 'kafka-cluster', operations: ['read'] },
        { group: '*', prefix: true, operations: ['read'] },
        { transactionalId: '*', operations: ['write'] },
        { cluster: true, operations: ['alter'] },
      ],
    },
  },
};

test('Kafka: what is let through and what is refused names its rule', () => {
  const access = KafkaRoles.of(KAFKA, { accesses: 8 }).access(clientOf(['open', 'strict']), '192.0.2.1');
  const named = (decision: Decision) => [decision.verdict, decision.ruleId, decision.shadow?.ruleId];
  const refused = (rule: number) => ['deny', `roles.strict.kafka.deny[${rule}]`, undefined];
  assert.deepEqual(named(access.explain('read', 'topic', 'tried')), ['allow', 'shadow', 'roles.open.kafka.deny[0]']);
  assert.deepEqual(named(access.explain('read', 'topic', 'x')), ['allow', 'shadow', DEFAULT_DENY]);
  assert.deepEqual(named(access.explain('read', 'topic', 'shut')), refused(0));
  assert.deepEqual(named(access.explainByType('write', 'transactionalId')), refused(3));
  assert.deepEqual(named(access.explainByType('alter', 'cluster')), refused(4));
});

test('Kafka: an open role leaves some name of a type as long as no deny is about every one', () => {
  const access = KafkaRoles.of(KAFKA, { accesses: 8 }).access(clientOf(['open', 'strict']), '192.0.2.1');
  assert.equal(outcomeOf(access.authorizeByType('read', 'topic')), 'shadow', 'a topic may be named like the cluster');
  assert.equal(outcomeOf(access.authorizeByType('read', 'group')), 'shadow', 'names that begin with * are not all');
  assert.equal(outcomeOf(access.authorizeByType('write', 'transactionalId')), 'deny');
  assert.equal(outcomeOf(access.authorizeByType('alter', 'cluster')), 'deny');
  assert.equal(outcomeOf(access.authorizeByType('create', 'cluster')), 'shadow');
});

test('Kafka: by type, a deny in shadow is told where it refuses, an enforced one where it does', () => {
  const roles = (mode: Mode): Roles => ({
    r: {
      kafka: {
        allow: [{ topic: 'a', operations: ['read'] }],
        deny: [
          { topic: '*', operations: ['read'], mode },
          { group: 'g', operations: ['read'], mode: 'shadow' },
        ],
      },
    },
  });
  const explained = (mode: Mode) => {
    const access = KafkaRoles.of(roles(mode), { accesses: 8 }).access(clientOf(['r']), '192.0.2.1');
    const { verdict, ruleId, shadow } = access.explainByType('read', 'topic');
    return [verdict, ruleId, shadow?.ruleId];
  };
  assert.deepEqual(explained('shadow'), ['allow', 'roles.r.kafka.allow[0]', 'roles.r.kafka.deny[0]']);
  assert.deepEqual(explained('enforce'), ['deny', 'roles.r.kafka.deny[0]', undefined]);
});

test('an allow in shadow is refused with what to do instead; a mode that is none is named', () => {
  const mqtt = { allow: [{ publish: 'a', mode: 'shadow' }] } as const;
  const kafka = { allow: [{ topic: 'a', operations: ['read'], mode: 'shadow' }] } as const;
  const source: PolicySource = {
    identities: [],
    roles: {
      r: { mqtt, kafka },
      s: { mode: 'off' as Mode },
      t: { mode: 'shadow', mqtt: { deny: [{ publish: 'a', mode: 'shadow' }] } },
    },
  };
  assert.deepEqual(
    checkPolicy(source).map(({ path, message }) => [path, /a role with mode: shadow|must be/.exec(message)?.[0]]),
    [
      ['roles.r.mqtt.allow[0].mode', 'a role with mode: shadow'],
      ['roles.r.kafka.allow[0].mode', 'a role with mode: shadow'],
      ['roles.s.mode', 'must be'],
    ],
  );
});
