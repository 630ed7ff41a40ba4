import assert from 'node:assert/strict';
import test from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { ClusterTopology } from '../../../../adapters/kafka/topology.ts';
import { PendingMetadata } from '../../../../proxy/data-plane/cluster/pending-metadata.ts';
import { DrivenTiming } from '../../../support/driven-timing.ts';
import { counter } from './support/callbacks.ts';

function setUp(): PendingMetadata {
  return new PendingMetadata(new ClusterTopology(), new DrivenTiming());
}

test('nothing is asked when nobody wants anything', () => {
  assert.equal(setUp().next(), null);
});

test('the list of topics and ids take turns, however much is wanted', () => {
  const wishes = setUp();
  const asked: unknown[] = [];
  for (let n = 0; n < 6; n++) {
    wishes.topics.add(() => {});
    wishes.ids.add([`id-${n}`], () => {});
    const next = wishes.next() ?? 'brokers';
    asked.push(typeof next === 'string' ? next : 'ids');
    wishes.answered(next);
  }
  assert.deepEqual(asked, ['all-topics', 'ids', 'all-topics', 'ids', 'all-topics', 'ids']);
});

test('whoever waits for a broker is served by any answer, and by a question of its own when there is no other', async () => {
  const wishes = setUp();
  const one = counter();
  wishes.brokers.add(one.done);
  wishes.ids.add(['a'], () => {});
  const first = wishes.next() ?? 'brokers';
  assert.deepEqual(first, ['a']);
  wishes.answered(first);
  await turn();
  assert.equal(one.calls, 1);
  wishes.brokers.add(one.done);
  assert.equal(wishes.next(), 'brokers');
});

test('an answer calls back only those whose question it was', async () => {
  const wishes = setUp();
  const [list, ids] = [counter(), counter()];
  wishes.topics.add(list.done);
  wishes.ids.add(['a'], ids.done);
  wishes.next();
  wishes.answered('brokers');
  await turn();
  assert.deepEqual([list.calls, ids.calls], [0, 0]);
  wishes.answered('all-topics');
  await turn();
  assert.deepEqual([list.calls, ids.calls], [1, 0]);
});
