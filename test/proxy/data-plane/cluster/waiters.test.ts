import assert from 'node:assert/strict';
import test from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { Waiters } from '../../../../proxy/data-plane/cluster/waiters.ts';
import { DrivenTiming } from '../../../support/driven-timing.ts';
import { counter } from './support/callbacks.ts';

test('who waits is called back once, and not within the call', async () => {
  const askers = new Waiters(new DrivenTiming());
  const one = counter();
  const two = counter();
  askers.add(one.done);
  askers.add(two.done);
  askers.settle();
  assert.deepEqual([one.calls, two.calls, askers.waiting], [0, 0, false]);
  askers.settle();
  await turn();
  assert.deepEqual([one.calls, two.calls], [1, 1]);
});

test('after five seconds all go on without an answer', async () => {
  const timing = new DrivenTiming();
  const askers = new Waiters(timing);
  const one = counter();
  askers.add(one.done);
  timing.advance(4999);
  await turn();
  assert.deepEqual([one.calls, askers.waiting], [0, true]);
  timing.advance(1);
  await turn();
  assert.deepEqual([one.calls, askers.waiting], [1, false]);
});

test('each round has its own deadline', async () => {
  const timing = new DrivenTiming();
  const askers = new Waiters(timing);
  const two = counter();
  askers.add(() => {});
  askers.settle();
  assert.deepEqual(timing.set, []);
  timing.advance(4000);
  askers.add(two.done);
  timing.advance(4000);
  await turn();
  assert.equal(two.calls, 0);
});

test('who finds no room is called back at once, and nobody is forgotten', async () => {
  const askers = new Waiters(new DrivenTiming());
  const inside = counter();
  const outside = counter();
  for (let i = 0; i < 10_000; i++) askers.add(inside.done);
  askers.add(outside.done);
  await turn();
  assert.deepEqual([inside.calls, outside.calls], [0, 1]);
  askers.settle();
  await turn();
  assert.equal(inside.calls, 10_000);
});
