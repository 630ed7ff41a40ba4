/** Another policy and other limits in an open session. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { limitsOf } from '../support/seam-rig.ts';
import { type AccessPlan, fakeAccess } from './support/access.ts';
import { encode, openRig, type Packet, publish } from './support/packets.ts';

test('the limits of the new policy decide what an excess means, and how long is waited', () => {
  const waits: number[] = [];
  const take = (kind: string, _n: number, maxWait: number): number => {
    if (kind !== 'publish') return 0;
    waits.push(maxWait);
    return -1;
  };
  const rig = openRig(4, { take, onExceed: 'throttle' });
  const message = encode(publish('ok/a'), 4);
  rig.client(message);
  assert.deepEqual([rig.closed, waits], [false, [5000]]);
  rig.session.reauthorize(fakeAccess(), limitsOf('reject'));
  rig.client(message);
  assert.deepEqual([rig.closed, waits], [false, [5000, 0]]);
  rig.session.reauthorize(fakeAccess(), limitsOf('disconnect'));
  rig.client(message);
  assert.deepEqual([rig.closed, waits], [true, [5000, 0, 0]]);
});

test('a dry run names what the policy no longer allows, in the order client id, will, subscriptions, and changes nothing', () => {
  const will = { topic: 'ok/w', payload: Buffer.from('x'), qos: 0, retain: false };
  const rig = openRig(4, {}, { will });
  const subscribe = { cmd: 'subscribe', messageId: 1, subscriptions: [{ topic: 'ok/a', qos: 1 }] } as Packet;
  rig.client(encode(subscribe, 4));
  const { session } = rig;
  const denied: AccessPlan = { subscribe: () => undefined, will: () => 'denied', clientId: () => false };
  assert.equal(session.denialReason(fakeAccess()), '');
  assert.equal(session.denialReason(fakeAccess({ subscribe: () => 1 })), '');
  assert.equal(session.denialReason(fakeAccess({ subscribe: () => 0 })), 'a subscription is no longer allowed');
  const { clientId: _, ...others } = denied;
  assert.equal(session.denialReason(fakeAccess({ subscribe: () => undefined })), 'a subscription is no longer allowed');
  assert.equal(session.denialReason(fakeAccess(others)), 'the will message is no longer allowed');
  assert.equal(session.denialReason(fakeAccess(denied)), 'the client id is no longer allowed');
  assert.deepEqual([rig.closed, rig.rejections], [false, []]);
  session.reauthorize(fakeAccess({ subscribe: () => 0 }), {});
  assert.equal(rig.rejections[0]?.reason, 'a subscription is no longer allowed');
  assert.equal(rig.closed, true);
});
