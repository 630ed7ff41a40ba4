import assert from 'node:assert/strict';
import test from 'node:test';
import { ReadCoalescing } from '../../../../proxy/data-plane/relay/read-coalescing.ts';

/** So many reads of `size` bytes, `gap` milliseconds apart, and what each was answered. */
function reads(count: number, size: number, gap: number, between: (coalescing: ReadCoalescing) => void = () => {}) {
  let now = 1000;
  const coalescing = new ReadCoalescing(() => now);
  return Array.from({ length: count }, () => {
    now += gap;
    between(coalescing);
    return coalescing.pauses(size);
  });
}

test('small reads in quick succession are paused from the sixth on: the first begins the row', () => {
  assert.deepEqual(reads(7, 100, 0.1), [false, false, false, false, false, true, true]);
});

test('large reads, slow reads and answers to the client are never paused', () => {
  const never = Array.from({ length: 20 }, () => false);
  assert.deepEqual(reads(20, 16 * 1024, 0.1), never);
  assert.deepEqual(reads(20, 100, 0.5), never);
  assert.deepEqual(
    reads(20, 100, 0.1, (coalescing) => coalescing.clientBytes()),
    never,
  );
});
