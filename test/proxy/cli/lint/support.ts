import { lintCommand } from '../../../../proxy/cli/lint.ts';
import { tempDir } from '../../../support/temp-dir.ts';
import { SOUND } from '../../control-plane/config/support.ts';
import { runCommand } from '../run-command.ts';

/** The only rule of SOUND. */
export const RULE = '        - publish: "plant/{CN}/#"\n';
/** Its line. */
export const AT = SOUND.slice(0, SOUND.indexOf(RULE)).split('\n').length;

/** Lints `text`; none of the files that it names is there. */
export async function lint(text: string, ...argv: string[]) {
  await using dir = tempDir();
  const file = dir.write('headgate.yaml', text);
  const run = await runCommand(lintCommand, '--config', file, ...argv);
  return {
    ...run,
    out: run.out.map((line) => line.replaceAll(file, 'FILE')),
    err: run.err.map((line) => line.replaceAll(file, 'FILE')),
  };
}
