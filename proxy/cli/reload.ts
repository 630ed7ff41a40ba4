import { type ParseArgsOptionsConfig, parseArgs } from 'node:util';
import type { DryRun } from '../control-plane/api/dry-run.ts';
import type { ReloadResult } from '../control-plane/api/generation.ts';
import { AdminRefused, type AdminTarget, AdminUnreachable, tellAdmin } from './admin-client.ts';
import { ADMIN_OPTIONS, adminTarget } from './admin-target.ts';
import { EXIT, type Io } from './io.ts';
import { dryRunLines } from './reload/report.ts';

const OPTIONS = {
  'dry-run': { type: 'boolean' },
  json: { type: 'boolean' },
  ...ADMIN_OPTIONS,
} as const satisfies ParseArgsOptionsConfig;

interface Asked {
  readonly dryRun: boolean;
  readonly json: boolean;
  readonly target: AdminTarget;
}

/** `headgate reload`: a running headgate reads its files anew, or tells what would come of it. */
export async function reloadCommand(argv: string[], io: Io): Promise<number> {
  let asked: Asked;
  try {
    const { values } = parseArgs({ args: argv, options: OPTIONS, allowPositionals: false });
    asked = { dryRun: values['dry-run'] ?? false, json: values.json ?? false, target: adminTarget(values) };
  } catch (error) {
    io.err(`headgate reload: ${(error as Error).message} (see headgate reload --help)`);
    return EXIT.usage;
  }
  try {
    await (asked.dryRun ? tryOut : reload)(asked, io);
    return EXIT.ok;
  } catch (error) {
    if (!(error instanceof AdminUnreachable || error instanceof AdminRefused)) throw error;
    io.err(`headgate reload: ${error.message}`);
    return EXIT.failure;
  }
}

async function reload({ target, json }: Asked, io: Io): Promise<void> {
  const { reload: result } = (await tellAdmin(target, '/api/reload', {})) as { readonly reload: ReloadResult };
  const { generation, changed } = result;
  if (json) io.out(JSON.stringify(result));
  else if (changed) io.out(`generation ${generation} is in force on every worker`);
  else io.out(`unchanged: generation ${generation} is what the files say`);
}

async function tryOut({ target, json }: Asked, io: Io): Promise<void> {
  const answer = await tellAdmin(target, '/api/reload', { dryRun: true });
  const { dryRun } = answer as { readonly dryRun: Extract<DryRun, { ok: true }> };
  if (json) io.out(JSON.stringify(dryRun));
  else for (const line of dryRunLines(dryRun)) io.out(line);
}
