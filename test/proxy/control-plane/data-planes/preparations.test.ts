import assert from 'node:assert/strict';
import test from 'node:test';
import { Preparations } from '../../../../proxy/control-plane/data-planes/preparations.ts';

const BOUND = [{ key: 'k', host: '127.0.0.1', port: 1 }];

test('each question has the answer of its data plane for its generation', async () => {
  const preparations = new Preparations();
  const asked = [preparations.expect(0, 7), preparations.expect(1, 7), preparations.expect(1, 8)] as const;
  preparations.settle(1, { type: 'prepare-failed', id: 7, problem: 'the address is in use' });
  preparations.settle(1, { type: 'prepared', id: 8, bound: [] });
  preparations.settle(0, { type: 'prepared', id: 7, bound: BOUND });
  assert.deepEqual(await asked[0], BOUND);
  await assert.rejects(asked[1], { message: 'the address is in use' });
  assert.deepEqual(await asked[2], []);
  // Nobody asked, or nobody asks any more.
  preparations.settle(0, { type: 'prepared', id: 7, bound: BOUND });
  preparations.settle(3, { type: 'prepare-failed', id: 9, problem: '' });
});

test('nobody waits for a data plane that ended; others go on', async () => {
  const preparations = new Preparations();
  const lost = [preparations.expect(1, 7), preparations.expect(1, 8)];
  const other = preparations.expect(11, 7);
  preparations.lost(1);
  for (const one of lost) await assert.rejects(one, { message: 'worker 1 ended' });
  preparations.settle(11, { type: 'prepared', id: 7, bound: BOUND });
  assert.deepEqual(await other, BOUND);
});

test('a data plane that does not answer is not waited for longer than 30 s', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const preparations = new Preparations();
  const asked = preparations.expect(2, 7);
  t.mock.timers.tick(30_000);
  await assert.rejects(asked, { message: 'worker 2 did not prepare the generation within 30000 ms' });
});
