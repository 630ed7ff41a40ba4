import assert from 'node:assert/strict';
import test from 'node:test';
import type { ClientIds } from '../../../policies/acl/client-id.ts';
import { ClientRules } from '../../../policies/acl/client-rules.ts';
import { DecisionCache } from '../../../policies/acl/decision-cache.ts';
import { CompiledMqttAccess } from '../../../policies/acl/mqtt-access.ts';
import { MqttRights } from '../../../policies/acl/mqtt-rights.ts';
import { MqttRoles } from '../../../policies/acl/mqtt-roles.ts';
import type { Cause } from '../../../policies/causes.ts';
import { DEFAULT_DENY, PERMIT_FIRST_RULE, PERMIT_SESSION } from '../../../policies/decision.ts';
import type { MqttRoleSource } from '../../../policies/source.ts';
import { accessOf, clientOf, publish, receive } from './support.ts';

/** The role of the reference configuration. */
const DEVICE: MqttRoleSource = {
  clientId: '{device}',
  allow: [{ publish: 'plant/{plant}/{device}/#', qos: [0, 1] }, { subscribe: 'plant/{plant}/{device}/cmd/+' }],
  deny: [{ publish: 'plant/+/+/firmware/#' }],
};
const ALLOW0 = 'roles.device.mqtt.allow[0]';
const ALLOW1 = 'roles.device.mqtt.allow[1]';
const DENY0 = 'roles.device.mqtt.deny[0]';

test('publish: the first of deny, allow, default deny', () => {
  const access = accessOf({ device: DEVICE });
  const cases: [topic: string, qos: number, ruleId: string, cause?: Cause][] = [
    ['plant/p1/d1/temp', 0, ALLOW0],
    ['plant/p1/d1/temp', 1, ALLOW0],
    ['plant/p1/d1', 0, ALLOW0],
    ['plant/p1/d1/temp', 2, ALLOW0, 'qos-not-allowed'],
    ['plant/p1/d1/firmware', 0, DENY0, 'denied'],
    ['plant/p1/d1/firmware/x', 2, DENY0, 'denied'],
    ['plant/p2/d1/temp', 0, DEFAULT_DENY, 'denied'],
    ['plant/p1/d2/temp', 0, DEFAULT_DENY, 'denied'],
    ['plant/p1/d1x/temp', 0, DEFAULT_DENY, 'denied'],
    ['$SYS/x', 0, DEFAULT_DENY, 'denied'],
    ['plant/{plant}/{device}/x', 0, DEFAULT_DENY, 'denied'],
  ];
  for (const [topic, qos, ruleId, cause] of cases) {
    const decision = access.explainPublish(topic, qos, false);
    assert.deepEqual([decision.ruleId, decision.cause], [ruleId, cause], `${topic} QoS ${qos}`);
    assert.equal(decision.verdict, cause === undefined ? 'allow' : 'deny');
    for (const round of ['decided', 'from the cache']) {
      assert.equal(publish(access, topic, qos) > 0, cause === undefined, `${topic} QoS ${qos} ${round}`);
    }
  }
});

test('the words name the rule as it is written, and never the topic of the client', () => {
  const access = accessOf({ device: DEVICE });
  const evil = 'evil\u202etopic';
  const reasons = [
    access.explainPublish('plant/p1/d1/firmware', 0, false),
    access.explainPublish('plant/p1/d1/x', 0, false),
    access.explainPublish('plant/p1/d1/x', 2, false),
    access.explainPublish(evil, 0, false),
    access.explainReceive(evil),
    access.subscribe(evil, 0).decision,
    access.will(evil, 0, false).decision,
  ].map((decision) => decision.reason);
  assert.deepEqual(reasons, [
    'rule roles.device.mqtt.deny[0] denies publish to "plant/+/+/firmware/#"',
    'rule roles.device.mqtt.allow[0] allows publish to "plant/{plant}/{device}/#"',
    'rule roles.device.mqtt.allow[0] allows publish to "plant/{plant}/{device}/#" with QoS 0 or 1, not 2',
    'no rule of role device allows this publish',
    'no rule of role device allows this receive',
    'no rule of role device allows this subscribe',
    'no rule of role device allows this will',
  ]);
  assert.equal(access.explainPublish(evil, 0, false).resource, evil);
});

