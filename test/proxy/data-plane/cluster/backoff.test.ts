import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { pauseAfter } from '../../../../proxy/data-plane/cluster/backoff.ts';

test('the pause doubles from 100 ms to 10 s at most', () => {
  const least = [1, 2, 3, 4, 5, 6, 7, 8, 100].map((failures) => pauseAfter(failures, 0));
  assert.deepEqual(least, [100, 200, 400, 800, 1600, 3200, 5000, 5000, 5000]);
});

test('chance at most doubles it, and it is always between 100 ms and 10 s', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 1e9 }),
      fc.double({ min: 0, max: 0.999999, noNaN: true }),
      (failures, random) => {
        const pause = pauseAfter(failures, random);
        assert.ok(pause >= 100 && pause < 10_000, String(pause));
        assert.ok(pause >= pauseAfter(failures, 0) && pause < 2 * pauseAfter(failures, 0));
      },
    ),
  );
});
