import assert from 'node:assert/strict';
import test from 'node:test';
import {
  type ClaimResult,
  createShared,
  type LimitHandle,
  openClientIds,
  openLimits,
  SharedLockError,
} from '../../../../proxy/shared/tables/index.ts';
import { Lock } from '../../../../proxy/shared/tables/lock.ts';
import { CONTROL } from '../../../../proxy/shared/tables/state.ts';
import { Crew } from './support/crew.ts';

function setUp(connections = 1, clientIds = 64) {
  const state = createShared({ workers: 4, slots: 64, clientIds, series: 32, addresses: 16 });
  const limits = { connections };
  const crew = [0, 1, 2, 3].map((worker) => {
    const table = openLimits(state, worker);
    const registry = openClientIds(state, worker);
    const handle = (principal = 'p'): LimitHandle => {
      const acquired = table.acquire('devices', principal, limits);
      assert.ok(acquired !== 'table-full');
      return acquired;
    };
    return {
      table,
      handle,
      claim: (clientId: string, session: number, principal = 'p', listener = 'l'): ClaimResult =>
        registry.claim({ listener, clientId, identity: 'devices', principal, session, handle: handle(principal) }),
      release: (clientId: string, session: number, principal = 'p', listener = 'l'): boolean =>
        registry.release({ listener, clientId, session, handle: handle(principal) }),
    };
  });
  const [a, b, c] = crew as [(typeof crew)[0], (typeof crew)[0], (typeof crew)[0]];
  return { state, a, b, c, connections: (principal = 'p') => a.handle(principal).connections() };
}

const granted = { result: 'granted' };

test('a new id is granted and counted, its end lowers the count', () => {
  const { a, connections } = setUp();
  assert.deepEqual(a.claim('d', 1), granted);
  assert.equal(connections(), 1);
  assert.equal(a.release('d', 1), true);
  assert.equal(connections(), 0);
  assert.equal(a.release('d', 1), false);
  assert.equal(connections(), 0);
});

test('another id of the same principal is refused at the connection limit', () => {
  const { a, b } = setUp();
  a.claim('d', 1);
  assert.deepEqual(b.claim('e', 1), { result: 'connections' });
  a.release('d', 1);
  assert.deepEqual(b.claim('e', 1), granted);
});

test('connections without a client id count towards the same limit', () => {
  const { a, b } = setUp();
  assert.equal(b.handle().connect(), true);
  assert.deepEqual(a.claim('d', 1), { result: 'connections' });
  b.handle().disconnect();
  assert.deepEqual(a.claim('d', 1), granted);
  assert.equal(b.handle().connect(), false);
});

test('three quick takeovers A -> B -> C at the limit 1: one connection throughout, only the last end counts', () => {
  const { a, b, c, connections } = setUp();
  assert.deepEqual(a.claim('d', 10), granted);
  assert.deepEqual(b.claim('d', 20), { result: 'taken-over', worker: 0, session: 10 });
  assert.equal(connections(), 1);
  assert.deepEqual(c.claim('d', 30), { result: 'taken-over', worker: 1, session: 20 });
  assert.equal(connections(), 1);
  assert.equal(b.release('d', 20), false);
  assert.equal(a.release('d', 10), false);
  assert.equal(connections(), 1);
  assert.deepEqual(a.claim('other', 11), { result: 'connections' });
  assert.equal(c.release('d', 30), true);
  assert.equal(connections(), 0);
});

test('a takeover within one worker', () => {
  const { a, connections } = setUp();
  a.claim('d', 1);
  assert.deepEqual(a.claim('d', 2), { result: 'taken-over', worker: 0, session: 1 });
  assert.equal(connections(), 1);
  assert.equal(a.release('d', 1), false);
  assert.equal(a.release('d', 2), true);
  assert.equal(connections(), 0);
});

