import { type ParseArgsOptionsConfig, parseArgs } from 'node:util';
import { CAUSES } from '../../policies/causes.ts';
import type { RejectionEvent } from '../../policies/event.ts';
import { MAX_LIMIT } from '../control-plane/api/max-limit.ts';
import { parseSince, SINCE_FORMS } from '../control-plane/api/since.ts';
import { AdminRefused, AdminUnreachable, askAdmin, openAdmin, serverSentEvents } from './admin-client.ts';
import { ADMIN_OPTIONS, adminTarget, TokenUnreadable } from './admin-target.ts';
import { EXIT, type Io } from './io.ts';
import { describe, RejectionTable } from './rejections-table.ts';

const OPTIONS = {
  principal: { type: 'string' },
  identity: { type: 'string' },
  listener: { type: 'string' },
  cause: { type: 'string' },
  since: { type: 'string' },
  id: { type: 'string' },
  shadow: { type: 'boolean' },
  limit: { type: 'string' },
  follow: { type: 'boolean' },
  json: { type: 'boolean' },
  ...ADMIN_OPTIONS,
} as const satisfies ParseArgsOptionsConfig;

type Values = ReturnType<typeof parseArgs<{ options: typeof OPTIONS }>>['values'];

class UsageError extends Error {}

/**
 * `headgate rejections`: shows rejections oldest first, those before a client is known with its
 * address. `--shadow` shows only what was let through in shadow, `--id` shows one in full; `--follow` goes on with new
 * ones as they happen. Aborting `signal` ends `--follow`.
 */
export async function rejectionsCommand(argv: string[], io: Io, signal?: AbortSignal): Promise<number> {
  try {
    const values = readArguments(argv);
    if (values.follow) await follow(values, io, signal);
    else await list(values, io);
    return EXIT.ok;
  } catch (error) {
    if (signal?.aborted) return EXIT.ok;
    if (
      error instanceof UsageError ||
      error instanceof TokenUnreadable ||
      (error instanceof AdminRefused && error.status === 400)
    ) {
      io.err(`headgate rejections: ${error.message}`);
      return EXIT.usage;
    }
    if (!(error instanceof AdminUnreachable || error instanceof AdminRefused)) throw error;
    io.err(`headgate rejections: ${error.message}`);
    return EXIT.failure;
  }
}

function readArguments(argv: string[]): Values {
  let values: Values;
  try {
    ({ values } = parseArgs({ args: argv, options: OPTIONS, allowPositionals: false }));
  } catch (error) {
    throw new UsageError(`${(error as Error).message} (see headgate rejections --help)`);
  }
  const { cause, since, limit } = values;
  if (cause !== undefined && !Object.hasOwn(CAUSES, cause)) {
    const known = Object.entries(CAUSES).map(([name, words]) => `  ${name.padEnd(24)}${words}`);
    throw new UsageError(`unknown cause ${JSON.stringify(cause)}; there are:\n${known.join('\n')}`);
  }
  if (since !== undefined && parseSince(since, 0) === undefined) throw new UsageError(`--since is ${SINCE_FORMS}`);
  if (limit !== undefined && !(/^\d{1,5}$/.test(limit) && Number(limit) >= 1 && Number(limit) <= MAX_LIMIT)) {
    throw new UsageError(`--limit is a number from 1 to ${MAX_LIMIT}`);
  }
  return values;
}

async function list(values: Values, io: Io): Promise<void> {
  const { rejections, dropped } = await fetchRejections(values, values.limit);
  const lost = Object.values(dropped).reduce((sum, count) => sum + count, 0);
  if (lost > 0) io.err(`${lost} rejections since the start left no record: too many came at once (see the metrics)`);
  if (values.json) for (const event of rejections) io.out(JSON.stringify(event));
  else if (rejections.length === 0) io.err('no rejection matches');
  else if (values.id !== undefined) for (const event of rejections) for (const line of describe(event)) io.out(line);
  else printTable(new RejectionTable(), rejections, io);
}

async function follow(values: Values, io: Io, signal: AbortSignal | undefined): Promise<void> {
  // The stream is opened before the past is asked for, so that nothing falls between.
  const stream = await openAdmin(adminTarget(values), `/api/rejections/stream${query(values, {})}`, signal);
  const { rejections } = await fetchRejections(values, values.limit ?? '10');
  const seen = new Set(rejections.map(({ id }) => id));
  const table = new RejectionTable();
  if (values.json) for (const event of rejections) io.out(JSON.stringify(event));
  else printTable(table, rejections, io);
  try {
    for await (const data of serverSentEvents(stream)) {
      const event = JSON.parse(data) as RejectionEvent;
      if (seen.delete(event.id)) continue;
      if (values.json) io.out(JSON.stringify(event));
      else for (const line of table.lines([event])) io.out(line);
    }
  } catch (error) {
    throw new AdminUnreachable(`the stream broke: ${(error as Error).message}`);
  }
  throw new AdminUnreachable('headgate ended the stream');
}

function printTable(table: RejectionTable, events: readonly RejectionEvent[], io: Io): void {
  const lines = table.lines(events);
  io.out(table.header());
  for (const line of lines) io.out(line);
}

interface Answer {
  readonly rejections: RejectionEvent[];
  readonly dropped: Readonly<Record<string, number>>;
}

/** Oldest first. */
async function fetchRejections(values: Values, limit: string | undefined): Promise<Answer> {
  const answer = await askAdmin(adminTarget(values), `/api/rejections${query(values, { since: values.since, limit })}`);
  const { rejections, dropped } = answer as Answer;
  if (!Array.isArray(rejections)) throw new AdminUnreachable('the answer is not that of headgate’s admin server');
  return { rejections: rejections.reverse(), dropped: dropped ?? {} };
}

function query(values: Values, more: Readonly<Record<string, string | undefined>>): string {
  const { principal, identity, listener, cause, id } = values;
  const search = new URLSearchParams();
  if (values.shadow) search.set('shadow', 'true');
  for (const [key, value] of Object.entries({ principal, identity, listener, cause, id, ...more })) {
    if (value !== undefined) search.set(key, value);
  }
  return search.size === 0 ? '' : `?${search}`;
}
