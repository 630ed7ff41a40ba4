import assert from 'node:assert/strict';
import test from 'node:test';
import { answer } from '../../../../policies/analysis/policy-test/answer.ts';
import type { PolicyRequest } from '../../../../policies/analysis/policy-test/request.ts';
import { compilePolicy } from '../../../../policies/policy.ts';
import { cn, facts } from '../../identity/facts.ts';

const policy = compilePolicy(
  {
    identities: [{ name: 'devices', when: { trust: 'ca' }, principal: '{CN}', roles: ['r'] }],
    roles: {
      r: {
        mqtt: {
          allow: [{ publish: 'a/{CN}' }, { subscribe: 'a/#' }, { will: 'gone', retain: false }],
          deny: [{ subscribe: 'a/+', qos: [2] }],
        },
        kafka: {
          allow: [
            { topic: 't', operations: ['read'], hosts: ['10.0.0.0/8'] },
            { cluster: true, operations: ['create'] },
          ],
        },
      },
    },
  },
  { version: '' },
);
const device = policy.identify('ca', facts([cn('d1')]));
const nobody = policy.identify('other', facts([cn('d1')]));

const CASES: readonly (readonly [request: PolicyRequest, verdict: 'allow' | 'deny', rule: string, granted?: number])[] =
  [
    [{ action: 'publish', topic: 'a/d1', qos: 2, retain: true }, 'allow', 'roles.r.mqtt.allow[0]'],
    [{ action: 'publish', topic: 'a/d2', qos: 0, retain: false }, 'deny', 'default-deny'],
    [{ action: 'publish', topic: 'a/+', qos: 0, retain: false }, 'deny', 'default-deny'],
    [{ action: 'publish', topic: 'a/b/c/d/e', qos: 0, retain: false }, 'deny', 'default-deny'],
    [{ action: 'will', topic: 'gone', qos: 0, retain: false }, 'allow', 'roles.r.mqtt.allow[2]'],
    [{ action: 'will', topic: 'gone', qos: 0, retain: true }, 'deny', 'roles.r.mqtt.allow[2]'],
    [{ action: 'receive', topic: 'a/x/y' }, 'allow', 'roles.r.mqtt.allow[1]'],
    [{ action: 'receive', topic: 'b' }, 'deny', 'default-deny'],
    [{ action: 'subscribe', filter: 'a/x', qos: 2 }, 'allow', 'roles.r.mqtt.allow[1]', 1],
    [{ action: 'subscribe', filter: '#', qos: 0 }, 'deny', 'default-deny'],
    [{ action: 'connect', clientId: 'd1' }, 'allow', 'roles.r.mqtt.clientId'],
    [{ action: 'connect', clientId: 'd2' }, 'deny', 'roles.r.mqtt.clientId'],
    [
      { action: 'kafka', operation: 'read', type: 'topic', name: 't', host: '10.1.2.3' },
      'allow',
      'roles.r.kafka.allow[0]',
    ],
    [{ action: 'kafka', operation: 'read', type: 'topic', name: 't', host: '' }, 'deny', 'roles.r.kafka.allow[0]'],
    [{ action: 'kafka', operation: 'create', type: 'cluster', name: '', host: '' }, 'allow', 'roles.r.kafka.allow[1]'],
  ];

for (const [request, verdict, rule, granted] of CASES) {
  test(`${verdict} ${JSON.stringify(request)}`, () => {
    const given = answer(policy, device, request, 4);
    assert.deepEqual([given.decision.verdict, given.decision.ruleId, given.granted], [verdict, rule, granted]);
    const unknown = answer(policy, nobody, request, 4);
    assert.deepEqual(
      [unknown.decision.verdict, unknown.decision.cause, unknown.granted],
      ['deny', 'no-identity', undefined],
    );
  });
}

test('what is wrong with a topic name is the cause', () => {
  for (const topic of ['', 'a/#', 'a/b/c/d/e']) {
    assert.equal(answer(policy, device, { action: 'receive', topic }, 4).decision.cause, 'topic-invalid', topic);
  }
});
