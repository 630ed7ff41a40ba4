import assert from 'node:assert/strict';
import test from 'node:test';
import { PendingQueue } from '../../../adapters/kafka/pending.ts';

test('answers leave in the order of the requests, over and over', () => {
  const queue = new PendingQueue(3);
  let next = 0;
  for (let id = 0; id < 50; id++) {
    queue.push().correlationId = id;
    if (!queue.full) continue;
    assert.throws(() => queue.push(), RangeError);
    assert.equal(queue.head?.correlationId, next++);
    queue.shift();
  }
  assert.equal(queue.length, 2);
});

test('a place that is used again knows nothing of its former request', () => {
  const queue = new PendingQueue(1);
  Object.assign(queue.push(), { response: Buffer.alloc(1), rewrite: () => 'same', scan: true, throttleMs: 5 });
  queue.shift();
  const { response, rewrite, scan, throttleMs } = queue.push();
  assert.deepEqual(
    { response, rewrite, scan, throttleMs },
    { response: null, rewrite: null, scan: false, throttleMs: 0 },
  );
  assert.equal(queue.length, 1);
});

test('an empty queue has no head, and nothing to take away', () => {
  const queue = new PendingQueue(1);
  assert.equal(queue.head, undefined);
  queue.shift();
  assert.equal(queue.length, 0);
});
