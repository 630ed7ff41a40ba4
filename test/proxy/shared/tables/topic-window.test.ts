import assert from 'node:assert/strict';
import test from 'node:test';
import { createShared, openClock, openLimits } from '../../../../proxy/shared/tables/index.ts';
import { MAX_TOPICS, TopicWindow, topicKey } from '../../../../proxy/shared/tables/topic-window.ts';
import type { LimitHandle } from '../../../../proxy/shared/tables/types.ts';

const MINUTE = 60_000;

/** Five topics a minute. `from`: a time at which every bucket is full. */
function setUp(): { readonly publish: (topic: string, at: number, wait?: number) => number; readonly from: number } {
  const state = createShared({ workers: 1, slots: 16, clientIds: 16, addresses: 16 });
  const topics = { perSecond: 5 / 60, burst: 5 };
  const handle = openLimits(state, 0).acquire('devices', 'p', { topics }) as LimitHandle;
  const publish = (topic: string, at: number, wait = 0): number => {
    const bytes = Buffer.from(`##${topic}#`);
    return handle.takeTopic(bytes, 2, bytes.length - 1, wait, at);
  };
  // A whole number: fractions of a millisecond would be rounded away somewhere in a minute of them.
  return { publish, from: Math.ceil(openClock(state).now()) + MINUTE };
}

const FIVE = ['a', 'b', 'c', 'd', 'e'];

test('so many topics at once, and no other; those that are known pass as often as they like', () => {
  const { publish, from } = setUp();
  for (let n = 0; n < 50; n++) for (const topic of FIVE) assert.equal(publish(topic, from + n), 0);
  assert.equal(publish('f', from + 50), -1);
  assert.equal(publish('a', from + 51), 0, 'what is refused takes nothing from the others');
  assert.equal(publish('f', from + MINUTE / 5), 0, 'a fifth of the minute is a topic');
  assert.equal(publish('g', from + MINUTE / 5), -1);
});

test('the same topics pass minute after minute, whenever each of them is used', () => {
  const { publish, from } = setUp();
  for (let n = 0; n < 2000; n++) {
    for (const [i, topic] of FIVE.entries()) assert.equal(publish(topic, from + n * 777 + i * 100), 0, `${topic} ${n}`);
  }
});

test('a topic that was not used for the time counts as new', () => {
  const { publish, from } = setUp();
  for (const topic of FIVE) publish(topic, from);
  for (const topic of ['f', 'g', 'h', 'i', 'j']) assert.equal(publish(topic, from + MINUTE), 0);
  assert.equal(publish('a', from + MINUTE), -1);
});

test('a topic may wait for its turn, and is known from then on', () => {
  const { publish, from } = setUp();
  for (const topic of FIVE) publish(topic, from);
  assert.equal(Math.round(publish('f', from, MINUTE)), MINUTE / 5);
  assert.equal(publish('f', from + 1), 0);
});

test('a topic is known for as long as it drew its token after the time asked for', () => {
  const window = new TopicWindow();
  window.add(1, 10);
  assert.deepEqual([window.look(1, 9), window.look(1, 10)], ['known', 'new']);
});

test('with more topics than are remembered all others count as one too many', () => {
  const window = new TopicWindow();
  for (let n = 0; n < MAX_TOPICS; n++) {
    assert.equal(window.look(n, 0), 'new');
    window.add(n, 1);
  }
  assert.deepEqual([window.look(0, 0), window.look(MAX_TOPICS, 0)], ['known', 'full']);
  assert.equal(window.look(MAX_TOPICS, 1), 'new');
});

test('topics of a device differ in their keys', () => {
  const keys = new Set<number>();
  for (let n = 0; n < 100_000; n++) {
    const topic = Buffer.from(`plant/p1/pump-1/${n}`);
    const key = topicKey(topic, 0, topic.length);
    assert.ok(Number.isSafeInteger(key) && key >= 0);
    keys.add(key);
  }
  assert.equal(keys.size, 100_000);
});
