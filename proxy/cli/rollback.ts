import { parseArgs } from 'node:util';
import type { ReloadResult } from '../control-plane/api/generation.ts';
import { AdminRefused, type AdminTarget, AdminUnreachable, tellAdmin } from './admin-client.ts';
import { ADMIN_OPTIONS, adminTarget } from './admin-target.ts';
import { EXIT, type Io } from './io.ts';

/** `headgate rollback`: brings back the settings that were in force before. */
export async function rollbackCommand(argv: string[], io: Io): Promise<number> {
  let asked: { readonly json: boolean; readonly target: AdminTarget };
  try {
    const options = { json: { type: 'boolean' }, ...ADMIN_OPTIONS } as const;
    const { values } = parseArgs({ args: argv, options, allowPositionals: false });
    asked = { json: values.json ?? false, target: adminTarget(values) };
  } catch (error) {
    io.err(`headgate rollback: ${(error as Error).message} (see headgate rollback --help)`);
    return EXIT.usage;
  }
  try {
    const answer = (await tellAdmin(asked.target, '/api/rollback', {})) as { readonly rollback: ReloadResult };
    const { generation, changed } = answer.rollback;
    if (asked.json) io.out(JSON.stringify(answer.rollback));
    else if (!changed)
      io.out(`unchanged: generation ${generation} differs from the one before only in what is revoked`);
    else {
      io.out(`generation ${generation} is in force on every worker, with the settings of before`);
      io.out(
        'what is revoked and denied now stays so; the next change of a file, or `headgate reload`, takes the files again',
      );
    }
    return EXIT.ok;
  } catch (error) {
    if (!(error instanceof AdminUnreachable || error instanceof AdminRefused)) throw error;
    io.err(`headgate rollback: ${error.message}`);
    return EXIT.failure;
  }
}
