import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { main } from '../../../../proxy/cli/main.ts';

/** Runs `headgate pki`; gives the exit code and what was said. */
async function pki(...argv: string[]): Promise<{ code: number; out: string; err: string }> {
  const [out, err]: [string[], string[]] = [[], []];
  const code = await main(['pki', ...argv], { out: (line) => out.push(line), err: (line) => err.push(line) });
  return { code, out: out.join('\n'), err: err.join('\n') };
}

/** Runs `headgate pki`, which must succeed; gives what it printed. */
export async function done(...argv: string[]): Promise<string> {
  const { code, out, err } = await pki(...argv);
  assert.equal(code, 0, err);
  assert.equal(err, '');
  return out;
}

export async function fails(code: number, message: RegExp, ...argv: string[]): Promise<void> {
  const result = await pki(...argv);
  assert.match(result.err, message);
  assert.equal(result.code, code);
  assert.equal(result.out, '');
}

/** A directory with an authority, gone after the test. */
export async function withAuthority(use: (dir: string) => Promise<void>, ...options: string[]): Promise<void> {
  const parent = await mkdtemp(join(tmpdir(), 'headgate-pki-'));
  const dir = join(parent, 'pki');
  try {
    await done('init', dir, '--name', 'Acme CA', ...options);
    await use(dir);
  } finally {
    await rm(parent, { recursive: true });
  }
}

export const mode = async (file: string) => ((await stat(file)).mode & 0o777).toString(8);
export const certificate = async (file: string) => new X509Certificate(await readFile(file));
