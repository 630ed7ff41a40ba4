import { readFileSync } from 'node:fs';
import type { AdminTarget } from './admin-client.ts';
import type { Options, Values } from './command.ts';
import { UsageError } from './usage-error.ts';

/** Options of every command that speaks to a running headgate. */
export const ADMIN_OPTIONS = {
  admin: {
    type: 'string',
    value: 'WHERE',
    help: 'path of the admin socket, or its URL; default $HEADGATE_ADMIN or ./headgate.sock',
  },
  'token-file': { type: 'string', value: 'FILE', help: 'file with the bearer token, for an admin URL' },
  ca: { type: 'string', value: 'FILE', help: 'certificate authority of the admin server, for an https URL' },
  cert: { type: 'string', value: 'FILE', help: 'client certificate, for an https URL' },
  key: { type: 'string', value: 'FILE', help: 'private key of the client certificate' },
} as const satisfies Options;

type AdminValues = { readonly [name in keyof Values<typeof ADMIN_OPTIONS>]?: string | undefined };

/**
 * Where the admin server is: the options, then HEADGATE_ADMIN and HEADGATE_ADMIN_TOKEN, then `./headgate.sock`.
 * @throws UsageError when the file of `--token-file` cannot be read
 */
export function adminTarget({ admin, 'token-file': tokenFile, ca, cert, key }: AdminValues): AdminTarget {
  const { HEADGATE_ADMIN, HEADGATE_ADMIN_TOKEN } = process.env;
  const token = tokenFile === undefined ? HEADGATE_ADMIN_TOKEN : readToken(tokenFile);
  return {
    at: admin ?? (HEADGATE_ADMIN || './headgate.sock'),
    ...(token !== undefined && { token }),
    ...(ca !== undefined && { ca }),
    ...(cert !== undefined && { cert }),
    ...(key !== undefined && { key }),
  };
}

function readToken(file: string): string {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch (error) {
    throw new UsageError(`--token-file: ${(error as Error).message}`);
  }
}
