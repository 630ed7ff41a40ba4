import assert from 'node:assert/strict';
import test from 'node:test';
import { createShared, SharedLockError } from '../../../../proxy/shared/tables/index.ts';
import { Journal } from '../../../../proxy/shared/tables/journal.ts';
import { Lock } from '../../../../proxy/shared/tables/lock.ts';
import { CONTROL, JOURNAL_CAPACITY } from '../../../../proxy/shared/tables/state.ts';
import { Structure } from '../../../../proxy/shared/tables/structure.ts';

const sizes = { workers: 2, slots: 16, clientIds: 16, series: 32, addresses: 16 };

test('a lock that stays taken is an error with the owner, in bounded time', () => {
  const state = createShared(sizes);
  new Lock(state, CONTROL.structureLock, 1).enter();
  const other = new Lock(state, CONTROL.structureLock, 2);
  assert.throws(() => other.enter(5), new SharedLockError('a shared table is locked by owner 1'));
  new Lock(state, CONTROL.addressLock, 2).enter(5);
});

test('a lock cannot be entered twice by one thread', () => {
  const lock = new Lock(createShared(sizes), CONTROL.structureLock, 1);
  lock.enter();
  assert.throws(() => lock.enter(5), SharedLockError);
  lock.leave();
  lock.enter(5);
});

test('only the owner can leave', () => {
  const state = createShared(sizes);
  new Lock(state, CONTROL.structureLock, 1).enter();
  new Lock(state, CONTROL.structureLock, 2).leave();
  assert.throws(() => new Lock(state, CONTROL.structureLock, 2).enter(5), SharedLockError);
});

test('the lock is left when the work under it throws', () => {
  const structure = new Structure(createShared(sizes), 1);
  const failing = () => {
    throw new TypeError('broken');
  };
  assert.throws(() => structure.locked(failing), TypeError);
  assert.equal(
    structure.locked(() => 'free'),
    'free',
  );
});

test('staged writes happen together at the commit, or after the seal through a replay', () => {
  const state = createShared(sizes);
  const words = new Int32Array(state.tables);
  const journal = new Journal(state);
  journal.begin();
  journal.write(3, 33);
  journal.write(5, 55);
  assert.deepEqual([words[3], words[5]], [0, 0]);
  journal.commit();
  assert.deepEqual([words[3], words[5]], [33, 55]);

  journal.begin();
  journal.write(3, 34);
  new Journal(state).replay();
  assert.equal(words[3], 33, 'not sealed, not done');
  journal.seal();
  new Journal(state).replay();
  assert.equal(words[3], 34);
  words[3] = 0;
  new Journal(state).replay();
  assert.equal(words[3], 0, 'done once');
});

test('an operation with more writes than the journal holds is an error before it changes anything', () => {
  const state = createShared(sizes);
  const journal = new Journal(state);
  journal.begin();
  for (let i = 0; i < JOURNAL_CAPACITY; i++) journal.write(i, 1);
  assert.throws(() => journal.write(JOURNAL_CAPACITY, 1), RangeError);
  assert.ok(new Int32Array(state.tables).every((word) => word === 0));
});