test('subscribe: an allow must hold the whole filter, a deny needs only to touch it', () => {
  const access = accessOf({
    device: {
      allow: [{ subscribe: 'a/#' }, { subscribe: 'b/+' }, { subscribe: 'b/+/c' }, { subscribe: '$SYS/broker/#' }],
      deny: [{ subscribe: 'a/secret/#' }],
    },
  });
  const cases: [filter: string, ruleId: string | undefined, cause?: Cause][] = [
    ['a/b', ALLOW0],
    ['a/b/+', ALLOW0],
    ['a', ALLOW0],
    ['$share/g/a/b', ALLOW0],
    ['b/x', ALLOW1],
    ['$SYS/broker/load', 'roles.device.mqtt.allow[3]'],
    ['a/#', DENY0, 'denied'],
    ['a/+', DENY0, 'denied'],
    ['a/+/+', DENY0, 'denied'],
    ['a/secret', DENY0, 'denied'],
    ['$share/g/a/secret/x', DENY0, 'denied'],
    ['b/#', DEFAULT_DENY, 'denied'],
    ['#', DENY0, 'denied'],
    ['+/x', DEFAULT_DENY, 'denied'],
    ['$SYS/#', DEFAULT_DENY, 'denied'],
    ['$share/g', DEFAULT_DENY, 'filter-invalid'],
    ['a/#/b', DEFAULT_DENY, 'filter-invalid'],
    ['', DEFAULT_DENY, 'filter-invalid'],
  ];
  for (const [filter, ruleId, cause] of cases) {
    const { decision, permit } = access.subscribe(filter, 1);
    assert.deepEqual([decision.ruleId, decision.cause], [ruleId, cause], filter);
    assert.equal(permit > 0, cause === undefined, filter);
    assert.equal(decision.resource, filter);
  }
});

test('subscribe: the quality of service is lowered to what a rule grants and no rule denies', () => {
  const access = accessOf({
    device: {
      allow: [
        { subscribe: 'a/#', qos: [0, 1] },
        { subscribe: 'a/b', qos: [2] },
        { subscribe: 'c', qos: [1, 2] },
      ],
      deny: [{ subscribe: 'a/d', qos: [1] }],
    },
  });
  const cases: [filter: string, asked: number, granted: number, cause?: Cause][] = [
    ['a/x', 0, 0],
    ['a/x', 1, 1],
    ['a/x', 2, 1],
    ['a/b', 2, 2],
    ['a/b', 1, 1],
    ['c', 2, 2],
    ['c', 0, 0, 'qos-not-allowed'],
    ['a/d', 2, 0],
    ['a/d', 1, 0],
  ];
  for (const [filter, asked, granted, cause] of cases) {
    const answer = access.subscribe(filter, asked);
    assert.deepEqual([answer.qos, answer.decision.cause], [granted, cause], `${filter} QoS ${asked}`);
  }
  assert.equal(
    access.subscribe('c', 0).decision.reason,
    'rule roles.device.mqtt.allow[2] allows subscribe to "c" with QoS 1 or 2, not 0',
  );
  assert.ok(receive(access, 'a/d') > 0, 'a deny of one quality of service does not stop deliveries');
});

test('receive: who may subscribe may receive, and denies of both count', () => {
  const access = accessOf({
    device: {
      allow: [{ subscribe: 'a/#' }, { receive: 'r/+' }],
      deny: [{ receive: 'a/hidden' }, { subscribe: 'a/secret/#' }],
    },
  });
  const cases: [topic: string, ruleId: string, cause?: Cause][] = [
    ['a/b', ALLOW0],
    ['r/x', ALLOW1],
    ['a/hidden', DENY0, 'denied'],
    ['a/secret/x', 'roles.device.mqtt.deny[1]', 'denied'],
    ['r/x/y', DEFAULT_DENY, 'denied'],
  ];
  for (const [topic, ruleId, cause] of cases) {
    const decision = access.explainReceive(topic);
    assert.deepEqual([decision.action, decision.ruleId, decision.cause], ['receive', ruleId, cause], topic);
    for (let round = 0; round < 2; round++) {
      assert.equal(receive(access, topic) > 0, decision.verdict === 'allow', topic);
    }
  }
  assert.equal(access.subscribe('r/x', 0).permit, 0, 'receive does not grant subscribe');
  assert.ok(access.subscribe('a/hidden', 0).permit > 0, 'a deny of receive alone is enforced at delivery');
});

