import assert from 'node:assert/strict';
import test from 'node:test';
import { createShared, driveClock, openClock } from '../../../../proxy/shared/tables/index.ts';
import { Crew } from './support/crew.ts';

const sizes = { workers: 1, slots: 16, clientIds: 16, series: 32, addresses: 16 };

test('the real clock has one origin in all threads', async () => {
  const state = createShared(sizes);
  await using crew = new Crew(state, 1);
  const clock = openClock(state);
  for (let i = 0; i < 3; i++) {
    const before = clock.real();
    const there = await crew.run(0, 'now', undefined);
    assert.ok(before <= there && there <= clock.real(), `${before} <= ${there}`);
  }
});

test('the driven clock moves only when it is told to, and starts where the real one stands', () => {
  const state = createShared(sizes);
  const clock = openClock(state);
  const before = clock.now();
  const driven = driveClock(state);
  const start = clock.now();
  assert.ok(start >= before - 0.001 && start <= clock.real());
  assert.equal(clock.now(), start);
  driven.set(1234.5);
  assert.equal(clock.now(), 1234.5);
  driven.advance(0.25);
  assert.equal(openClock(state).now(), 1234.75);
  assert.notEqual(clock.real(), 1234.75);
});
