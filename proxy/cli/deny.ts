import { type ParseArgsOptionsConfig, parseArgs } from 'node:util';
import type { DenyEntryRecord, DenyResult } from '../control-plane/api/deny.ts';
import { AdminRefused, type AdminTarget, AdminUnreachable, askAdmin, tellAdmin } from './admin-client.ts';
import { ADMIN_OPTIONS, adminTarget, TokenUnreadable } from './admin-target.ts';
import { EXIT, type Io } from './io.ts';
import { table } from './table.ts';

/** What an entry may name, as options; `subject` is `CN=pump-*,O=Acme`. */
const ENTRY_OPTIONS = {
  serial: { type: 'string' },
  issuer: { type: 'string' },
  sha256: { type: 'string' },
  spki: { type: 'string' },
  subject: { type: 'string' },
  principal: { type: 'string' },
  reason: { type: 'string' },
  until: { type: 'string' },
} as const satisfies ParseArgsOptionsConfig;

const OPTIONS = { json: { type: 'boolean' }, ...ADMIN_OPTIONS, ...ENTRY_OPTIONS } as const;

type Values = ReturnType<typeof parseArgs<{ options: typeof OPTIONS }>>['values'];

class UsageError extends Error {}

/** `headgate deny add|remove|list`: refuses certificates and principals at once, and ends their live sessions. */
export async function denyCommand(argv: string[], io: Io): Promise<number> {
  try {
    const { values, positionals } = read(argv);
    const [verb, id, ...more] = positionals;
    if (more.length > 0) throw new UsageError(`${JSON.stringify(more[0])} is one argument too many`);
    const target = adminTarget(values);
    if (verb === 'add' && id === undefined) await add(target, values, io);
    else if (verb === 'remove' && id !== undefined) await remove(target, id, values, io);
    else if (verb === 'list' && id === undefined) await list(target, values, io);
    else throw new UsageError('say add with what to deny, remove ID, or list');
    return EXIT.ok;
  } catch (error) {
    const { message } = error as Error;
    if (error instanceof AdminUnreachable || (error instanceof AdminRefused && error.status !== 400)) {
      io.err(`headgate deny: ${message}`);
      return EXIT.failure;
    }
    if (!(error instanceof UsageError || error instanceof TokenUnreadable || error instanceof AdminRefused))
      throw error;
    io.err(`headgate deny: ${message}`);
    return EXIT.usage;
  }
}

function read(argv: string[]) {
  try {
    return parseArgs({ args: argv, options: OPTIONS, allowPositionals: true });
  } catch (error) {
    throw new UsageError(`${(error as Error).message} (see headgate deny --help)`);
  }
}

async function add(target: AdminTarget, values: Values, io: Io): Promise<void> {
  const result = (await tellAdmin(target, '/api/deny', entryOf(values))) as DenyResult;
  report(result, 'denied', values, io);
}

async function remove(target: AdminTarget, id: string, values: Values, io: Io): Promise<void> {
  report((await tellAdmin(target, '/api/deny/remove', { id })) as DenyResult, 'no longer denied', values, io);
}

function report({ entry, durable, generation }: DenyResult, done: string, values: Values, io: Io): void {
  if (values.json) io.out(JSON.stringify({ entry, durable, generation }));
  else io.out(`${done}: ${entry.id} ${whatOf(entry)}, in force on every worker (generation ${generation})`);
  if (!durable) io.err('until restart: without state.dir nothing outlives the process');
}

async function list(target: AdminTarget, values: Values, io: Io): Promise<void> {
  const { entries } = (await askAdmin(target, '/api/deny')) as { readonly entries: readonly DenyEntryRecord[] };
  if (values.json) for (const entry of entries) io.out(JSON.stringify(entry));
  else if (entries.length === 0) io.err('nobody is denied by `headgate deny`; the operator’s file is not listed here');
  else {
    const rows = entries.map((entry) => [entry.id, whatOf(entry), text(entry['until']), text(entry['reason'])]);
    for (const line of table(['id', 'denied', 'until', 'reason'], rows)) io.out(line);
  }
}

function entryOf(values: Values): object {
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