test('will: publish rules and will rules, allow and deny', () => {
  const access = accessOf({
    device: {
      allow: [{ publish: 'a/#', qos: [0, 1], retain: false }, { will: 'w/{device}' }],
      deny: [{ will: 'a/no-will' }, { publish: 'a/secret' }],
    },
  });
  const cases: [topic: string, qos: number, retain: boolean, ruleId: string, cause?: Cause][] = [
    ['a/x', 1, false, ALLOW0],
    ['w/d1', 2, true, ALLOW1],
    ['w/d2', 0, false, DEFAULT_DENY, 'will-denied'],
    ['a/no-will', 0, false, DENY0, 'will-denied'],
    ['a/secret', 0, false, 'roles.device.mqtt.deny[1]', 'will-denied'],
    ['a/x', 2, false, ALLOW0, 'qos-not-allowed'],
    ['a/x', 1, true, ALLOW0, 'retain-not-allowed'],
  ];
  for (const [topic, qos, retain, ruleId, cause] of cases) {
    const { decision, permit } = access.will(topic, qos, retain);
    assert.deepEqual([decision.action, decision.ruleId, decision.cause], ['will', ruleId, cause], topic);
    assert.equal(permit > 0, cause === undefined);
  }
  assert.equal(publish(access, 'w/d1'), 0, 'a will rule grants no publish');
  assert.ok(publish(access, 'a/no-will') > 0, 'a will deny denies no publish');
});

test('qos and retain: one rule must grant both, and a narrowed deny denies just that', () => {
  const access = accessOf({
    device: {
      allow: [{ publish: 'a', qos: [1], retain: false }, { publish: 'a', qos: [0] }, { publish: 'd/#' }],
      deny: [
        { publish: 'd/q', qos: [2] },
        { publish: 'd/r', retain: true },
        { publish: 'd/n', retain: false },
      ],
    },
  });
  const cases: [topic: string, qos: number, retain: boolean, cause?: Cause][] = [
    ['a', 1, false],
    ['a', 0, true],
    ['a', 1, true, 'retain-not-allowed'],
    ['a', 2, false, 'qos-not-allowed'],
    ['d/q', 1, true],
    ['d/q', 2, false, 'denied'],
    ['d/r', 0, false],
    ['d/r', 0, true, 'denied'],
    ['d/n', 0, true],
    ['d/n', 0, false, 'denied'],
  ];
  for (const [topic, qos, retain, cause] of cases) {
    const what = `${topic} QoS ${qos} retain ${retain}`;
    assert.equal(access.explainPublish(topic, qos, retain).cause, cause, what);
    assert.equal(publish(access, topic, qos, retain) > 0, cause === undefined, what);
    assert.equal(publish(access, topic, qos, retain) > 0, cause === undefined, `${what}, cached`);
  }
});

test('several roles: all allows and all denies', () => {
  const access = accessOf({
    one: { allow: [{ publish: 'a/#' }], deny: [{ publish: 'b/secret' }] },
    two: { allow: [{ publish: 'b/#' }], deny: [{ publish: 'a/secret' }], onDeny: 'disconnect', denialBudget: '5/s' },
  });
  assert.ok(publish(access, 'a/x') > 0 && publish(access, 'b/x') > 0);
  assert.equal(access.explainPublish('a/secret', 0, false).ruleId, 'roles.two.mqtt.deny[0]');
  assert.equal(access.explainPublish('b/secret', 0, false).role, 'one');
  assert.equal(access.explainPublish('c', 0, false).reason, 'no rule of roles one, two allows this publish');
  assert.equal(access.onDeny, 'disconnect');
  assert.deepEqual(access.denialBudget, { perSecond: 100 / 60, burst: 5 });
});

test('what CONNACK advertises covers every publish and will rule', () => {
  const cases: [MqttRoleSource, qos: number, retain: boolean][] = [
    [DEVICE, 1, true],
    [{ allow: [{ publish: 'a', qos: [0], retain: false }] }, 0, false],
    [
      {
        allow: [
          { publish: 'a', qos: [0], retain: false },
          { will: 'w', qos: [2] },
        ],
      },
      2,
      true,
    ],
    [{ allow: [{ publish: 'a', qos: [0], retain: false }, { publish: 'b' }] }, 2, true],
    [{ allow: [{ subscribe: 'a', qos: [0] }] }, 2, true],
  ];
  for (const [role, qos, retain] of cases) {
    const access = accessOf({ device: role });
    assert.deepEqual([access.maxPublishQos, access.retainAvailable], [qos, retain], JSON.stringify(role));
  }
});

test('a permit leads back to its rule', () => {
  const access = accessOf({ first: { allow: [{ publish: 'x' }] }, device: DEVICE });
  const permit = publish(access, 'plant/p1/d1/t');
  const decision = access.explainPermit(permit, 'publish', 'plant/p1/d1/t');
  assert.deepEqual([decision.verdict, decision.ruleId, decision.role], ['allow', ALLOW0, 'device']);
  assert.equal(publish(access, 'x'), PERMIT_FIRST_RULE);
  assert.equal(access.explainPermit(PERMIT_SESSION, 'session', '').verdict, 'allow');
  assert.equal(access.explainPermit(0, 'publish', 'x').verdict, 'deny');
  assert.equal(access.explainPermit(999, 'publish', 'x').cause, 'internal-error');
});

