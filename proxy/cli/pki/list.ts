import { table } from '../table.ts';
import { type Index, readIndex } from './index-file.ts';
import { DAY } from './lifetime.ts';

/** One certificate as `headgate pki list --json` prints it. */
export interface ListedCertificate {
  readonly name: string;
  readonly serial: string;
  readonly subject: string | null;
  /** Extended key usage, or `ca`. */
  readonly type: string | null;
  /** RFC 3339. */
  readonly notAfter: string | null;
  /** Whole days until notAfter, rounded down; negative when it is over. */
  readonly daysLeft: number | null;
  /** RFC 3339. */
  readonly revoked: string | null;
  readonly reason: string | null;
}

/** What was issued, oldest first. `now` in milliseconds since the epoch. */
export async function listDirectory(dir: string, now: number): Promise<readonly ListedCertificate[]> {
  return listed(await readIndex(dir), now);
}

function listed({ certificates }: Index, now: number): readonly ListedCertificate[] {
  return certificates.map(({ name, serial, subject, type, notAfter, revoked, reason }) => ({
    name,
    serial,
    subject: subject ?? null,
    type: type ?? null,
    notAfter: notAfter ?? null,
    daysLeft: notAfter === undefined ? null : Math.floor((Date.parse(notAfter) - now) / DAY),
    revoked: revoked ?? null,
    reason: revoked === undefined ? null : (reason ?? 'keyCompromise'),
  }));
}

const HEADINGS = ['NAME', 'SERIAL', 'TYPE', 'NOT AFTER', 'DAYS LEFT', 'REVOKED', 'SUBJECT'];

/** The same as lines for a terminal; a dash where an older version kept nothing. */
export function listTable(certificates: readonly ListedCertificate[]): readonly string[] {
  const rows = certificates.map(({ name, serial, type, notAfter, daysLeft, revoked, reason, subject }) => [
    name,
    serial,
    type ?? '-',
    notAfter?.slice(0, 10) ?? '-',
    daysLeft === null ? '-' : String(daysLeft),
    revoked === null ? 'no' : `${revoked.slice(0, 10)} ${reason}`,
    subject ?? '-',
  ]);
  return table(HEADINGS, rows);
}
