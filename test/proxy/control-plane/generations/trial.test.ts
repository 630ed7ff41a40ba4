import assert from 'node:assert/strict';
import test from 'node:test';
import type { Loaded } from '../../../../proxy/control-plane/generations/content.ts';
import { tryOut } from '../../../../proxy/control-plane/generations/trial.ts';
import { NO_REVOCATION_PART } from '../../../support/no-revocation.ts';
import { SOUND, workspace } from '../config/support.ts';

const FORECAST = { sessions: 1, ends: [] };

/** Tries a sound configuration; what is asked of tier and planes is written down, and `failing` fails. */
async function trial(failing?: string, load?: () => Loaded) {
  await using dir = await workspace();
  const read = dir.load(SOUND);
  assert.ok(read.ok);
  const { config } = read;
  const said: string[] = [];
  const say = (what: string): void => {
    said.push(what);
    if (what === failing) throw new Error(`${what} failed`);
  };
  const result = await tryOut(
    load ?? (() => ({ ok: true, config, revocation: NO_REVOCATION_PART, read: true })),
    -1,
    {
      async prepare(_plan, id) {
        say(`planes prepare ${id}`);
        return [];
      },
      async forecast(id) {
        say(`planes forecast ${id}`);
        return [FORECAST];
      },
      drop: (id) => say(`planes drop ${id}`),
    },
    {
      async prepare() {
        say('tier prepare');
        return [];
      },
      drop: () => say('tier drop'),
    },
  );
  return { result, said };
}

const DROPPED = ['planes drop -1', 'tier drop'];

test('what was prepared is given up after it was asked', async () => {
  const { result, said } = await trial();
  assert.ok(result.ok);
  assert.deepEqual(result.forecasts, [FORECAST]);
  assert.deepEqual(said, ['tier prepare', 'planes prepare -1', 'planes forecast -1', ...DROPPED]);
});

const FAILURES: readonly (readonly [failing: string, said: readonly string[]])[] = [
  ['tier prepare', ['tier prepare']],
  ['planes prepare -1', ['tier prepare', 'planes prepare -1', ...DROPPED]],
  ['planes forecast -1', ['tier prepare', 'planes prepare -1', 'planes forecast -1', ...DROPPED]],
];

for (const [failing, expected] of FAILURES) {
  test(`a failure of "${failing}" is told, and leaves nothing prepared`, async () => {
    const { result, said } = await trial(failing);
    assert.deepEqual(result, { ok: false, errors: [`${failing} failed`] });
    assert.deepEqual(said, expected);
  });
}

test('what cannot be loaded is brought nowhere', async () => {
  const { result, said } = await trial(undefined, () => ({ ok: false, errors: ['no such key'] }));
  assert.deepEqual(result, { ok: false, errors: ['no such key'] });
  assert.deepEqual(said, []);
});
