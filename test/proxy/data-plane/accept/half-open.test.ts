import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { GRACE, HalfOpen, type HalfOpenPlace } from '../../../../proxy/data-plane/accept/half-open.ts';

const MANY = 1000;
/** A handshake slot; none of these tests looks at it. */
const slot: Disposable = { [Symbol.dispose]: () => {} };

/** Half-open connections by name, and which of them were dropped, with the words they were told. */
function setUp(workers = 1) {
  const clock = { now: 10_000 };
  const halfOpen = new HalfOpen(workers, () => clock.now);
  const dropped: string[] = [];
  const reasons: string[] = [];
  const open = (name: string, { limit = MANY, address = '', perAddress = MANY } = {}): HalfOpenPlace => {
    const place = halfOpen.enter(limit, ({ why, message }) => {
      assert.equal(why, 'half-open-dropped');
      dropped.push(name);
      reasons.push(message);
    });
    if (address !== '') place.from(address, perAddress);
    return place;
  };
  return { halfOpen, dropped, reasons, open, clock };
}

test('the newest gets in and the oldest is dropped for it', () => {
  const { open, dropped, halfOpen, reasons } = setUp();
  for (const name of ['a', 'b', 'c', 'd', 'e']) open(name, { limit: 3 });
  assert.deepEqual(dropped, ['a', 'b']);
  assert.equal(halfOpen.size, 3);
  assert.match(reasons[0] as string, /^there are 3 half-open/);
});

test('who is through its handshake is not half-open any more', () => {
  const { open, dropped, halfOpen } = setUp();
  const first = open('a', { limit: 2 });
  open('b', { limit: 2 });
  first[Symbol.dispose]();
  first[Symbol.dispose]();
  open('c', { limit: 2 });
  assert.deepEqual(dropped, []);
  open('d', { limit: 2 });
  assert.deepEqual(dropped, ['b']);
  assert.equal(halfOpen.size, 2);
});

test('an address makes room among its own; others are left alone', () => {
  const { open, dropped, reasons } = setUp();
  open('other', { address: '192.0.2.1', perAddress: 2 });
  for (const name of ['a', 'b', 'c', 'd']) open(name, { address: '198.51.100.7', perAddress: 2 });
  open('unnamed');
  assert.deepEqual(dropped, ['a', 'b']);
  assert.match(reasons[0] as string, /^198\.51\.100\.7 has 2 half-open/);
});

test('a limit of one lets one in, again and again', () => {
  const { open, dropped, halfOpen } = setUp();
  for (const name of ['a', 'b', 'c']) open(name, { limit: 1, address: '192.0.2.1', perAddress: 1 });
  assert.deepEqual(dropped, ['a', 'b']);
  assert.equal(halfOpen.size, 1);
});

test('a dropped one that goes on is not counted again', () => {
  const { open, dropped, halfOpen } = setUp();
  const first = open('a', { limit: 1 });
  open('b', { limit: 1 });
  first.from('192.0.2.1', 1);
  first.hold(slot);
  first[Symbol.dispose]();
  assert.equal(halfOpen.size, 1);
  halfOpen.dropStale(5);
  assert.deepEqual(dropped, ['a']);
});

test('each of several workers has its share, and never less than one', () => {
  const { open, dropped } = setUp(4);
  for (const name of ['a', 'b', 'c', 'd']) open(name, { limit: 10 });
  assert.deepEqual(dropped, ['a']);
  const few = setUp(4);
  few.open('a', { limit: 1 });
  assert.deepEqual(few.dropped, []);
});

test('room is made on request, by the oldest, once it is old', () => {
  const { open, dropped, halfOpen, clock } = setUp();
  assert.equal(halfOpen.dropAged(), false);
  open('a');
  clock.now += 1;
  open('b');
  clock.now += GRACE - 2;
  assert.equal(halfOpen.dropAged(), false);
  clock.now += 1;
  assert.equal(halfOpen.dropAged(), true);
  assert.equal(halfOpen.dropAged(), false);
  assert.deepEqual(dropped, ['a']);
});

test('a slot is taken from those who have had it for too long, the longest first, and only as many as wait', () => {
  const { open, dropped, halfOpen, clock } = setUp();
  const [a, b, c] = [open('a'), open('b'), open('c')];
  open('waits');
  b.hold(slot);
  a.hold(slot);
  clock.now += GRACE;
  c.hold(slot);
  clock.now -= 1;
  halfOpen.dropStale(5);
  assert.deepEqual(dropped, []);
  clock.now += 1;
  halfOpen.dropStale(1);
  assert.deepEqual(dropped, ['b']);
  halfOpen.dropStale(5);
  assert.deepEqual(dropped, ['b', 'a']);
  assert.equal(halfOpen.size, 2);
});

test('a slot that was given back is not taken, and what is held is given back once asked', () => {
  const { open, dropped, halfOpen, clock } = setUp();
  let freed = 0;
  const held = open('a').hold({ [Symbol.dispose]: () => freed++ });
  held[Symbol.dispose]();
  assert.equal(freed, 1);
  clock.now += GRACE;
  halfOpen.dropStale(5);
  assert.deepEqual(dropped, []);
});

test('whatever happens, neither limit is exceeded and every drop is of the oldest of its kind', () => {
  const step = fc.record({ address: fc.nat(3), leave: fc.option(fc.nat(30), { nil: undefined }) });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 80 }), fc.integer({ min: 1, max: 8 }), (steps, limit) => {
      const perAddress = Math.ceil(limit / 2);
      const halfOpen = new HalfOpen(1, () => 0);
      // The model: the names that are open, in order of arrival.
      let model: { name: number; address: number }[] = [];
      const real = new Map<number, HalfOpenPlace>();
      for (const [name, { address, leave }] of steps.entries()) {
        if (leave !== undefined) {
          real.get(leave)?.[Symbol.dispose]();
          real.delete(leave);
          model = model.filter((one) => one.name !== leave);
        }
        if (model.length === limit) model.shift();
        const siblings = model.filter((one) => one.address === address);
        if (siblings.length === perAddress) model.splice(model.indexOf(siblings[0] as (typeof model)[0]), 1);
        model.push({ name, address });
        const place = halfOpen.enter(limit, () => real.delete(name));
        real.set(name, place);
        place.from(String(address), perAddress);
        assert.deepEqual(
          [...real.keys()],
          model.map((one) => one.name),
        );
        assert.equal(halfOpen.size, model.length);
      }
    }),
    { numRuns: 300 },
  );
});
