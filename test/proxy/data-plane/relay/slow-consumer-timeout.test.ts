import assert from 'node:assert/strict';
import test from 'node:test';
import { SlowConsumerTimeout } from '../../../../proxy/data-plane/relay/slow-consumer-timeout.ts';

const MIB = 1024 * 1024;

test('what is small may lie for ever', () => {
  const timeout = new SlowConsumerTimeout();
  for (let now = 1; now < 1e9; now += 1e6) assert.equal(timeout.isOver(2 * MIB, now), false);
});

test('a large answer may take its time, and no more', () => {
  const timeout = new SlowConsumerTimeout();
  assert.equal(timeout.isOver(6 * MIB, 1000), false);
  const allowed = 30_000 + 96_000;
  assert.equal(timeout.isOver(6 * MIB, 1000 + allowed), false);
  assert.equal(timeout.isOver(6 * MIB, 1001 + allowed), true);
});

test('an answer that was taken starts the time anew', () => {
  const timeout = new SlowConsumerTimeout();
  timeout.isOver(6 * MIB, 1000);
  timeout.isOver(0, 100_000);
  assert.equal(timeout.isOver(6 * MIB, 200_000), false);
  assert.equal(timeout.isOver(6 * MIB, 300_000), false);
});
