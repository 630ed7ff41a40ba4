import { readFileSync } from 'node:fs';
import { testCommand } from '../../../../proxy/cli/test.ts';
import { testPki } from '../../../support/pki.ts';
import { tempDir } from '../../../support/temp-dir.ts';
import { edit, SOUND_KAFKA } from '../../control-plane/config/support.ts';
import { runCommand } from '../run-command.ts';

export const CONFIG = edit(
  '    kafka:\n      allow:\n',
  '    kafka:\n      deny: [{ topic: orders.secret, operations: [all], hosts: [192.0.2.0/24] }]\n      allow:\n',
  SOUND_KAFKA,
);
export const CLIENT =
  'config: headgate.yaml\nclients:\n  pump: { trust: devices, subject: { O: Acme, CN: pump-1 } }\ntests:\n';

/** Runs a file of tests against CONFIG; none of the files that the configuration names is there. */
export async function policyTest(tests: string, ...argv: string[]) {
  await using dir = tempDir();
  dir.write('headgate.yaml', CONFIG);
  const pki = await testPki();
  dir.write('pump.pem', (await pki.device('pump-1')).cert);
  dir.write('empty.pem', 'nothing');
  const file = dir.write('policy.test.yaml', tests);
  const named = argv.map((one) => one.replace('DIR', dir.path));
  const run = await runCommand(testCommand, ...named, file);
  const short = (lines: readonly string[]) => lines.map((line) => line.replaceAll(`${dir.path}/`, ''));
  const junit = argv.includes('--junit')
    ? readFileSync(dir.file('junit.xml'), 'utf8').replaceAll(`${dir.path}/`, '')
    : undefined;
  return { code: run.code, out: short(run.out), err: short(run.err), junit };
}
