/** The start of `headgate` and of the development tasks, which also works on an older Node. */
import assert from 'node:assert/strict';
import { chmodSync, cpSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { Child, runChild } from '../support/child.ts';
import { tempDir } from '../support/temp-dir.ts';

const ROOT = join(import.meta.dirname, '../..');
const runtime = await import(join(ROOT, 'bin/runtime.mjs'));

for (const [version, enough] of [
  ['26.9.0', true],
  ['26.10.0', true],
  ['27.0.0', true],
  ['26.8.9', false],
  ['20.20.2', false],
  ['v26.9.0', false],
  ['', false],
] as const) {
  test(`Node ${JSON.stringify(version)} is ${enough ? '' : 'not '}new enough`, () => {
    assert.equal(runtime.isNewEnough(version), enough);
  });
}

test('bin/headgate.mjs answers and exits with the code of the command', async () => {
  const version = await runChild(process.execPath, [join(ROOT, 'bin/headgate.mjs'), 'version']);
  assert.equal(version.code, 0);
  assert.match(version.stdout, /^headgate \d+\.\d+\.\d+\nNode 2[6-9]\./);
  const unknown = await runChild(process.execPath, [join(ROOT, 'bin/headgate.mjs'), 'nonsense']);
  assert.equal(unknown.code, 2);
});

test('bin/setup.mjs without a task names the tasks', async () => {
  const { code, stderr } = await runChild(process.execPath, [join(ROOT, 'bin/setup.mjs')]);
  assert.equal(code, 2);
  assert.match(stderr, /demo\|test\|check\|bench\|mutants\|fix\|docs\|build/);
});

test('a Node that is too old is passed over for a newer one on the PATH', async () => {
  await using dir = tempDir();
  const fake = (name: string, version: string) => {
    mkdirSync(dir.file(name));
    dir.write(`${name}/node`, `#!/bin/sh\necho ${version}\n`);
    chmodSync(dir.file(`${name}/node`), 0o755);
    return dir.file(name);
  };
  const old = fake('old', 'v20.20.2');
  const fresh = fake('fresh', 'v26.9.1');
  const probe = (path: string) =>
    runChild(process.execPath, ['--input-type=module', '-e', PROBE], {
      env: { PATH: path, RUNTIME: join(ROOT, 'bin/runtime.mjs'), PRETEND: '20.20.2', EMPTY: dir.path },
    });
  assert.equal((await probe(`${old}:${fresh}`)).stdout.trim(), join(fresh, 'node'));
  const none = await probe(old);
  assert.match(none.stdout, /needs Node 26\.9 or newer; this is Node 20\.20\.2/);
});

/** Looks for a runtime from a folder without packages, as if this were an older Node. */
const PROBE = `
Object.defineProperty(process, 'versions', { value: { ...process.versions, node: process.env.PRETEND } });
const { findRuntime, missingRuntime } = await import(process.env.RUNTIME);
console.log(findRuntime(process.env.EMPTY) ?? missingRuntime());
`;

test('signals and the exit code pass through', async () => {
  await using dir = tempDir();
  cpSync(join(ROOT, 'bin/runtime.mjs'), dir.file('runtime.mjs'));
  dir.write(
    'child.mjs',
    "process.on('SIGTERM', () => process.exit(7)); console.log('ready'); setInterval(() => {}, 1000);",
  );
  dir.write(
    'parent.mjs',
    "import { runForeground } from './runtime.mjs'; process.exitCode = await runForeground(process.execPath, [process.argv[2]]);",
  );
  await using parent = new Child(process.execPath, [dir.file('parent.mjs'), dir.file('child.mjs')]);
  await parent.printed('ready');
  assert.deepEqual(await parent.end('SIGTERM'), { code: 7, signal: null });
});