test('the same session number on another worker is another session', () => {
  const { a, b } = setUp();
  a.claim('d', 7);
  assert.equal(b.release('d', 7), false);
  assert.deepEqual(b.claim('d', 7), { result: 'taken-over', worker: 0, session: 7 });
  assert.equal(a.release('d', 7), false);
  assert.equal(b.release('d', 7), true);
});

test('an id in use is refused to another principal, and free to it afterwards', () => {
  const { a, b, connections } = setUp();
  a.claim('d', 1, 'p');
  assert.deepEqual(b.claim('d', 1, 'q'), { result: 'other-identity' });
  assert.equal(connections('q'), 0);
  a.release('d', 1, 'p');
  assert.deepEqual(b.claim('d', 1, 'q'), granted);
});

test('each listener has its own ids', () => {
  const { a, b } = setUp(Number.POSITIVE_INFINITY);
  assert.deepEqual(a.claim('d', 1, 'p', 'one'), granted);
  assert.deepEqual(b.claim('d', 1, 'q', 'two'), granted);
});

test('session numbers are 32 bits wide', () => {
  const { a, b } = setUp();
  a.claim('d', 0xffff_fffe);
  assert.deepEqual(b.claim('d', 1), { result: 'taken-over', worker: 0, session: 0xffff_fffe });
});

test('a full table refuses without counting, a released entry is used again', () => {
  const { a, b, connections } = setUp(Number.POSITIVE_INFINITY, 16);
  for (let i = 0; i < 16; i++) assert.deepEqual(a.claim(`d${i}`, i), granted);
  assert.deepEqual(b.claim('e', 1), { result: 'table-full' });
  assert.equal(connections(), 16);
  assert.deepEqual(b.claim('d3', 1), { result: 'taken-over', worker: 0, session: 3 });
  a.release('d5', 5);
  assert.deepEqual(b.claim('e', 1), granted);
  assert.deepEqual(b.claim('f', 1), { result: 'table-full' });
});

test('ids come and go for ever without filling the table', () => {
  const { a, connections } = setUp(Number.POSITIVE_INFINITY, 16);
  for (let i = 0; i < 2000; i++) {
    assert.deepEqual(a.claim(`d${i}`, i), granted);
    if (i >= 10) assert.equal(a.release(`d${i - 10}`, i - 10), true);
  }
  assert.equal(connections(), 10);
});

test('a handle of another principal is a fault of the caller', () => {
  const { state, a } = setUp();
  const registry = openClientIds(state, 0);
  const claim = {
    listener: 'l',
    clientId: 'd',
    identity: 'devices',
    principal: 'q',
    session: 1,
    handle: a.handle('p'),
  };
  assert.throws(() => registry.claim(claim), TypeError);
});

test('an end that cannot get the lock is made good by the next sweep', () => {
  const { state, a, b, connections } = setUp();
  a.claim('d', 1);
  const other = new Lock(state, CONTROL.structureLock, 4);
  other.enter();
  assert.equal(a.release('d', 1), false);
  assert.throws(() => b.claim('d', 2), SharedLockError);
  a.table.sweep(0);
  assert.equal(connections(), 1);
  other.leave();
  a.table.sweep(0);
  assert.equal(connections(), 0);
  assert.deepEqual(b.claim('e', 2), granted);
});

test('four threads that fight for the same ids leave nothing behind', async () => {
  const { state, a, connections } = setUp(2);
  await using crew = new Crew(state, 4);
  const limits = { connections: 2 };
  const results = await crew.runAll('claims', { principal: 'p', limits, rounds: 5000, ids: 3 });
  for (const result of results) {
    const total = Object.values(result).reduce((x, y) => x + y, 0);
    assert.equal(total, 5000);
    assert.equal(result['other-identity'] ?? 0, 0);
    assert.equal(result['table-full'] ?? 0, 0);
  }
  assert.equal(connections(), 0);
  for (const id of ['id-0', 'id-1']) assert.deepEqual(a.claim(id, 1), granted);
});
