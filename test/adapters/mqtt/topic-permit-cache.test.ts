import assert from 'node:assert/strict';
import test from 'node:test';
import { fakeAccess } from './support/access.ts';
import { encode, openRig, publish } from './support/packets.ts';

test('the policy is asked once for a topic that repeats, again for another QoS, retain flag or topic', () => {
  const access = fakeAccess();
  const rig = openRig(4, { access });
  const asked = (more: object, topic = 'ok/a'): number => {
    const before = access.asked;
    rig.client(encode(publish(topic, more), 4));
    return access.asked - before;
  };
  assert.equal(asked({}), 1);
  assert.equal(asked({}), 0);
  assert.equal(asked({ retain: true }), 1);
  assert.equal(asked({ qos: 1, messageId: 1 }), 1);
  assert.equal(asked({ qos: 1, messageId: 2 }), 0);
  assert.equal(asked({}), 0);
  assert.equal(asked({}, 'ok/b'), 1);
  assert.equal(asked({}, 'ok/bc'), 1);
  assert.equal(asked({}, `ok/${'x'.repeat(200)}`), 1);
  assert.equal(asked({}, `ok/${'x'.repeat(200)}`), 1);
});

test('a new policy is asked again, for both directions', () => {
  const rig = openRig(4);
  const message = encode(publish('ok/a'), 4);
  rig.client(message);
  rig.broker(message);
  const strict = fakeAccess({ publish: () => 'denied', receive: () => 'denied' });
  rig.session.reauthorize(strict, {});
  rig.client(message);
  rig.broker(message);
  assert.equal(strict.asked, 2);
  assert.equal(rig.rejections.length, 2);
});

test('topics that change all the time are not remembered each time, and a steady one is soon known again', () => {
  const access = fakeAccess();
  const rig = openRig(4, { access });
  for (let n = 0; n < 100; n++) rig.client(encode(publish(`ok/${n}`), 4));
  assert.equal(access.asked, 100);
  for (let n = 0; n < 50; n++) rig.client(encode(publish('ok/steady'), 4));
  assert.ok(access.asked <= 100 + 17, `${access.asked}`);
});
