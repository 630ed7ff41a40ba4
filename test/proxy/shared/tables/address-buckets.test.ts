import assert from 'node:assert/strict';
import test from 'node:test';
import { createShared, driveClock, openAddressBuckets } from '../../../../proxy/shared/tables/index.ts';
import { Lock } from '../../../../proxy/shared/tables/lock.ts';
import { CONTROL } from '../../../../proxy/shared/tables/state.ts';
import { Crew } from './support/crew.ts';

const T0 = 10_000;

function setUp(addresses = 64) {
  const state = createShared({ workers: 4, slots: 16, clientIds: 16, series: 32, addresses });
  return { state, buckets: openAddressBuckets(state) };
}

test('an address gets its burst, then its rate, whoever asks', () => {
  const { state, buckets } = setUp();
  const worker = openAddressBuckets(state, 2);
  assert.equal(buckets.take('a', 2, 3, T0), true);
  assert.equal(worker.take('a', 2, 3, T0), true);
  assert.equal(buckets.take('a', 2, 3, T0), true);
  assert.equal(worker.take('a', 2, 3, T0), false);
  assert.equal(worker.take('b', 2, 3, T0), true);
  assert.equal(buckets.take('a', 2, 3, T0 + 499), false);
  assert.equal(buckets.take('a', 2, 3, T0 + 500), true);
  assert.equal(worker.take('a', 2, 3, T0 + 500), false);
});

test('in a full table a new address takes the place of the one that was silent longest', () => {
  const { buckets } = setUp(16);
  for (let i = 0; i < 16; i++) assert.equal(buckets.take(`a${i}`, 0.001, 1, T0 + i), true);
  assert.equal(buckets.take('a0', 0.001, 1, T0 + 16), false);
  assert.equal(buckets.take('new', 0.001, 1, T0 + 17), true);
  assert.equal(buckets.take('new', 0.001, 1, T0 + 17), false);
  assert.equal(buckets.take('a0', 0.001, 1, T0 + 18), false, 'lately seen, kept');
  assert.equal(buckets.take('a1', 0.001, 1, T0 + 18), true, 'silent longest, forgotten');
});

test('a place whose bucket is full again goes first', () => {
  const { buckets } = setUp(16);
  assert.equal(buckets.take('quick', 1000, 1, T0 + 100), true);
  for (let i = 0; i < 15; i++) assert.equal(buckets.take(`a${i}`, 0.001, 1, T0 + i), true);
  assert.equal(buckets.take('new', 0.001, 1, T0 + 101), true);
  for (let i = 0; i < 15; i++) assert.equal(buckets.take(`a${i}`, 0.001, 1, T0 + 102), false, `a${i}`);
});

test('a flood of addresses stays in its memory and still admits', () => {
  const { buckets } = setUp(64);
  for (let i = 0; i < 20_000; i++) assert.equal(buckets.take(`flood ${i}`, 0.001, 1, T0 + i / 1000), true);
});

test('an address that cannot be looked up is not admitted', () => {
  const { state, buckets } = setUp();
  new Lock(state, CONTROL.addressLock, 1).enter();
  assert.equal(buckets.take('a', 1, 1, T0), false);
});

test('four threads share the bucket of one address', async () => {
  const { state } = setUp();
  driveClock(state).set(T0);
  await using crew = new Crew(state, 4);
  const granted = await crew.runAll('address', { key: '192.0.2.1', times: 400 });
  assert.equal(
    granted.reduce((a, b) => a + b, 0),
    1000,
  );
});
