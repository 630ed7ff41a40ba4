import assert from 'node:assert/strict';
import test from 'node:test';
import type { GroupLimits } from '../../../../policies/types.ts';
import {
  createShared,
  driveClock,
  GroupHandles,
  type LimitHandle,
  type LimitTable,
  openLimits,
  releaseDead,
} from '../../../../proxy/shared/tables/index.ts';
import { LEASE_IDLE } from '../../../../proxy/shared/tables/leased-bucket.ts';
import type { SharedLimits } from '../../../../proxy/shared/tables/types.ts';

const T0 = 5_000;

function setUp(slots = 64) {
  const state = createShared({ workers: 2, slots, clientIds: 64, series: 64, addresses: 64 });
  driveClock(state).set(T0);
  return { state, first: openLimits(state, 0), second: openLimits(state, 1) };
}

const rate = (burst: number, perSecond = 10) => ({ perSecond, burst, onExceed: 'throttle' }) as const;

function principal(table: LimitTable, name: string, limits: SharedLimits = {}): LimitHandle {
  const handle = table.acquire('devices', name, limits);
  assert.ok(handle !== 'table-full');
  return handle;
}

function groups(table: LimitTable, ...stated: GroupLimits[]): GroupHandles {
  const handles = GroupHandles.acquire(table, stated);
  assert.ok(handles !== 'table-full');
  return handles;
}

/** A charge as a connection makes it. */
function take(own: LimitHandle, shared: GroupHandles, n: number, maxWait = 0, now = T0): number {
  const wait = own.take('publish', n, maxWait, now);
  return wait < 0 ? wait : shared.take(own, wait, 'publish', n, maxWait, now);
}

test('principals on two workers share the budget of their group, each within its own', () => {
  const { first, second } = setUp();
  const [a, b] = [principal(first, 'a', { publish: rate(6) }), principal(second, 'b', { publish: rate(9) })];
  const fleet: GroupLimits = { group: 'fleet', publish: rate(10) };
  const [ofA, ofB] = [groups(first, fleet), groups(second, fleet)];
  assert.equal(take(a, ofA, 6), 0);
  assert.equal(take(a, ofA, 1), -1, 'over its own');
  assert.equal(take(b, ofB, 5), -1, 'over that of the group');
  assert.equal(take(b, ofB, 4), 0);
});

test('what a group refuses is given back by the principal and by the groups before it', () => {
  const { first } = setUp();
  const own = principal(first, 'a', { publish: rate(10) });
  const shared = groups(first, { group: 'wide', publish: rate(10) }, { group: 'tight', publish: rate(4) });
  for (let n = 0; n < 1000; n++)
    assert.equal(take(own, shared, 5), n === 0 ? 0 : -1, 'more than the bucket holds passes once');
  assert.equal(own.take('publish', 5, 0, T0), 0);
  assert.equal(own.take('publish', 1, 0, T0), -1);
  const wide = groups(first, { group: 'wide', publish: rate(10) });
  const other = principal(first, 'b');
  assert.equal(take(other, wide, 5), 0);
  assert.equal(take(other, wide, 1), -1);
});

test('a principal that is over its own limit takes nothing from the group', () => {
  const { first } = setUp();
  const own = principal(first, 'a', { publish: rate(1) });
  const shared = groups(first, { group: 'fleet', publish: rate(10) });
  for (let n = 0; n < 100; n++) take(own, shared, 1);
  assert.equal(take(principal(first, 'b'), shared, 9), 0);
});

test('the longer wait counts; one that is too long reserves nothing', () => {
  const { first } = setUp();
  const own = principal(first, 'a', { publish: rate(1, 10) });
  const shared = groups(first, { group: 'fleet', publish: rate(1, 2) });
  assert.equal(take(own, shared, 1, 1000), 0);
  assert.equal(take(own, shared, 1, 1000), 500, 'the group fills more slowly');
  assert.equal(take(own, shared, 1, 999), -1);
  assert.equal(own.take('publish', 1, 1000, T0), 200, 'one reservation of its own, not two');
});

test('handshakes: of each group one, or of nobody', () => {
  const { first } = setUp();
  const handshakes = (burst: number) => ({ handshakes: { perSecond: 1, burst } });
  const own = principal(first, 'a', handshakes(3));
  const shared = groups(first, { group: 'tight', ...handshakes(1) }, { group: 'wide', ...handshakes(2) });
  const shake = () => own.takeHandshake(T0) && shared.takeHandshake(own, T0);
  assert.equal(shake(), true);
  for (let n = 0; n < 10; n++) assert.equal(shake(), false);
  assert.equal(own.takeHandshake(T0) && own.takeHandshake(T0), true, 'its own were given back');
  const wide = groups(first, { group: 'wide', ...handshakes(2) });
  assert.equal(wide.takeHandshake(principal(first, 'b'), T0), true, 'that of the group behind was not touched');
});

test('connections are counted in every group or in none, over all workers', () => {
  const { first, second, state } = setUp();
  const wide: GroupLimits = { group: 'a-wide', connections: 3 };
  const tight: GroupLimits = { group: 'b-tight', connections: 1 };
  const both = groups(first, wide, tight);
  assert.equal(both.connect(false), true);
  const late = groups(second, wide, tight);
  assert.equal(late.connect(false), false);
  const [one, two] = [groups(second, wide), groups(second, wide)];
  assert.deepEqual([one.connect(false), two.connect(false)], [true, true], 'the refused one is counted nowhere');
  assert.equal(groups(second, wide).connect(false), false);
  assert.equal(late.connect(true), true, 'one that takes the place of another is counted all the same');
  late.release();
  both.release();
  assert.equal(groups(second, wide, tight).connect(false), true);
  releaseDead(state, 1);
  assert.equal(groups(first, tight).connect(false), true, 'a dead worker leaves no counts');
});

test('no principal has the key of a group, whatever its name', () => {
  const { first } = setUp();
  const shared = groups(first, { group: 'fleet', publish: rate(1) });
  assert.equal(take(principal(first, 'x'), shared, 1), 0);
  for (const [identity, name] of [
    ['fleet', ''],
    ['', 'fleet'],
    ['group', 'fleet'],
    ['', 'group:fleet'],
  ] as const) {
    const handle = first.acquire(identity, name, { publish: rate(1) });
    assert.ok(handle !== 'table-full');
    assert.equal(handle.take('publish', 1, 0, T0), 0, `${identity} ${name}`);
  }
});

test('clients of one worker share a lease; the last one returns it', () => {
  const { first, second } = setUp();
  const fleet: GroupLimits = { group: 'fleet', publish: rate(1000) };
  const own = principal(first, 'a');
  const [one, two] = [groups(first, fleet), groups(first, fleet)];
  assert.equal(take(own, one, 1), 0);
  one.release();
  const far = groups(second, fleet);
  assert.equal(take(own, far, 991), -1, 'nine tokens are on lease');
  two.release();
  assert.equal(take(own, far, 999), 0);
  first.sweep(T0 + LEASE_IDLE);
});

test('a full table refuses and holds nothing', () => {
  const { first } = setUp(16);
  const held = Array.from({ length: 15 }, (_, i) => principal(first, `p${i}`));
  const stated: GroupLimits[] = [{ group: 'a' }, { group: 'b' }];
  assert.equal(GroupHandles.acquire(first, stated), 'table-full');
  const last = principal(first, 'p15');
  last.release();
  held[0]?.release();
  assert.notEqual(GroupHandles.acquire(first, stated), 'table-full');
});
