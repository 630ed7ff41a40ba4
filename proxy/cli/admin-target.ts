import { readFileSync } from 'node:fs';
import type { ParseArgsOptionsConfig } from 'node:util';
import type { AdminTarget } from './admin-client.ts';

/** Options of every command that speaks to a running headgate. */
export const ADMIN_OPTIONS = {
  admin: { type: 'string' },
  'token-file': { type: 'string' },
  ca: { type: 'string' },
  cert: { type: 'string' },
  key: { type: 'string' },
} as const satisfies ParseArgsOptionsConfig;

type AdminValues = { readonly [option in keyof typeof ADMIN_OPTIONS]?: string | undefined };

/** The file of `--token-file` cannot be read. */
export class TokenUnreadable extends Error {}

/** Whom to ask: the options, then HEADGATE_ADMIN and HEADGATE_ADMIN_TOKEN, then `./headgate.sock`. @throws TokenUnreadable */
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
    throw new TokenUnreadable(`--token-file: ${(error as Error).message}`);
  }
}
