/** When `npm ci` runs, with a stand-in for npm that notes its arguments. */
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { runChild } from '../support/child.ts';
import { type TempDir, tempDir } from '../support/temp-dir.ts';

const PACKAGES = join(import.meta.dirname, '../../bin/packages.mjs');
const LOCK = {
  packages: {
    '': {},
    'node_modules/a': { version: '1.0.0', integrity: 'sha512-a' },
    'node_modules/b': { version: '1.0.0', integrity: 'sha512-b', optional: true },
  },
};
const A = LOCK.packages['node_modules/a'];

const NPM = `
import { appendFileSync, mkdirSync } from 'node:fs';
appendFileSync('calls', process.argv.slice(2).join(' ') + '\\n');
mkdirSync('node_modules', { recursive: true });
process.exit(Number(process.env.NPM_EXIT ?? 0));
`;

/** Runs ensurePackages and tells its exit code and how often npm was called so far. */
async function ensure(
  dir: TempDir,
  env: Record<string, string> = {},
): Promise<{ code: number | null; calls: string[] }> {
  const npm = dir.write('npm-cli.js', NPM);
  dir.write('package.json', '{"type":"module"}');
  const script = `const { ensurePackages } = await import(process.env.PACKAGES); process.exitCode = await ensurePackages(process.cwd());`;
  const { code } = await runChild(process.execPath, ['--input-type=module', '-e', script], {
    cwd: dir.path,
    env: { PACKAGES, npm_execpath: npm, npm_node_execpath: process.execPath, ...env },
  });
  const calls = existsSync(dir.file('calls')) ? readFileSync(dir.file('calls'), 'utf8').trim().split('\n') : [];
  return { code, calls };
}

function installed(dir: TempDir, packages: object): void {
  mkdirSync(dir.file('node_modules'));
  dir.write('node_modules/.package-lock.json', JSON.stringify({ packages }));
}

test('a fresh clone is installed once, and again after the lock file changed', async () => {
  await using dir = tempDir();
  dir.write('package-lock.json', JSON.stringify(LOCK));
  assert.deepEqual(await ensure(dir), { code: 0, calls: ['ci --include=dev --include=optional --loglevel=error'] });
  assert.equal((await ensure(dir)).calls.length, 1);
  dir.write('package-lock.json', JSON.stringify({ ...LOCK, changed: true }));
  assert.equal((await ensure(dir)).calls.length, 2);
  assert.equal((await ensure(dir)).calls.length, 2);
});

test('a failed installation is told and tried again', async () => {
  await using dir = tempDir();
  dir.write('package-lock.json', JSON.stringify(LOCK));
  assert.equal((await ensure(dir, { NPM_EXIT: '7' })).code, 7);
  assert.deepEqual(await ensure(dir), {
    code: 0,
    calls: Array(2).fill('ci --include=dev --include=optional --loglevel=error'),
  });
});

for (const { name, packages, calls } of [
  { name: 'what the user installed is used as it is', packages: { 'node_modules/a': A }, calls: 0 },
  { name: 'another version is replaced', packages: { 'node_modules/a': { ...A, version: '1.0.1' } }, calls: 1 },
  { name: 'other content is replaced', packages: { 'node_modules/a': { ...A, integrity: 'sha512-x' } }, calls: 1 },
  { name: 'a missing package is installed', packages: {}, calls: 1 },
]) {
  test(`${name} (npm is called ${calls} times)`, async () => {
    await using dir = tempDir();
    dir.write('package-lock.json', JSON.stringify(LOCK));
    installed(dir, packages);
    assert.equal((await ensure(dir)).calls.length, calls);
  });
}
