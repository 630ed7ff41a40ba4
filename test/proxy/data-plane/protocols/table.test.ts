import assert from 'node:assert/strict';
import test from 'node:test';
import { compilePolicy } from '../../../../policies/policy.ts';
import type { Identified } from '../../../../policies/types.ts';
import { KAFKA } from '../../../../proxy/data-plane/protocols/kafka.ts';
import { MQTT } from '../../../../proxy/data-plane/protocols/mqtt.ts';
import { accessOf, protocolOf } from '../../../../proxy/data-plane/protocols/table.ts';
import type { ListenerPlan } from '../../../../proxy/shared/listener-plan.ts';

const planOf = (protocol: string, mode = 'enforce') => ({ protocol, mode }) as ListenerPlan;

test('a listener has the entry of its protocol', () => {
  assert.equal(protocolOf(planOf('mqtt')), MQTT);
  assert.equal(protocolOf(planOf('kafka')), KAFKA);
});

test('what a client of a listener may do is asked of the policy by its protocol, with its address and the mode', () => {
  const kafka = { deny: [{ topic: 't', operations: ['all'], hosts: ['192.0.2.1'] }] } as const;
  const policy = compilePolicy({ identities: [], roles: { r: { kafka } } }, { version: '' });
  const who: Identified = { ok: true, identity: 'i', principal: 'p', roles: ['r'], variables: {}, limits: {} };
  assert.equal(accessOf(planOf('mqtt', 'shadow'), policy, who, '192.0.2.1'), policy.mqtt(who, 'shadow'));
  assert.equal(accessOf(planOf('kafka'), policy, who, '192.0.2.1'), policy.kafka(who, '192.0.2.1', 'enforce'));
  assert.notEqual(accessOf(planOf('kafka'), policy, who, '192.0.2.1'), policy.kafka(who, '192.0.2.2', 'enforce'));
});
