import { join } from 'node:path';
import { exactly, UsageError } from '../../usage-error.ts';
import { REASONS, type ReasonName } from '../crl.ts';
import { definePkiCommand } from '../define-pki-command.ts';
import { revokeIn } from '../directory.ts';

/** `headgate pki revoke`: revokes what was issued under a name. */
export const revoke = definePkiCommand({
  name: 'revoke',
  usage: 'DIR NAME [--reason R]',
  options: {
    reason: {
      type: 'string',
      value: 'R',
      default: 'keyCompromise',
      help:
        'keyCompromise (the default), cACompromise, affiliationChanged, superseded, cessationOfOperation,\n' +
        'certificateHold, privilegeWithdrawn or aACompromise',
    },
  },
  notes: ['Revokes every certificate issued as NAME ("intermediate": the intermediate) and writes new CRLs.'],
  async run({ values, positionals }, io) {
    const [dir, name] = exactly(positionals, ['DIR', 'NAME']);
    if (!Object.hasOwn(REASONS, values.reason)) {
      throw new UsageError(`--reason is one of ${Object.keys(REASONS).join(', ')}`);
    }
    const serials = await revokeIn(dir, name, values.reason as ReasonName);
    io.out(`revoked ${serials.join(', ')}; wrote ${join(dir, 'crl.pem')}`);
  },
});
