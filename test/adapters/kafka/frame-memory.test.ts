import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { FrameMemory } from '../../../adapters/kafka/frame-memory.ts';

test('what does not fit waits, in the order it came', () => {
  const memory = new FrameMemory(100);
  const granted: string[] = [];
  assert.equal(memory.reserve('a', 90), true);
  assert.equal(memory.reserve('b', 20), false);
  memory.wait('b', 20, () => granted.push('b'));
  memory.wait('c', 5, () => granted.push('c'));
  assert.deepEqual(granted, []);
  // Five would fit, but b came first.
  assert.equal(memory.reserve('d', 5), false);
  memory.release('a', 90);
  assert.deepEqual(granted, ['b', 'c']);
  assert.equal(memory.free, 75);
});

test('who holds something gets no more than a quarter of all, who holds nothing any frame that fits', () => {
  const memory = new FrameMemory(100);
  assert.equal(memory.reserve('a', 60), true);
  assert.equal(memory.reserve('a', 1), false);
  assert.equal(memory.reserve('b', 20), true);
  assert.equal(memory.reserve('b', 5), true);
  assert.equal(memory.reserve('b', 1), false);
});

test('an owner over its share does not keep the others waiting', () => {
  const memory = new FrameMemory(100);
  const granted: string[] = [];
  memory.reserve('a', 20);
  memory.reserve('x', 80);
  memory.wait('a', 10, () => granted.push('a'));
  memory.wait('b', 10, () => granted.push('b'));
  memory.release('x', 80);
  assert.deepEqual(granted, ['b']);
  memory.release('a', 20);
  assert.deepEqual(granted, ['b', 'a']);
});

test('an owner that waits for its own share keeps nobody out who comes later, but its own next wish', () => {
  const memory = new FrameMemory(100);
  memory.reserve('a', 20);
  memory.wait('a', 10, () => {});
  assert.equal(memory.reserve('b', 10), true);
  assert.equal(memory.reserve('a', 1), false);
});

test('an owner over its share with a frame for which there is no room does not keep the others waiting', () => {
  const memory = new FrameMemory(100);
  const granted: string[] = [];
  memory.reserve('a', 40);
  memory.reserve('b', 50);
  memory.wait('a', 30, () => granted.push('a'));
  assert.equal(memory.reserve('c', 5), true);
  memory.wait('d', 15, () => granted.push('d'));
  memory.release('c', 5);
  memory.release('b', 30);
  assert.deepEqual(granted, ['d']);
});

test('a wish that is taken back lets the next one in', () => {
  const memory = new FrameMemory(100);
  const granted: string[] = [];
  memory.reserve('a', 50);
  const forget = memory.wait('b', 80, () => granted.push('b'));
  memory.wait('c', 10, () => granted.push('c'));
  forget();
  assert.deepEqual(granted, ['c']);
});

test('property: never more than all is out, and all comes back', () => {
  const owner = fc.constantFrom('a', 'b', 'c');
  const step = fc.record({ owner, size: fc.integer({ min: 1, max: 120 }), free: fc.boolean() });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const memory = new FrameMemory(100);
      const out: { owner: string; size: number }[] = [];
      for (const { owner: who, size, free } of steps) {
        if (free) {
          const back = out.shift();
          if (back !== undefined) memory.release(back.owner, back.size);
        } else if (memory.reserve(who, size)) {
          out.push({ owner: who, size });
        }
        const sum = out.reduce((all, { size: n }) => all + n, 0);
        assert.equal(memory.free, 100 - sum);
        assert.ok(sum <= 100);
      }
      for (const { owner: who, size } of out) memory.release(who, size);
      assert.equal(memory.free, 100);
    }),
  );
});
