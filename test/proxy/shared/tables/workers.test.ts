import assert from 'node:assert/strict';
import test from 'node:test';
import { createShared, GAUGE, openWorkers } from '../../../../proxy/shared/tables/index.ts';
import { Crew } from './support/crew.ts';

function setUp() {
  return createShared({ workers: 3, slots: 16, clientIds: 16, series: 32, addresses: 16 });
}

test('the load is what was handed to a worker and has not left it, wherever it stands between', () => {
  const workers = openWorkers(setUp());
  assert.equal(workers.add(1, GAUGE.sent, 7), 7);
  for (const gauge of [GAUGE.received, GAUGE.live, GAUGE.sessions]) {
    workers.add(1, gauge, 4);
    assert.equal(workers.load(1), 7);
  }
  workers.add(1, GAUGE.left, 2);
  assert.equal(workers.load(1), 5);
  assert.deepEqual([workers.load(0), workers.load(2), workers.total(GAUGE.sent)], [0, 0, 7]);
});

test('the load survives counters that wrap', () => {
  const workers = openWorkers(setUp());
  workers.add(0, GAUGE.sent, 0x7fff_ffff);
  workers.add(0, GAUGE.left, 0x7fff_fffe);
  assert.equal(workers.load(0), 1);
  workers.add(0, GAUGE.sent, 2);
  assert.equal(workers.load(0), 3);
});

test('handshakes and connections of the process stop at the limit, wherever they are', () => {
  const workers = openWorkers(setUp());
  assert.equal(workers.tryEnterHandshake(0, 2), true);
  assert.equal(workers.tryEnterHandshake(1, 2), true);
  assert.equal(workers.tryEnterHandshake(2, 2), false);
  assert.equal(workers.get(2, GAUGE.handshakes), 0);
  workers.leaveHandshake(0);
  assert.equal(workers.tryEnterHandshake(2, 2), true);
  assert.equal(workers.tryEnterConnection(0, 0), false);
  assert.equal(workers.tryEnterConnection(0, 1), true);
  assert.equal(workers.tryEnterConnection(1, 1), false);
  workers.leaveConnection(0);
  assert.equal(workers.total(GAUGE.live), 0);
});

test('a sign of life is the last one', () => {
  const workers = openWorkers(setUp());
  assert.equal(workers.lastBeat(0), undefined);
  workers.beat(0, 0.0005);
  assert.ok((workers.lastBeat(0) as number) > 0);
  workers.beat(0, 1234.5);
  assert.equal(workers.lastBeat(0), 1234.5);
  assert.equal(workers.lastBeat(1), undefined);
});

test('a worker that is none is an error', () => {
  const workers = openWorkers(setUp());
  for (const worker of [-1, 3]) {
    assert.throws(() => workers.get(worker, GAUGE.live), RangeError);
    assert.throws(() => workers.beat(worker, 1), RangeError);
  }
});

test('the handshake limit holds while three threads come and go', async () => {
  const state = setUp();
  await using crew = new Crew(state, 3);
  const results = await crew.runAll('handshakeAndLeave', {
    rounds: 20_000,
    inside: new SharedArrayBuffer(4),
    limit: 2,
  });
  const sum = (values: number[]) => values.reduce((x, y) => x + y, 0);
  assert.equal(sum(results.map((result) => result.violations)), 0);
  assert.ok(sum(results.map((result) => result.entered)) > 0);
  assert.equal(openWorkers(state).total(GAUGE.handshakes), 0);
});
