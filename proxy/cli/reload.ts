import { RELOAD } from '../control-plane/api/reload.ts';
import { writeAdmin } from './admin-client.ts';
import { ADMIN_OPTIONS, adminTarget } from './admin-options.ts';
import { defineCommand, EXITS } from './command.ts';
import { EXIT } from './io.ts';
import { dryRunLines } from './reload/report.ts';

/** `headgate reload`: a running headgate reloads its files, or reports what that would change. */
export const reloadCommand = defineCommand({
  name: 'reload',
  usage: '[--dry-run] [--json] [OPTIONS]',
  options: {
    'dry-run': { type: 'boolean', help: 'show what a reload would do, and change nothing' },
    json: { type: 'boolean', help: 'print the result as one JSON object' },
    ...ADMIN_OPTIONS,
  },
  notes: [
    'A dry run reads and checks the files, prepares them on every worker, and shows which parts differ, which live',
    'sessions would end and why, and which rejections of the last hour would be allowed. Files that are watched',
    '(`reloadInterval`) are reloaded on their own; with `reloadInterval: 0s` only on request.',
  ],
  exits: [EXITS.ok, [1, 'the files are refused, or the admin socket cannot be reached or refused'], EXITS.usage],
  async run({ values }, io) {
    const isDryRun = values['dry-run'] ?? false;
    const { dryRun, reload } = await writeAdmin(adminTarget(values), RELOAD, isDryRun ? { dryRun: true } : {});
    if (values.json) io.out(JSON.stringify(dryRun ?? reload));
    else if (dryRun !== undefined) for (const line of dryRunLines(dryRun)) io.out(line);
    else if (reload?.changed) io.out(`generation ${reload.generation} is in force on every worker`);
    else io.out(`unchanged: generation ${reload?.generation} is what the files contain`);
    return EXIT.ok;
  },
});
