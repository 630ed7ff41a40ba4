import assert from 'node:assert/strict';
import test from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { ClusterTopology } from '../../../../adapters/kafka/topology.ts';
import { IdBatches } from '../../../../proxy/data-plane/cluster/topic-id-batches.ts';
import { DrivenTiming } from '../../../support/driven-timing.ts';
import { counter } from './support/callbacks.ts';

function setUp() {
  const topology = new ClusterTopology();
  const timing = new DrivenTiming();
  return { topology, timing, batches: new IdBatches(topology, timing) };
}

const ids = (from: number, count: number) => Array.from({ length: count }, (_, i) => `id-${from + i}`);

test('what is asked before the batch is taken is one question, each id once', () => {
  const { batches } = setUp();
  batches.add(['a', 'b'], () => {});
  batches.add(['b', 'c'], () => {});
  assert.deepEqual(batches.take(), ['a', 'b', 'c']);
});

test('who asks for what is under way waits for it; what is new waits its turn', async () => {
  const { batches } = setUp();
  const [first, folded, later] = [counter(), counter(), counter()];
  batches.add(['a', 'b'], first.done);
  const under = batches.take() as readonly string[];
  batches.add(['b'], folded.done);
  batches.add(['b', 'c'], later.done);
  batches.answered(under);
  await turn();
  assert.deepEqual([first.calls, folded.calls, later.calls], [1, 1, 0]);
  const next = batches.take() as readonly string[];
  assert.ok(next.includes('c'));
  batches.answered(next);
  await turn();
  assert.deepEqual([first.calls, folded.calls, later.calls, batches.take()], [1, 1, 1, null]);
});

test('a question whose connection was lost is asked again', () => {
  const { batches } = setUp();
  batches.add(['a'], () => {});
  assert.deepEqual([batches.take(), batches.take()], [['a'], ['a']]);
});

test('a large batch goes in requests of 100; whoever waits does so until the last', async () => {
  const { batches } = setUp();
  const one = counter();
  batches.add(ids(0, 201), one.done);
  const sizes: number[] = [];
  for (let part = batches.take(); part !== null; part = batches.take()) {
    assert.equal(one.calls, 0);
    sizes.push(part.length);
    batches.answered(part);
    await turn();
  }
  assert.deepEqual([sizes, one.calls], [[100, 100, 1], 1]);
});

test('what is known, or known to be unknown, is not asked for', async () => {
  const { topology, timing, batches } = setUp();
  topology.learnUnknown(['a'], timing.now());
  const one = counter();
  batches.add(['a'], one.done);
  assert.equal(batches.take(), null);
  await turn();
  assert.equal(one.calls, 1);
  timing.advance(2000);
  batches.add(['a'], one.done);
  assert.deepEqual(batches.take(), ['a']);
});

test('one call has no more than 5,000 ids looked up, all together 50,000', async () => {
  const { batches } = setUp();
  const [within, beyond] = [counter(), counter()];
  for (let n = 0; n < 10; n++) batches.add(ids(n * 6000, 6000), within.done);
  batches.add(['one-more'], beyond.done);
  await turn();
  assert.deepEqual([within.calls, beyond.calls], [0, 1]);
  let asked = 0;
  for (let part = batches.take(); part !== null; part = batches.take()) {
    asked += part.length;
    batches.answered(part);
  }
  await turn();
  assert.deepEqual([asked, within.calls], [50_000, 10]);
});

test('ids whose askers have given up take nobody’s place', async () => {
  const { timing, batches } = setUp();
  for (let n = 0; n < 10; n++) batches.add(ids(n * 5000, 5000), () => {});
  timing.advance(5000);
  batches.add(['a'], () => {});
  assert.deepEqual(batches.take(), ['a']);
});

test('settling calls back all: those of the batch under way and those of the next', async () => {
  const { batches } = setUp();
  const [first, later] = [counter(), counter()];
  batches.add(['a'], first.done);
  batches.take();
  batches.add(['b'], later.done);
  batches.settle();
  await turn();
  assert.deepEqual([first.calls, later.calls, batches.take()], [1, 1, null]);
});
