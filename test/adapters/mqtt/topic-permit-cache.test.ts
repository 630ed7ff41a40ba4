import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { TopicPermitCache } from '../../../adapters/mqtt/topic-permit-cache.ts';
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

test('a cached permit holds up to the largest payload that its rule grants', () => {
  const access = fakeAccess({ maxPayload: 2 });
  const rig = openRig(4, { access });
  const asked = (payload: string): number => {
    const before = access.asked;
    rig.client(encode(publish('ok/a', { payload }), 4));
    return access.asked - before;
  };
  assert.deepEqual(['x', 'xx', 'xxx'].map(asked), [1, 0, 1]);
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

test('whatever was stored in whatever order: a permit that is found is the one that was stored for that topic and key', () => {
  // Topics of equal length and ending share a tag.
  const name = fc.constantFrom('a/xyz', 'b/xyz', 'c/xyz', 'xyz', 'yz', 'z', 'ä', 'a/xyzz', ...'0123456789');
  const step = fc.record({
    name,
    key: fc.nat(5),
    permit: fc.integer({ min: 1, max: 9 }),
    size: fc.nat(9),
    clear: fc.nat(30),
  });
  const property = fc.property(fc.array(step, { maxLength: 80, size: 'max' }), (steps) => {
    const cache = new TopicPermitCache();
    const stored = new Map<string, readonly [permit: number, size: number]>();
    for (const { name, key, permit, size, clear } of steps) {
      const topic = Buffer.from(`#${name}+`);
      const end = topic.length - 1;
      if (clear === 0) {
        cache.clear();
        stored.clear();
      }
      if (cache.find(topic, 1, end) && cache.permit(key) > 0) {
        assert.deepEqual([cache.permit(key), cache.maxPayload(key)], stored.get(`${name} ${key}`));
      }
      cache.store(topic, 1, end, key, permit, size);
      stored.set(`${name} ${key}`, [permit, size]);
    }
  });
  fc.assert(property, { numRuns: 500 });
});

test('the place of a topic that was replaced keeps none of its permits', () => {
  const cache = new TopicPermitCache();
  const put = (n: number, key: number): void => cache.store(Buffer.from(`topic ${n}`), 0, 7, key, 1, 2);
  for (let n = 0; n < 8; n++) put(n, 5);
  put(8, 0);
  assert.equal(cache.find(Buffer.from('topic 8'), 0, 7), true);
  assert.deepEqual([cache.permit(0), cache.permit(5)], [1, 0]);
});

test('of the topics in turn the last eight are found, longer ones than 128 bytes and the empty one are not', () => {
  const cache = new TopicPermitCache();
  const put = (topic: string): void => cache.store(Buffer.from(topic), 0, topic.length, 0, 1, 2);
  const finds = (topic: string): boolean => cache.find(Buffer.from(topic), 0, topic.length);
  for (let n = 0; n < 9; n++) put(`topic ${n}`);
  assert.deepEqual(
    Array.from({ length: 9 }, (_, n) => finds(`topic ${n}`)),
    [false, true, true, true, true, true, true, true, true],
  );
  put('x'.repeat(128));
  assert.equal(finds('x'.repeat(128)), true);
  put('x'.repeat(129));
  assert.equal(finds('x'.repeat(129)), false);
  // The same first and last bytes, and a length that is the same in its low byte.
  put('a/xyz');
  assert.equal(finds('a/xyz'), true);
  assert.equal(finds(`a/xyz${'.'.repeat(253)}xyz`), false);
  put('');
  assert.equal(finds(''), false);
});
