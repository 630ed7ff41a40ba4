import { exactly } from '../../usage-error.ts';
import { definePkiCommand } from '../define-pki-command.ts';
import { listDirectory, listTable } from '../list.ts';

/** `headgate pki list`: prints what was issued. */
export const list = definePkiCommand({
  name: 'list',
  usage: 'DIR [--json]',
  options: { json: { type: 'boolean', help: 'print one JSON array' } },
  notes: ['Prints, oldest first: serial number, type, end of validity, days left, whether it is revoked, subject.'],
  async run({ values, positionals }, io) {
    const [dir] = exactly(positionals, ['DIR']);
    const certificates = await listDirectory(dir, Date.now());
    if (values.json) io.out(JSON.stringify(certificates, null, 2));
    else for (const line of listTable(certificates)) io.out(line);
  },
});
