import { join } from 'node:path';
import { exactly } from '../../usage-error.ts';
import { days, KEY_TYPE_NAMES, keyKind } from '../argument-values.ts';
import { definePkiCommand } from '../define-pki-command.ts';
import { initDirectory } from '../directory.ts';

/** `headgate pki init`: creates an authority. */
export const init = definePkiCommand({
  name: 'init',
  usage: 'DIR [--name CN] [--days N] [--key TYPE] [--intermediate]',
  options: {
    name: {
      type: 'string',
      value: 'CN',
      default: 'headgate development CA',
      help: 'common name of the authority (default "headgate development CA")',
    },
    days: { type: 'string', value: 'N', help: 'days that it is valid (default 3650)' },
    key: { type: 'string', value: 'TYPE', help: `${KEY_TYPE_NAMES} (default p256)` },
    intermediate: {
      type: 'boolean',
      help:
        'also create intermediate.pem and intermediate.key, an authority under the first (path length 0), which\n' +
        'issues from then on; crl.pem is then its CRL, and ca-crl.pem that of the first authority',
    },
  },
  notes: [
    'Writes ca.pem, ca.key (mode 0600), an empty crl.pem and index.json. An existing authority is never overwritten.',
  ],
  async run({ values, positionals }, io) {
    const [dir] = exactly(positionals, ['DIR']);
    const { name: commonName, intermediate = false } = values;
    await initDirectory(dir, { commonName, intermediate, ...days(values.days), ...keyKind(values.key) });
    const issuing = intermediate ? ['intermediate.pem', 'intermediate.key'] : [];
    const files = ['ca.pem', 'ca.key', ...issuing, 'crl.pem'].map((file) => join(dir, file));
    io.out(`made the authority "${commonName}": ${files.join(', ')}`);
  },
});
