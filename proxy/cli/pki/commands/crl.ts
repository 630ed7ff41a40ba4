import { join } from 'node:path';
import { exactly } from '../../usage-error.ts';
import { days, whole } from '../argument-values.ts';
import { definePkiCommand } from '../define-pki-command.ts';
import { renewCrls } from '../directory.ts';

/** `headgate pki crl`: writes fresh CRLs. */
export const crl = definePkiCommand({
  name: 'crl',
  usage: 'DIR [--days N] [--delta BASE]',
  options: {
    days: { type: 'string', value: 'N', help: 'days until their nextUpdate (default 365)' },
    delta: {
      type: 'string',
      value: 'BASE',
      help: 'also write DIR/crl-delta.pem: a delta CRL with what was revoked after the complete CRL with number BASE',
    },
  },
  notes: ['Writes CRLs with the next CRL number: DIR/crl.pem, and DIR/ca-crl.pem where there is an intermediate.'],
  async run({ values, positionals }, io) {
    const [dir] = exactly(positionals, ['DIR']);
    const deltaTo = values.delta === undefined ? {} : { deltaTo: whole('--delta', values.delta, 1, 1e9) };
    const number = await renewCrls(dir, { ...days(values.days), ...deltaTo });
    io.out(`wrote ${join(dir, 'crl.pem')}, CRL number ${number}`);
  },
});
