import assert from 'node:assert/strict';
import test from 'node:test';
import { ReplacementBackoff } from '../../../../proxy/control-plane/data-planes/replacement-backoff.ts';

test('each crash in a row waits twice as long, up to 30 s', () => {
  const backoff = new ReplacementBackoff();
  const waits = Array.from({ length: 12 }, (_, i) => {
    backoff.started(i * 1000);
    return backoff.ended(i * 1000 + 10);
  });
  assert.deepEqual(waits, [100, 200, 400, 800, 1600, 3200, 6400, 12_800, 25_600, 30_000, 30_000, 30_000]);
});

test('a worker that lived for more than a minute waits as after a first crash', () => {
  const backoff = new ReplacementBackoff();
  for (const wait of [100, 200, 400]) {
    backoff.started(0);
    assert.equal(backoff.ended(60_000), wait, 'a minute is not enough');
  }
  backoff.started(0);
  assert.equal(backoff.ended(60_001), 100);
  backoff.started(0);
  assert.equal(backoff.ended(1), 100, 'it counts from there again');
  backoff.started(0);
  assert.equal(backoff.ended(1), 200);
});
