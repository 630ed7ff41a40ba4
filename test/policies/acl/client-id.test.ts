import assert from 'node:assert/strict';
import test from 'node:test';
import type { MqttRoleSource } from '../../../policies/source.ts';
import { accessOf } from './support.ts';

type Roles = Record<string, MqttRoleSource>;

test('which client ids are allowed, and what an empty one becomes', () => {
  const cases: [roles: Roles, id: string, allowed: boolean, assigned?: string][] = [
    [{ device: {} }, 'd1', true, 'd1'],
    [{ device: {} }, '', true, 'd1'],
    [{ device: {} }, 'd2', false],
    [{ device: {} }, 'D1', false],
    [{ device: { clientId: '{plant}:{device}' } }, 'p1:d1', true, 'p1:d1'],
    [{ device: { clientId: '{plant}:{device}' } }, 'd1', false],
    [{ device: { clientId: 'fixed' } }, 'fixed', true, 'fixed'],
    [{ device: { clientId: 'any' } }, 'whatever', true],
    [{ device: { clientId: 'any' } }, '', true],
    [{ device: { clientId: '{missing}' } }, 'd1', false],
    [{ device: { clientId: '{missing}' } }, '', false],
    [{ base: {}, device: { clientId: '{device}-gw' } }, 'd1-gw', true, 'd1-gw'],
    [{ base: {}, device: { clientId: '{device}-gw' } }, 'd1', false],
    [{ one: { clientId: 'a' }, two: { clientId: 'b' } }, 'b', true, 'b'],
    [{ one: { clientId: 'a' }, two: { clientId: 'b' } }, '', true, 'a'],
    [{}, 'd1', false],
  ];
  for (const [roles, id, allowed, assigned] of cases) {
    const what = `${JSON.stringify(roles)} ${id}`;
    const answer = accessOf(roles).clientId(id);
    assert.equal(answer.decision.verdict === 'allow', allowed, what);
    assert.equal(answer.assigned, assigned, what);
    assert.deepEqual([answer.decision.action, answer.decision.resource], ['connect', id]);
    assert.equal(answer.decision.cause, allowed ? undefined : 'client-id', what);
  }
});

test('the refusal says which id would be right and who says so', () => {
  const stated = accessOf({ device: { clientId: '{plant}:{device}' } }).clientId('evil').decision;
  assert.equal(stated.ruleId, 'roles.device.mqtt.clientId');
  assert.equal(stated.reason, 'the client id must be "p1:d1" (roles.device.mqtt.clientId: {plant}:{device})');
  const silent = accessOf({ device: {} }).clientId('evil').decision;
  assert.equal(silent.reason, 'the client id must be "d1" (the principal, as no role states another)');
  assert.match(accessOf({}).clientId('d1').decision.reason, /no role of this client has an mqtt section/);
});
