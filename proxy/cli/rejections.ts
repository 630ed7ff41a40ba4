import { CAUSES } from '../../policies/causes.ts';
import type { RejectionEvent } from '../../policies/event.ts';
import { REJECTION_STREAM, REJECTIONS, type RejectionKey } from '../control-plane/api/rejections.ts';
import { parseSince, SINCE_FORMS } from '../control-plane/api/since.ts';
import { type Query, readAdmin, streamAdmin } from './admin-client.ts';
import { AdminUnreachable, badRequestIsUsage } from './admin-errors.ts';
import { ADMIN_OPTIONS, adminTarget } from './admin-options.ts';
import { defineCommand, EXITS, type Options, type Values as ValuesOf } from './command.ts';
import { EXIT, type Io } from './io.ts';
import { checkLimit } from './limit-option.ts';
import { describe, RejectionTable } from './rejections-table.ts';
import { UsageError } from './usage-error.ts';

const OPTIONS = {
  principal: { type: 'string', value: 'P', help: 'only of this principal' },
  cause: { type: 'string', value: 'C', help: 'only with this cause; an unknown one prints the list' },
  identity: { type: 'string', value: 'I', help: 'only of this identity of the configuration' },
  listener: { type: 'string', value: 'L', help: 'only on this listener' },
  since: { type: 'string', value: '10m', help: 'not older than this' },
  shadow: { type: 'boolean', help: 'only what was let through because the rule that refuses it is in shadow mode' },
  id: { type: 'string', value: 'D', help: 'the one with this decision id, which clients are sent' },
  limit: { type: 'string', value: 'N', help: 'at most this many, the newest' },
  follow: { type: 'boolean', help: 'keep printing rejections as they happen' },
  json: { type: 'boolean', help: 'print one JSON object per line' },
  ...ADMIN_OPTIONS,
} as const satisfies Options;

type Values = ValuesOf<typeof OPTIONS>;

/**
 * `headgate rejections`: shows rejections oldest first; those of clients that are not identified, with the address.
 * Aborting the signal ends `--follow`.
 */
export const rejectionsCommand = defineCommand({
  name: 'rejections',
  usage: '[OPTIONS]',
  options: OPTIONS,
  exits: [EXITS.ok, EXITS.admin, EXITS.usage],
  async run({ values }, io, signal) {
    checkValues(values);
    try {
      await badRequestIsUsage(values.follow ? follow(values, io, signal) : list(values, io));
    } catch (error) {
      if (!signal?.aborted) throw error;
    }
    return EXIT.ok;
  },
});

function checkValues({ cause, since, limit }: Values): void {
  if (cause !== undefined && !Object.hasOwn(CAUSES, cause)) {
    const known = Object.entries(CAUSES).map(([name, meaning]) => `  ${name.padEnd(24)}${meaning}`);
    throw new UsageError(`unknown cause ${JSON.stringify(cause)}; the causes are:\n${known.join('\n')}`);
  }
  if (since !== undefined && parseSince(since, 0) === undefined) throw new UsageError(`--since is ${SINCE_FORMS}`);
  checkLimit(limit);
}

async function list(values: Values, io: Io): Promise<void> {
  const { rejections, dropped } = await fetchRejections(values, values.limit);
  const lost = Object.values(dropped).reduce((sum, count) => sum + count, 0);
  if (lost > 0) io.err(`${lost} rejections since the start left no record: too many came at once (see the metrics)`);
  if (values.json) for (const event of rejections) io.out(JSON.stringify(event));
  else if (rejections.length === 0) io.err('no matching rejections');
  else if (values.id !== undefined) for (const event of rejections) for (const line of describe(event)) io.out(line);
  else printTable(new RejectionTable(), rejections, io);
}

async function follow(values: Values, io: Io, signal: AbortSignal | undefined): Promise<void> {
  // The stream is opened before the past is asked for, so that nothing falls between.
  const stream = await streamAdmin(adminTarget(values), REJECTION_STREAM, conditions(values), signal);
  const { rejections } = await fetchRejections(values, values.limit ?? '10');
  const seen = new Set(rejections.map(({ id }) => id));
  const table = new RejectionTable();
  if (values.json) for (const event of rejections) io.out(JSON.stringify(event));
  else printTable(table, rejections, io);
  try {
    for await (const event of stream) {
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

/** Oldest first. */
async function fetchRejections(values: Values, limit: string | undefined) {
  const query = { ...conditions(values), since: values.since, limit };
  const { rejections, dropped = {} } = await readAdmin(adminTarget(values), REJECTIONS, query);
  return { rejections: rejections.toReversed(), dropped };
}

function conditions({ principal, identity, listener, cause, id, shadow }: Values): Query<RejectionKey> {
  return { shadow: shadow ? 'true' : undefined, principal, identity, listener, cause, id };
}
