import { spawnSync } from 'node:child_process';

const found = spawnSync('openssl', ['version']).status === 0;

if (!found && process.env['CI'] === 'true')
  throw new Error('the openssl command is missing; under CI=true nothing is skipped');

/** Option of a test that needs the openssl command: skipped with a visible message where it is missing. */
export const needsOpenssl = found ? {} : { skip: 'the openssl command is missing' };

/** Runs openssl; gives its output, or throws with what it said. */
export function openssl(args: readonly string[], input?: string | Uint8Array): string {
  const { status, stdout, stderr } = spawnSync('openssl', args, { input: input ?? '', timeout: 20_000 });
  if (status !== 0) throw new Error(`openssl ${args.join(' ')} exited with ${status}: ${stderr}${stdout}`);
  return stdout.toString();
}
