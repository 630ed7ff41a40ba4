import assert from 'node:assert/strict';
import test from 'node:test';
import { LimitsByIdentity } from '../../../policies/limits/by-identity.ts';
import type { LimitsSource, PolicySource } from '../../../policies/source.ts';
import { finish } from '../../../policies/steps.ts';

const identity = (name: string, roles: readonly string[], limits?: LimitsSource) => ({
  name,
  when: { trust: 't' },
  principal: 'p',
  roles,
  ...(limits === undefined ? {} : { limits }),
});

const SOURCE: PolicySource = {
  limits: { connections: 9 },
  identities: [
    identity('device', ['slow', 'slow', 'unlimited'], { subscriptions: 5 }),
    identity('erp', ['unlimited']),
    identity('lost', ['nowhere']),
  ],
  roles: { slow: { limits: { connections: 2, inFlight: 3 } }, unlimited: {} },
};

test('the limits of an identity are those of the process, its own and those of its roles', () => {
  const limits = finish(LimitsByIdentity.inSteps(SOURCE));
  assert.deepEqual(limits.of('device'), { connections: 2, subscriptions: 5, inFlight: 3 });
  assert.deepEqual(limits.of('erp'), { connections: 9 });
  assert.deepEqual(limits.of('lost'), { connections: 9 });
  assert.deepEqual(limits.of('nobody'), {});
});

test('a listener adds its own, for each identity apart, and leaves the others as they are', () => {
  const limits = finish(LimitsByIdentity.inSteps(SOURCE));
  const listener: LimitsSource = { connections: 1 };
  assert.equal(limits.of('device', listener).connections, 1);
  assert.equal(limits.of('device', listener).subscriptions, 5);
  assert.deepEqual(limits.of('erp', listener), { connections: 1 });
  assert.equal(limits.of('erp', { connections: 4 }).connections, 4);
  assert.equal(limits.of('device').connections, 2);
});

test('the same question has the same value as its answer, made once', () => {
  const limits = finish(LimitsByIdentity.inSteps(SOURCE));
  const listener: LimitsSource = {};
  assert.equal(limits.of('device'), limits.of('device'));
  assert.equal(limits.of('device', listener), limits.of('device', listener));
  assert.notEqual(limits.of('device', listener), limits.of('erp', listener));
});
