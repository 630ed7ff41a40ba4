import { ROLLBACK } from '../control-plane/api/generation.ts';
import { writeAdmin } from './admin-client.ts';
import { ADMIN_OPTIONS, adminTarget } from './admin-options.ts';
import { defineCommand, EXITS } from './command.ts';
import { EXIT } from './io.ts';

/** `headgate rollback`: restores the settings that were in force before. */
export const rollbackCommand = defineCommand({
  name: 'rollback',
  usage: '[--json] [OPTIONS]',
  options: {
    json: { type: 'boolean', help: 'print the result as one JSON object' },
    ...ADMIN_OPTIONS,
  },
  notes: [
    'The previous configuration and certificates come into force as a new generation; a second rollback restores the',
    'later ones. What is revoked and denied now stays so. The files are not touched. Correct them: their next change,',
    'or `headgate reload`, loads them again.',
  ],
  exits: [
    EXITS.ok,
    [1, 'there is nothing to roll back to, or the admin socket cannot be reached or refused'],
    EXITS.usage,
  ],
  async run({ values }, io) {
    const { rollback } = await writeAdmin(adminTarget(values), ROLLBACK, {});
    const { generation, changed } = rollback;
    if (values.json) io.out(JSON.stringify(rollback));
    else if (!changed) {
      io.out(`unchanged: generation ${generation} differs from the previous one only in what is revoked`);
    } else {
      io.out(`generation ${generation} is in force on every worker, with the previous settings`);
      io.out(
        'what is revoked and denied stays so; the next change of a file, or `headgate reload`, loads the files again',
      );
    }
    return EXIT.ok;
  },
});
