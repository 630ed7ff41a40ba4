import assert from 'node:assert/strict';
import test from 'node:test';
import { Subscriptions } from '../../../adapters/mqtt/subscriptions.ts';
import { encode, openRig, type Packet } from './support/packets.ts';

const pending = (...filters: string[]) => ({
  template: [],
  sent: filters.map((filter) => ({ filter, qos: 1 })),
  untouched: true,
  reason: '',
});

test('requested subscriptions count until the broker acknowledged them, and are listed', () => {
  const s = new Subscriptions();
  s.active.set('a', 0);
  s.addSubscribe(1, pending('b', 'c'));
  s.addUnsubscribe(2, ['a']);
  assert.deepEqual(
    [s.size, [...s.all()]],
    [
      3,
      [
        ['a', 0],
        ['b', 1],
        ['c', 1],
      ],
    ],
  );
  assert.deepEqual(
    [1, 2, 3].map((id) => s.usesPacketId(id)),
    [true, true, false],
  );
  assert.equal(s.takeSubscribe(2), undefined);
  assert.equal(s.takeUnsubscribe(1), undefined);
  assert.equal(s.takeSubscribe(1)?.sent.length, 2);
  assert.equal(s.takeSubscribe(1), undefined);
  assert.deepEqual(s.takeUnsubscribe(2), ['a']);
  assert.equal(s.takeUnsubscribe(2), undefined);
  assert.deepEqual([s.size, [1, 2].map((id) => s.usesPacketId(id))], [1, [false, false]]);
});

test('1024 requests may wait for the broker: a SUBSCRIBE more is refused, an UNSUBSCRIBE more ends the session', () => {
  const unsubscribe = (messageId: number) =>
    encode({ cmd: 'unsubscribe', messageId, unsubscriptions: ['ok/a'] } as Packet, 5);
  const rig = openRig(5);
  for (let id = 1; id <= 1024; id++) rig.client(unsubscribe(id));
  assert.equal(rig.take('broker').length, 1024 * unsubscribe(1).length);
  assert.deepEqual([rig.closed, rig.rejections], [false, []]);
  const subscriptions = [{ topic: 'ok/a', qos: 0 }];
  rig.client(encode({ cmd: 'subscribe', messageId: 1025, subscriptions } as Packet, 5));
  rig.client(unsubscribe(1025));
  const facts = { clientId: 'dev-1', protocolVersion: '5.0' };
  const reason = 'too many requests wait for the broker';
  assert.deepEqual(rig.rejections, [
    { action: 'subscribe', cause: 'denied', reason, resource: 'ok/a', ...facts, sent: 'SUBACK 0x97' },
    { action: 'session', cause: 'protocol-error', reason, ...facts, sent: 'DISCONNECT 0x97' },
  ]);
  assert.deepEqual([rig.closed, rig.toBroker.length], [true, 0]);
});
