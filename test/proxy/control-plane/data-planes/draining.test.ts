import assert from 'node:assert/strict';
import test from 'node:test';
import { Draining, type DrainingDeps } from '../../../../proxy/control-plane/data-planes/draining.ts';
import { openLog } from '../../../../proxy/control-plane/telemetry/log.ts';
import { waitFor } from '../../../support/wait.ts';

function setUp(planes: number) {
  const done: string[] = [];
  const { logger } = openLog({ level: 'error', format: 'json' }, { write: () => {} });
  const deps: DrainingDeps = {
    logger,
    tier: { close: async () => void done.push('no more connections') },
    planes: { broadcast: (message) => void done.push(JSON.stringify(message)) },
  };
  return { draining: new Draining(planes), done, deps };
}

const TERMS = { delay: 0, deadline: 60_000, wills: 'suppress' } as const;
const TOLD = ['no more connections', '{"type":"drain","deadline":60000,"suppressWills":true}'];

test('it stops accepting, tells the data planes and waits for all of them; asking twice tells them once', async () => {
  const { draining, done, deps } = setUp(2);
  assert.equal(draining.active, false);
  let over = 0;
  const runs = [draining.run(TERMS, deps), draining.run(TERMS, deps)].map((run) => run.then(() => over++));
  assert.equal(draining.active, true);
  await waitFor('the data planes to be told', () => done.length === 2);
  draining.planeDone(1);
  draining.planeDone(1);
  await Promise.resolve();
  assert.equal(over, 0);
  draining.planeDone(0);
  await Promise.all(runs);
  assert.deepEqual(done, TOLD);
});

test('a worker that ends meanwhile is not waited for; one that ended before is', async () => {
  const { draining, done, deps } = setUp(1);
  draining.planeLost(0);
  let over = false;
  const run = draining.run(TERMS, deps).then(() => {
    over = true;
  });
  await waitFor('the data planes to be told', () => done.length === 2);
  assert.equal(over, false);
  draining.planeLost(0);
  await run;
});

test('a data plane that never answers is not waited for much longer than the deadline', async (t) => {
  const { draining, done, deps } = setUp(1);
  const run = draining.run({ ...TERMS, wills: 'publish' }, deps);
  t.mock.timers.enable({ apis: ['setTimeout'] });
  for (let turn = 0; turn < 50 && done.length < 2; turn++) await new Promise((resolve) => setImmediate(resolve));
  t.mock.timers.tick(62_000);
  await run;
  assert.match(done[1] ?? '', /"suppressWills":false/);
});
