import assert from 'node:assert/strict';
import test from 'node:test';
import { COUNTER, COUNTERS } from '../../../../adapters/seam.ts';
import { CounterReader, createShared, openCounters, type SeriesInfo } from '../../../../proxy/shared/tables/index.ts';

function setUp(series = 64) {
  const state = createShared({ workers: 2, slots: 16, clientIds: 16, series, addresses: 16 });
  const reader = new CounterReader(state);
  const announced: SeriesInfo[] = [];
  const open = (worker: number) =>
    openCounters(state, worker, (info) => {
      announced.push(info);
      reader.define(structuredClone(info));
    });
  const value = (name: string, labels: Record<string, string>) => {
    const found = reader.snapshot().filter((s) => s.name === name && assert.deepEqual(s.labels, labels) === undefined);
    assert.equal(found.length, 1);
    return found[0]?.value;
  };
  return { state, reader, announced, open, value };
}

const edge = { listener: 'edge', identity: 'devices' };

test('a block is one view per listener and identity, and comes out by name', () => {
  const { open, announced, value } = setUp();
  const counters = open(0);
  const block = counters.block(edge);
  assert.equal(block.length, COUNTERS);
  assert.equal(counters.block({ ...edge }), block);
  block[COUNTER.clientBytes] = 1000;
  block[COUNTER.throttledMs] = 7;
  assert.equal(announced.length, 1);
  assert.equal(value('clientBytes', edge), 1000);
  assert.equal(value('throttledMs', edge), 7);
  assert.equal(value('brokerBytes', edge), 0);
});

test('single counters are memoised by name and labels in any order, and summed over the workers', () => {
  const { open, announced, value } = setUp();
  const first = open(0);
  first.count('rejections', { cause: 'denied', role: 'r' }).add(2);
  first.count('rejections', { role: 'r', cause: 'denied' }).add(1);
  open(1).count('rejections', { cause: 'denied', role: 'r' }).add(10);
  assert.equal(announced.length, 2);
  assert.equal(value('rejections', { cause: 'denied', role: 'r' }), 13);
});

test('labels that differ are different series', () => {
  const { open, reader } = setUp();
  const counters = open(0);
  counters.count('a', { x: '1' }).add(1);
  counters.count('a', { x: '2' }).add(2);
  counters.count('b', { x: '1' }).add(4);
  counters.count('a', { x: '1","y":"2' }).add(8);
  assert.deepEqual(
    reader.snapshot().map((s) => s.value),
    [1, 2, 4, 8],
  );
});

test('what a replaced worker counted stays, its slots start at zero for the next one', () => {
  const { open, reader, value } = setUp();
  const before = open(0);
  before.block(edge)[COUNTER.clientPackets] = 5;
  before.count('a', {}).add(3);
  reader.retire(0);
  assert.equal(value('a', {}), 3);
  const after = open(0);
  after.count('b', {}).add(1);
  after.block(edge)[COUNTER.clientPackets] = 2;
  assert.equal(value('clientPackets', edge), 7);
  reader.retire(0);
  reader.retire(0);
  assert.deepEqual([value('a', {}), value('b', {}), value('clientPackets', edge)], [3, 1, 7]);
});

test('an announcement of a former life is ignored', () => {
  const { state, reader } = setUp();
  const late: SeriesInfo[] = [];
  openCounters(state, 0, (info) => late.push(info)).count('old', {});
  reader.retire(0);
  openCounters(state, 0, (info) => reader.define(info))
    .count('new', {})
    .add(1);
  for (const info of late) reader.define(info);
  assert.deepEqual(reader.snapshot(), [{ name: 'new', labels: {}, value: 1 }]);
});

test('what finds no slot is counted under one label, and the memory stays bounded', () => {
  const { open, announced, value, reader } = setUp(32);
  const counters = open(0);
  for (let i = 0; i < 1000; i++) counters.count('a', { i: String(i) }).add(1);
  for (let i = 0; i < 10; i++) {
    const block = counters.block({ listener: String(i), identity: 'x' });
    block[COUNTER.clientPackets] = (block[COUNTER.clientPackets] as number) + 1;
  }
  const free = 32 - COUNTERS - 1;
  assert.equal(value('overflow', {}), 1000 - free);
  assert.equal(value('clientPackets', { listener: 'overflow', identity: 'overflow' }), 10);
  assert.equal(announced.length, free + 2);
  for (let life = 0; life < 10; life++) {
    reader.retire(0);
    const next = open(0);
    for (let i = 0; i < 100; i++) next.count('a', { life: String(life), i: String(i) }).add(1);
  }
  const samples = reader.snapshot();
  assert.ok(samples.length <= 3 * 32 + 1, String(samples.length));
  const total = samples.reduce((sum, sample) => sum + sample.value, 0);
  assert.equal(total, 1000 + 10 + 10 * 100);
});
