import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import test from 'node:test';
import { StateDir, StateError } from '../../../../proxy/control-plane/state/state-dir.ts';
import { tempDir } from '../../../support/temp-dir.ts';

const says = (pattern: RegExp) => (error: unknown) => error instanceof StateError && pattern.test(error.message);

test('what was written is read again by the next process, and nobody else can look', async () => {
  await using dir = tempDir();
  const path = dir.file('a/state');
  const state = StateDir.open(path);
  assert.equal(state.read('deny'), undefined);
  state.write('deny', [{ id: 1 }]);
  state.write('deny', [{ id: 2 }]);
  assert.deepEqual(StateDir.open(path).read('deny'), [{ id: 2 }]);
  assert.deepEqual(readdirSync(path), ['deny.json']);
  assert.equal(statSync(path).mode & 0o777, 0o700);
  assert.equal(statSync(`${path}/deny.json`).mode & 0o777, 0o600);
});

test('what cannot be trusted is refused with words', async () => {
  await using dir = tempDir();
  const open = dir.file('open');
  mkdirSync(open);
  chmodSync(open, 0o755);
  assert.throws(() => StateDir.open(open), says(/chmod 700/));
  writeFileSync(dir.file('file'), '');
  assert.throws(() => StateDir.open(dir.file('file')), says(/EEXIST/));
  const state = StateDir.open(dir.file('state'));
  writeFileSync(dir.file('state/deny.json'), '[{"id":');
  assert.throws(() => state.read('deny'), says(/not valid JSON/));
  mkdirSync(dir.file('state/crl.json'));
  assert.throws(() => state.read('crl'), says(/EISDIR/));
  assert.throws(() => state.write('crl', {}), says(/cannot be written/));
});