test('bytes that are no UTF-8, impossible qualities of service and too many levels are refused', () => {
  const access = accessOf({ device: { allow: [{ publish: '#' }, { subscribe: '#' }] } }, { maxTopicLevels: 3 });
  for (const bytes of [[0xff], [0xc0, 0xaf], [0xed, 0xa0, 0x80]]) {
    assert.equal(access.publish(Uint8Array.from(bytes), 0, bytes.length, 0, false, 0), 0);
    assert.equal(access.receive(Uint8Array.from(bytes), 0, bytes.length), 0);
  }
  assert.equal(publish(access, 'a', 3), 0);
  assert.equal(publish(access, 'a', -1), 0);
  assert.ok(publish(access, 'a/b/c') > 0);
  assert.equal(publish(access, 'a/b/c/d'), 0);
  assert.equal(access.explainPublish('a/b/c/d', 0, false).cause, 'topic-invalid');
  const deep = access.explainReceive('a/b/c/d');
  assert.deepEqual([deep.action, deep.cause], ['receive', 'topic-invalid']);
  assert.equal(access.will('a/b/c/d', 0, false).permit, 0);
  const { decision } = access.subscribe('a/b/c/d', 0);
  assert.deepEqual([decision.action, decision.cause], ['subscribe', 'filter-invalid']);
});

test('a leading U+FEFF is part of the topic', () => {
  const access = accessOf({ device: { allow: [{ publish: 'a' }] } });
  assert.ok(publish(access, 'a') > 0);
  assert.equal(publish(access, '\ufeffa'), 0);
});

test('a value that is no plain level: the allow grants nothing, the deny denies all', () => {
  const roles = {
    device: {
      allow: [{ publish: 'v/{x}' }, { publish: 'open/#' }, { subscribe: 'open/#' }],
      deny: [{ publish: 'open/{y}' }],
    },
  };
  const bad = accessOf(roles, { variables: { x: '#', y: 'y' } });
  assert.equal(publish(bad, 'v/#'), 0);
  assert.equal(publish(bad, 'v/z'), 0);
  assert.ok(publish(bad, 'open/z') > 0);
  const blocked = accessOf(roles, { variables: { x: 'x', y: '+' } });
  assert.equal(publish(blocked, 'open/z'), 0);
  assert.equal(blocked.will('open/z', 0, false).permit, 0);
  assert.equal(
    blocked.explainPublish('open/z', 0, false).reason,
    'rule roles.device.mqtt.deny[0] cannot be filled for this client, so it denies every publish',
  );
  assert.ok(blocked.subscribe('open/z', 0).permit > 0, 'other actions are untouched');
});

test('a topic is decided once for each quality of service, RETAIN flag and direction', () => {
  let stored = 0;
  class Counting extends DecisionCache {
    override store(...args: Parameters<DecisionCache['store']>): void {
      stored++;
      super.store(...args);
    }
  }
  const context = { cache: new Counting({ slots: 64 }), rules: [], sizes: new Int32Array(0), maxTopicLevels: 8 };
  const rights = new MqttRights(new ClientRules([], {}));
  const clientIds = { decide: () => assert.fail('no client id is asked about') } as unknown as ClientIds;
  const denialBudget = { perSecond: 1, burst: 1 };
  const parts = { rights, roles: '', clientIds, onDeny: 'ack-drop', denialBudget } as const;
  const access = new CompiledMqttAccess(context, parts);
  for (const round of [1, 2, 3]) {
    for (const qos of [0, 1, 2]) for (const retain of [false, true]) publish(access, 'a', qos, retain);
    receive(access, 'a');
    assert.equal(stored, 7, `round ${round}`);
  }
});

test('clients share the cache and never each other’s answers', () => {
  const roles = MqttRoles.of({ device: { mqtt: DEVICE } }, {});
  const one = roles.access(clientOf(['device'], { variables: { plant: 'p1', device: 'd1' } }));
  const two = roles.access(clientOf(['device'], { variables: { plant: 'p1', device: 'd2' } }));
  for (let round = 0; round < 3; round++) {
    assert.ok(publish(one, 'plant/p1/d1/x') > 0);
    assert.equal(publish(two, 'plant/p1/d1/x'), 0);
    assert.equal(publish(one, 'plant/p1/d2/x'), 0);
    assert.ok(publish(two, 'plant/p1/d2/x') > 0);
    assert.equal(receive(one, 'plant/p1/d1/x'), 0, 'a permit to publish is none to receive');
  }
});
