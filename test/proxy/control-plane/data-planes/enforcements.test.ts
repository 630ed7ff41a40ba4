import assert from 'node:assert/strict';
import test from 'node:test';
import { Enforcements } from '../../../../proxy/control-plane/data-planes/enforcements.ts';

async function settled(promise: Promise<void>): Promise<boolean> {
  const pending = Symbol('pending');
  return (await Promise.race([promise, new Promise((resolve) => setImmediate(resolve, pending))])) !== pending;
}

test('resolves when every plane has judged by this generation or a later one, or has ended', async () => {
  const enforcements = new Enforcements();
  const third = enforcements.expect([0, 1, 2], 3);
  enforcements.reported(0, 3);
  enforcements.reported(1, 2);
  assert.equal(await settled(third), false);
  enforcements.reported(1, 4);
  assert.equal(await settled(third), false);
  enforcements.lost(2);
  assert.equal(await settled(third), true);
  assert.equal(await settled(enforcements.expect([], 5)), true);
});
