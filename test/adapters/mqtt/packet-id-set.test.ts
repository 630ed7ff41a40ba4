import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { PacketIdSet } from '../../../adapters/mqtt/packet-id-set.ts';

test('the table agrees with a Set over any sequence of additions and deletions', () => {
  const step = fc.record({ add: fc.boolean(), id: fc.integer({ min: 1, max: 90 }).map((n) => n * 701) });
  const property = fc.property(fc.array(step, { maxLength: 300, size: 'max' }), (steps) => {
    const table = new PacketIdSet();
    const set = new Set<number>();
    for (const { add, id } of steps) {
      assert.equal(table.has(id), set.has(id));
      if (add) assert.equal(table.add(id), !set.has(id));
      else assert.equal(table.delete(id), set.has(id));
      if (add) set.add(id);
      else set.delete(id);
      assert.equal(table.size, set.size);
    }
    for (let n = 1; n <= 90; n++) assert.equal(table.has(n * 701), set.has(n * 701));
  });
  fc.assert(property, { numRuns: 200 });
});

test('the table holds every packet identifier there is', () => {
  const table = new PacketIdSet();
  for (let id = 1; id <= 65535; id++) assert.equal(table.add(id), true);
  assert.equal(table.size, 65535);
  for (let id = 65535; id >= 1; id--) assert.equal(table.delete(id), true);
  assert.equal(table.size, 0);
});
