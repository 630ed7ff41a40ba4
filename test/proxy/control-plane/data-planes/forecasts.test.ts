import assert from 'node:assert/strict';
import test from 'node:test';
import { Forecasts } from '../../../../proxy/control-plane/data-planes/forecasts.ts';

const NONE = { sessions: 0, ends: [] };
const ONE = { sessions: 1, ends: [] };

test('each question has the answer of its data plane for its generation', async () => {
  const forecasts = new Forecasts();
  const asked = [forecasts.expect(0, -1), forecasts.expect(1, -1)] as const;
  // Of another generation, and of a plane that was not asked.
  forecasts.settle(0, -2, ONE);
  forecasts.settle(2, -1, ONE);
  forecasts.settle(0, -1, NONE);
  forecasts.settle(1, -1, ONE);
  assert.deepEqual(await Promise.all(asked), [NONE, ONE]);
});

test('nobody waits for a data plane that ended; others go on', async () => {
  const forecasts = new Forecasts();
  const lost = forecasts.expect(1, -1);
  const other = forecasts.expect(11, -1);
  forecasts.lost(1);
  await assert.rejects(lost, { message: 'worker 1 ended while it forecast its sessions' });
  forecasts.settle(11, -1, ONE);
  assert.deepEqual(await other, ONE);
});

test('a data plane that does not answer is not waited for longer than 30 s', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const asked = new Forecasts().expect(2, -1);
  t.mock.timers.tick(30_000);
  await assert.rejects(asked, { message: 'worker 2 did not forecast its sessions within 30000 ms' });
});
