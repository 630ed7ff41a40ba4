import assert from 'node:assert/strict';
import { once } from 'node:events';
import test from 'node:test';
import { withoutTimerWarnings } from '../../../../../proxy/cli/demo/kafka/quiet.ts';

/** Names of the warnings that reach who listens already, while the filter stands. */
async function shown(names: readonly string[]): Promise<string[]> {
  const before = process.listeners('warning');
  const seen: string[] = [];
  process.removeAllListeners('warning');
  const listener = ({ name }: Error) => void seen.push(name);
  process.on('warning', listener);
  try {
    using _quiet = withoutTimerWarnings();
    for (const name of names) {
      const told = once(process, 'warning');
      process.emitWarning('a test', name);
      await told;
    }
    return seen;
  } finally {
    process.off('warning', listener);
    for (const one of before) process.on('warning', one);
  }
}

test('warnings of negative timers are not shown, all others are', async () => {
  assert.deepEqual(await shown(['TimeoutNegativeWarning', 'DeprecatedThing', 'TimeoutNegativeWarning']), [
    'DeprecatedThing',
  ]);
});

test('afterwards who listened before does so again', () => {
  const before = process.listeners('warning');
  {
    using _quiet = withoutTimerWarnings();
    assert.notDeepEqual(process.listeners('warning'), before);
  }
  assert.deepEqual(process.listeners('warning'), before);
});
