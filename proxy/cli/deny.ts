import { DENY_ADD, DENY_LIST, DENY_REMOVE, type DenyEntryRecord, type DenyResult } from '../control-plane/api/deny.ts';
import { type AdminTarget, readAdmin, writeAdmin } from './admin-client.ts';
import { badRequestIsUsage } from './admin-errors.ts';
import { ADMIN_OPTIONS, adminTarget } from './admin-options.ts';
import { defineCommand, EXITS, type Options, type Values } from './command.ts';
import { EXIT, type Io } from './io.ts';
import { table } from './table.ts';
import { UsageError } from './usage-error.ts';

/** What an entry consists of; `subject` is written `CN=pump-*,O=Acme`. */
const ENTRY_OPTIONS = {
  serial: {
    type: 'string',
    shown: '--serial S --issuer I',
    help: 'this certificate: its serial number, and the name or SHA-256 of its issuer',
  },
  issuer: { type: 'string' },
  sha256: { type: 'string', value: 'H', help: 'the certificate with this SHA-256' },
  spki: { type: 'string', value: 'H', help: 'certificates whose public key has this SHA-256' },
  subject: { type: 'string', value: 'CN=pump-*', help: 'certificates whose subject matches' },
  principal: { type: 'string', value: 'P', help: 'this principal, whatever its certificate' },
  reason: { type: 'string', value: 'TEXT', help: 'why, for the log and for `headgate rejections`' },
  until: {
    type: 'string',
    value: 'TIME',
    help: 'to the end of a day (2026-12-31), or to a time (2026-12-31T18:00:00Z)',
  },
} as const satisfies Options;

/** `headgate deny`: refuses certificates and principals at once, and ends their live sessions. */
export const denyCommand = defineCommand({
  name: 'deny',
  usage: 'add WHAT [--reason TEXT] [--until TIME] | remove ID | list',
  options: {
    ...ENTRY_OPTIONS,
    json: { type: 'boolean', help: 'print one JSON object for each entry' },
    ...ADMIN_OPTIONS,
  },
  positionals: true,
  notes: [
    'add and remove return when every worker has ended the live sessions that are affected.',
    'Entries are kept in `state.dir`; without it they are lost when the process ends.',
  ],
  exits: [EXITS.ok, EXITS.admin, EXITS.usage],
  async run({ values, positionals }, io) {
    const [verb, id, ...more] = positionals;
    if (more.length > 0) throw new UsageError(`${JSON.stringify(more[0])} is one argument too many`);
    const target = adminTarget(values);
    if (verb === 'add' && id === undefined) {
      const result = await badRequestIsUsage(writeAdmin(target, DENY_ADD, entryOf(values)));
      report(result, 'denied', values.json, io);
    } else if (verb === 'remove' && id !== undefined) {
      const result = await badRequestIsUsage(writeAdmin(target, DENY_REMOVE, { id }));
      report(result, 'no longer denied', values.json, io);
    } else if (verb === 'list' && id === undefined) await list(target, values.json, io);
    else throw new UsageError('say add with what to deny, remove ID, or list');
    return EXIT.ok;
  },
});

function report({ entry, durable, generation }: DenyResult, done: string, json: boolean | undefined, io: Io): void {
  if (json) io.out(JSON.stringify({ entry, durable, generation }));
  else io.out(`${done}: ${entry.id} ${whatOf(entry)}, in force on every worker (generation ${generation})`);
  if (!durable) io.err('only until the process ends: without state.dir nothing is kept');
}

async function list(target: AdminTarget, json: boolean | undefined, io: Io): Promise<void> {
  const { entries } = await readAdmin(target, DENY_LIST);
  if (json) for (const entry of entries) io.out(JSON.stringify(entry));
  else if (entries.length === 0)
    io.err('there are no entries of `headgate deny`; those of the operator’s file are not listed here');
  else {
    const rows = entries.map((entry) => [entry.id, whatOf(entry), text(entry['until']), text(entry['reason'])]);
    for (const line of table(['id', 'denied', 'until', 'reason'], rows)) io.out(line);
  }
}

function entryOf(values: Values<typeof ENTRY_OPTIONS>): Record<string, unknown> {
  const entry: Record<string, unknown> = {};
  for (const key of Object.keys(ENTRY_OPTIONS) as (keyof typeof ENTRY_OPTIONS)[]) {
    const value = values[key];
    if (value !== undefined) entry[key] = key === 'subject' ? attributes(value) : value;
  }
  return entry;
}

/** `CN=pump-*,OU=plant 7` as attributes; a comma inside a value is for the file. */
function attributes(written: string): Record<string, string> {
  return Object.fromEntries(
    written.split(',').map((part) => {
      const at = part.indexOf('=');
      if (at < 1) throw new UsageError('--subject is attributes and patterns such as "CN=pump-*,O=Acme"');
      return [part.slice(0, at).trim(), part.slice(at + 1)];
    }),
  );
}

function whatOf(entry: DenyEntryRecord): string {
  const { id: _id, reason: _reason, until: _until, ...what } = entry;
  return Object.entries(what)
    .map(([key, value]) => `${key} ${text(value)}`)
    .join(', ');
}

function text(value: unknown): string {
  if (value === undefined) return '';
  return typeof value === 'string' ? value : JSON.stringify(value);
}
