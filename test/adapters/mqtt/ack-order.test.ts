import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { AckOrder } from '../../../adapters/mqtt/ack-order.ts';

test('an acknowledgement made here is sent when every older one has come, never earlier, in order', () => {
  const script = fc.array(fc.oneof(fc.constant('forwarded'), fc.constant('local'), fc.nat(1000)), {
    maxLength: 120,
    size: 'max',
  });
  const property = fc.property(script, (steps) => {
    const out: number[] = [];
    const order = new AckOrder(1000, (bytes) => out.push(bytes[0] as number));
    /** The model: everything in its order, with what is still owed. */
    const all: { local: boolean; id: number; owed: boolean }[] = [];
    steps.forEach((step, n) => {
      const id = n + 1;
      if (step === 'forwarded') {
        order.expect(id);
        all.push({ local: false, id, owed: true });
      } else if (step === 'local') {
        order.send(Buffer.of(id));
        all.push({ local: true, id, owed: false });
      } else {
        const owed = all.filter((e) => e.owed);
        const entry = owed[(step as number) % Math.max(1, owed.length)];
        if (entry !== undefined) {
          entry.owed = false;
          order.acked(entry.id);
        }
      }
      const firstOwed = all.findIndex((e) => e.owed);
      const free = firstOwed < 0 ? all : all.slice(0, firstOwed);
      assert.deepEqual(
        out,
        free.filter((e) => e.local).map((e) => e.id & 0xff),
      );
    });
  });
  fc.assert(property, { numRuns: 200 });
});

test('a full ring delays nothing', () => {
  const out: Uint8Array[] = [];
  const order = new AckOrder(2, (bytes) => out.push(bytes));
  order.expect(1);
  order.expect(2);
  order.send(Buffer.of(9));
  assert.equal(out.length, 1);
  assert.equal(order.queued, 0);
});

test('an acknowledgement of something unknown changes nothing', () => {
  const out: Uint8Array[] = [];
  const order = new AckOrder(8, (bytes) => out.push(bytes));
  order.acked(5);
  order.expect(1);
  order.send(Buffer.of(9));
  order.acked(5);
  assert.equal(out.length, 0);
  assert.equal(order.queued, 1);
});
