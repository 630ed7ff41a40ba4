import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { DecisionCache, MAX_CACHED_BYTES, MISS } from '../../../policies/acl/decision-cache.ts';

function put(cache: DecisionCache, access: number, bits: number, topic: string, value: number): void {
  const bytes = Buffer.from(topic);
  cache.store(access, bits, bytes, 0, bytes.length, value);
}

function look(cache: DecisionCache, access: number, bits: number, topic: string): number {
  const bytes = Buffer.from(`..${topic}..`);
  return cache.find(access, bits, bytes, 2, bytes.length - 2);
}

test('a value is found under exactly its own key', () => {
  const cache = new DecisionCache({ slots: 64 });
  const one = cache.nextAccessId();
  const two = cache.nextAccessId();
  put(cache, one, 3, 'plant/a', 7);
  assert.equal(look(cache, one, 3, 'plant/a'), 7);
  const others: [number, number, string][] = [
    [two, 3, 'plant/a'],
    [one, 2, 'plant/a'],
    [one, 3, 'plant/b'],
    [one, 3, 'plant/a/'],
    [one, 3, 'plant/'],
    [one, 3, 'Plant/a'],
    [one, 3, ''],
  ];
  for (const [access, bits, topic] of others) assert.equal(look(cache, access, bits, topic), MISS, topic);
});

test('a refusal is remembered too', () => {
  const cache = new DecisionCache({ slots: 64 });
  const id = cache.nextAccessId();
  put(cache, id, 0, 'secret', 0);
  assert.equal(look(cache, id, 0, 'secret'), 0);
});

test('access ids are never given twice, and id 0 caches nothing', () => {
  const cache = new DecisionCache({ slots: 64 });
  assert.notEqual(cache.nextAccessId(), cache.nextAccessId());
  put(cache, 0, 0, 'a', 5);
  assert.equal(look(cache, 0, 0, 'a'), MISS);
});

test('topics up to the slot size are kept, longer ones are not', () => {
  const cache = new DecisionCache({ slots: 64 });
  const id = cache.nextAccessId();
  for (let length = 1; length <= MAX_CACHED_BYTES; length++) {
    const topic = 'x'.repeat(length);
    put(cache, id, 1, topic, length);
    assert.equal(look(cache, id, 1, topic), length);
  }
  put(cache, id, 1, 'x'.repeat(MAX_CACHED_BYTES + 1), 9);
  assert.equal(look(cache, id, 1, 'x'.repeat(MAX_CACHED_BYTES + 1)), MISS);
});

test('keys that differ in a single byte anywhere are different keys', () => {
  const cache = new DecisionCache({ slots: 4096 });
  const id = cache.nextAccessId();
  const base = 'a'.repeat(67);
  put(cache, id, 0, base, 1);
  for (let i = 0; i < base.length; i++) {
    assert.equal(look(cache, id, 0, `${base.slice(0, i)}b${base.slice(i + 1)}`), MISS, `byte ${i}`);
  }
});

test('keys with one and the same hash are still told apart by every part of them', () => {
  class Colliding extends DecisionCache {
    protected override hash(): number {
      return 42;
    }
  }
  const long = 'a'.repeat(30);
  const base = { access: 1, bits: 3, topic: long };
  const others = [
    { ...base, access: 2 },
    { ...base, bits: 2 },
    { ...base, bits: 11 },
    { ...base, topic: long.slice(1) },
    { ...base, topic: `${long}a` },
    ...Array.from(long, (_, i) => ({ ...base, topic: `${long.slice(0, i)}b${long.slice(i + 1)}` })),
  ];
  for (const other of others) {
    const cache = new Colliding({ slots: 8 });
    put(cache, base.access, base.bits, base.topic, 7);
    const what = JSON.stringify(other);
    assert.equal(look(cache, other.access, other.bits, other.topic), MISS, what);
    put(cache, other.access, other.bits, other.topic, 8);
    assert.equal(look(cache, base.access, base.bits, base.topic), 7, what);
    assert.equal(look(cache, other.access, other.bits, other.topic), 8, what);
  }
});

test('an entry that is asked for again survives a flood of distinct topics', () => {
  const cache = new DecisionCache({ slots: 256, seed: 1 });
  const id = cache.nextAccessId();
  let lost = 0;
  put(cache, id, 0, 'hot', 1);
  for (let i = 0; i < 20_000; i++) {
    put(cache, id, 0, `flood/${i}`, 2);
    if (i % 16 === 0 && look(cache, id, 0, 'hot') === MISS) {
      lost++;
      put(cache, id, 0, 'hot', 1);
    }
  }
  assert.ok(lost < 25, `lost ${lost} times in 1,250 look-ups`);
});

test('the spread of similar topics over the table is even, whatever the seed', () => {
  for (const seed of [0, 1, 0xdead_beef]) {
    const cache = new DecisionCache({ slots: 16_384, seed });
    const id = cache.nextAccessId();
    for (let i = 0; i < 8192; i++) put(cache, id, 0, `plant/hall/device-${i}/state`, 1);
    let kept = 0;
    for (let i = 0; i < 8192; i++) if (look(cache, id, 0, `plant/hall/device-${i}/state`) === 1) kept++;
    assert.ok(kept > 7300, `seed ${seed}: ${kept} of 8192 kept at half load`);
  }
});

test('property: a find gives the last stored value of that very key or MISS', () => {
  const key = fc.record({
    access: fc.constantFrom(1, 2),
    bits: fc.constantFrom(0, 1, 8),
    topic: fc.oneof(
      fc.string({ unit: fc.constantFrom('a', '/'), maxLength: 9 }),
      fc.string({ unit: fc.constantFrom('a', 'b', '/'), minLength: 60, maxLength: 64 }),
    ),
  });
  fc.assert(
    fc.property(fc.array(fc.tuple(key, fc.nat(100), fc.boolean()), { maxLength: 200 }), fc.nat(), (steps, seed) => {
      const cache = new DecisionCache({ slots: 8, seed });
      const model = new Map<string, number>();
      for (const [{ access, bits, topic }, value, write] of steps) {
        const name = `${access} ${bits} ${topic}`;
        const found = look(cache, access, bits, topic);
        if (found !== MISS) assert.equal(found, model.get(name));
        if (write && found === MISS) {
          put(cache, access, bits, topic, value);
          model.set(name, value);
          assert.equal(look(cache, access, bits, topic), value);
        }
      }
    }),
  );
});
