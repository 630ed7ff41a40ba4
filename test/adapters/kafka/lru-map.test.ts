import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { LruMap } from '../../../adapters/kafka/lru-map.ts';

test('what was not used for longest makes room', () => {
  const map = new LruMap<string, number>(3);
  for (const key of ['a', 'b', 'c']) map.set(key, 1);
  assert.equal(map.get('a'), 1);
  map.set('d', 1);
  assert.deepEqual(
    ['a', 'b', 'c', 'd'].map((key) => map.get(key)),
    [1, undefined, 1, 1],
  );
});

test('a value that is set again is the newest, and takes no second place', () => {
  const map = new LruMap<string, number>(2);
  map.set('a', 1);
  map.set('b', 1);
  map.set('a', 2);
  map.set('c', 1);
  assert.deepEqual([map.get('a'), map.get('b'), map.get('c'), map.size], [2, undefined, 1, 2]);
});

test('it never holds more than it may, and never anything that was not put there', () => {
  const step = fc.record({ key: fc.nat({ max: 12 }), kind: fc.constantFrom('set', 'get', 'delete') });
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 8 }), fc.array(step), (capacity, steps) => {
      const map = new LruMap<number, number>(capacity);
      const put = new Map<number, number>();
      for (const [i, { key, kind }] of steps.entries()) {
        if (kind === 'set') {
          map.set(key, i);
          put.set(key, i);
          assert.equal(map.get(key), i);
        } else if (kind === 'delete') {
          map.delete(key);
          put.delete(key);
        }
        const value = map.get(key);
        if (value !== undefined) assert.equal(value, put.get(key));
        assert.ok(map.size <= capacity);
      }
      map.clear();
      assert.equal(map.size, 0);
    }),
  );
});
