import assert from 'node:assert/strict';
import test from 'node:test';
import type { Action } from '../../../../policies/decision.ts';
import type { RejectionEvent } from '../../../../policies/event.ts';
import { rejectionSpan } from '../../../../proxy/control-plane/telemetry/span.ts';

function event(protocol: 'mqtt' | 'kafka', action: Action, resource: string): RejectionEvent {
  return {
    id: 'd-1',
    at: '2026-01-01T00:00:00.000Z',
    protocol,
    action,
    resource,
    listener: 'l',
    peer: '192.0.2.7:40001',
    cause: 'denied',
    reason: 'no rule allows it',
    generation: 1,
    count: 1,
  } as unknown as RejectionEvent;
}

for (const [protocol, action, resource, topic, group, type] of [
  ['mqtt', 'publish', 'topic:odd', 'topic:odd', undefined, 'send'],
  ['mqtt', 'connect', 'pump-1', undefined, undefined, undefined],
  ['kafka', 'write', 'topic:orders', 'orders', undefined, 'send'],
  ['kafka', 'read', 'topic:orders', 'orders', undefined, 'receive'],
  ['kafka', 'read', 'group:billing', undefined, 'billing', 'receive'],
  ['kafka', 'write', 'transactionalId:tx-1', undefined, undefined, 'send'],
  ['kafka', 'create', 'cluster', undefined, undefined, undefined],
] as const) {
  test(`${protocol} ${action} ${resource}: the names that messaging spans know`, () => {
    const { name, attributes } = rejectionSpan(event(protocol, action, resource));
    assert.equal(name, `${action} rejected`);
    assert.equal(attributes['messaging.destination.name'], topic);
    assert.equal(attributes['messaging.consumer.group.name'], group);
    assert.equal(attributes['messaging.operation.type'], type);
  });
}

test('what was let through in shadow is no error', () => {
  const { name, attributes } = rejectionSpan({ ...event('mqtt', 'publish', 't'), shadow: true });
  assert.equal(name, 'publish let through in shadow');
  assert.deepEqual(
    [attributes['headgate.shadow'], attributes['error.type'], attributes['headgate.cause']],
    [true, undefined, 'denied'],
  );
  const refused = rejectionSpan(event('mqtt', 'publish', 't')).attributes;
  assert.deepEqual([refused['headgate.shadow'], refused['error.type']], [undefined, 'denied']);
});
