/** What a session counts and samples, and what of a connection its records name. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { COUNTER } from '../../../adapters/seam.ts';
import type { Decision } from '../../../policies/decision.ts';
import { fakeAccess } from './support/access.ts';
import { connackPacket, connectPacket, encode, openRig, type Packet, publish } from './support/packets.ts';
import { Rig } from './support/rig.ts';

const counted = (rig: Rig) =>
  Object.fromEntries(Object.entries(COUNTER).map(([name, index]) => [name, rig.counters[index]]));
const NONE = Object.fromEntries(Object.keys(COUNTER).map((name) => [name, 0]));

test('packets and bytes of both sides are counted, whole packets only', () => {
  const rig = new Rig();
  const connect = encode(connectPacket(4), 4);
  rig.client(connect.subarray(0, 5));
  assert.deepEqual(counted(rig), NONE);
  rig.client(connect.subarray(5));
  rig.session.brokerReady();
  rig.broker(encode(connackPacket(4), 4));
  rig.client(Buffer.from('c000c000c0', 'hex'));
  rig.broker(Buffer.from('d000d0', 'hex'));
  assert.deepEqual(counted(rig), {
    ...NONE,
    clientPackets: 3,
    clientBytes: connect.length + 4,
    brokerPackets: 2,
    brokerBytes: 6,
  });
});

test('a packet that waits for send quota is counted once', () => {
  const rig = openRig(5, {}, {}, { properties: { receiveMaximum: 1 } });
  rig.counters.fill(0);
  const messages = [1, 2].map((messageId) => encode(publish('ok/a', { qos: 1, messageId }), 5));
  for (const message of messages) rig.client(message);
  assert.equal(rig.counters[COUNTER.clientPackets], 1);
  rig.broker(Buffer.from('40020001', 'hex'));
  assert.equal(rig.counters[COUNTER.clientPackets], 2);
  assert.equal(rig.counters[COUNTER.clientBytes], Buffer.concat(messages).length);
  assert.equal(rig.counters[COUNTER.publishForwarded], 2);
});

test('messages that were forwarded, delivered and dropped are counted, refused ones are not', () => {
  const rig = openRig(4);
  rig.counters.fill(0);
  for (const topic of ['ok/a', 'ok/b', 'no/a']) rig.client(encode(publish(topic), 4));
  for (const topic of ['ok/a', 'no/a', 'no/b', 'no/c']) rig.broker(encode(publish(topic), 4));
  const { publishForwarded, publishDelivered, deliveriesDropped } = counted(rig);
  assert.deepEqual([publishForwarded, publishDelivered, deliveriesDropped], [2, 1, 3]);
});

test('a pause of either side is counted with its length', () => {
  const rate = { perSecond: 1, burst: 1, onExceed: 'throttle' } as const;
  const take = (kind: string) => (kind === 'publish' ? 700 : kind === 'bytes' ? 0 : 900);
  const rig = openRig(4, { take, limits: { bytesOut: rate } });
  rig.counters.fill(0);
  rig.client(encode(publish('ok/a'), 4));
  rig.broker(encode(publish('ok/a'), 4));
  const { throttled, throttledMs } = counted(rig);
  assert.deepEqual([throttled, throttledMs], [2, 1600]);
});

test('a session that ended is not paused as well', () => {
  const take = (kind: string) => (kind === 'publish' ? 700 : 0);
  const rig = openRig(4, { take, access: fakeAccess({ onDeny: 'disconnect' }) });
  rig.counters.fill(0);
  rig.client(encode(publish('no/a'), 4));
  assert.deepEqual([rig.closed, rig.held, rig.counters[COUNTER.throttled]], [true, false, 0]);
});

test('sampled forwards are traced with their action, once each', () => {
  const rig = openRig(4, { sampled: true });
  rig.client(encode(publish('ok/a'), 4));
  rig.client(encode(publish('no/a'), 4));
  rig.broker(encode(publish('ok/b'), 4));
  const subscriptions = [{ topic: 'ok/c', qos: 0 }];
  rig.client(encode({ cmd: 'subscribe', messageId: 1, subscriptions } as Packet, 4));
  assert.deepEqual(rig.traces, ['publish ok/a', 'receive ok/b', 'subscribe ok/c']);
});

test('a decision without a role leaves the role out of the record', () => {
  const access = fakeAccess();
  const { explainPublish } = access;
  access.explainPublish = (...request) => ({ ...explainPublish(...request), role: '' });
  const rig = openRig(4, { access });
  rig.client(encode(publish('no/a', { payload: 'four' }), 4));
  assert.deepEqual(rig.rejections, [
    {
      action: 'publish',
      cause: 'denied',
      reason: 'publish deny',
      resource: 'no/a',
      ruleId: 'roles.test.publish',
      clientId: 'dev-1',
      protocolVersion: '3.1.1',
      size: 4,
    },
  ]);
});

test('a record of what is in shadow has the rule, role and resource of the decision that would refuse it', () => {
  for (const role of ['guest', '']) {
    const access = fakeAccess();
    const shadow: Decision = {
      verdict: 'deny',
      action: 'connect',
      resource: 'dev-1',
      ruleId: 'roles.guest',
      role,
      cause: 'client-id',
      reason: 'why',
    };
    const { clientId } = access;
    access.clientId = (id) => ({ decision: { ...clientId(id).decision, shadow } });
    const rig = new Rig({ access });
    rig.client(encode(connectPacket(5), 5));
    assert.deepEqual(rig.rejections, [
      {
        action: 'connect',
        cause: 'client-id',
        reason: 'why',
        resource: 'dev-1',
        ruleId: 'roles.guest',
        ...(role === '' ? {} : { role }),
        clientId: 'dev-1',
        protocolVersion: '5.0',
        shadow: true,
      },
    ]);
  }
});

test('the client id of a session is unknown until its CONNECT was accepted', () => {
  const refused = new Rig({ claim: 'other-identity' });
  refused.client(encode(connectPacket(4), 4));
  const during: unknown[] = [];
  const clientId = (): boolean => during.push(rig.session.clientId) > 0;
  const rig: Rig = new Rig({ access: fakeAccess({ clientId }) });
  rig.client(encode(connectPacket(4), 4));
  assert.deepEqual([during, rig.session.clientId], [[undefined], 'dev-1']);
  assert.deepEqual([rig.claims, rig.dialled], [['dev-1'], 1]);
  assert.deepEqual([refused.claims, refused.dialled], [['dev-1'], 0]);
});
