import { type ParseArgsOptionsConfig, parseArgs } from 'node:util';
import { MAX_LIMIT } from '../control-plane/api/max-limit.ts';
import type { ListenerAgreements, PqReportResponse } from '../control-plane/api/pq.ts';
import type { ClientAgreements } from '../shared/events/batch.ts';
import { escapeText } from '../shared/events/escape.ts';
import { AdminRefused, type AdminTarget, AdminUnreachable, askAdmin } from './admin-client.ts';
import { ADMIN_OPTIONS, adminTarget } from './admin-target.ts';
import { EXIT, type Io } from './io.ts';
import { table } from './table.ts';

const OPTIONS = {
  listener: { type: 'string' },
  identity: { type: 'string' },
  principal: { type: 'string' },
  limit: { type: 'string' },
  json: { type: 'boolean' },
  ...ADMIN_OPTIONS,
} as const satisfies ParseArgsOptionsConfig;

/** `headgate pq`: which clients of listeners with `pq: report` a `pq: require` would refuse. */
export async function pqCommand(argv: string[], io: Io): Promise<number> {
  let asked: { readonly json: boolean; readonly path: string; readonly target: AdminTarget };
  try {
    asked = readArguments(argv);
  } catch (error) {
    io.err(`headgate pq: ${(error as Error).message}`);
    return EXIT.usage;
  }
  try {
    const answer = (await askAdmin(asked.target, asked.path)) as PqReportResponse;
    if (!Array.isArray(answer?.listeners) || !Array.isArray(answer.clients)) {
      throw new AdminUnreachable('the answer is not that of headgate’s admin server');
    }
    if (asked.json) io.out(JSON.stringify(answer));
    else print(answer, io);
    return EXIT.ok;
  } catch (error) {
    if (!(error instanceof AdminUnreachable || error instanceof AdminRefused)) throw error;
    io.err(`headgate pq: ${error.message}`);
    return EXIT.failure;
  }
}

/** @throws Error in words */
function readArguments(argv: string[]): { json: boolean; path: string; target: AdminTarget } {
  let values: ReturnType<typeof parseArgs<{ options: typeof OPTIONS }>>['values'];
  try {
    ({ values } = parseArgs({ args: argv, options: OPTIONS, allowPositionals: false }));
  } catch (error) {
    throw new Error(`${(error as Error).message} (see headgate pq --help)`);
  }
  const { listener, identity, principal, limit } = values;
  if (limit !== undefined && !(/^\d{1,5}$/.test(limit) && Number(limit) >= 1 && Number(limit) <= MAX_LIMIT)) {
    throw new Error(`--limit is a number from 1 to ${MAX_LIMIT}`);
  }
  const search = new URLSearchParams();
  for (const [key, value] of Object.entries({ listener, identity, principal, limit })) {
    if (value !== undefined) search.set(key, value);
  }
  return { json: values.json ?? false, path: `/api/pq?${search}`, target: adminTarget(values) };
}

function print({ listeners, clients, more, unattributed }: PqReportResponse, io: Io): void {
  if (listeners.length === 0) {
    io.err('no such listener has `pq: report`');
    return;
  }
  const summary = ['LISTENER', 'HYBRID', 'CLASSIC', 'SHARE', 'CLIENTS', 'WOULD BE REFUSED'];
  for (const line of table(summary, listeners.map(listenerCells))) io.out(line);
  const classic = clients.filter((client) => client.classic > 0);
  if (classic.length > 0) {
    io.out('');
    const headings = [
      'PRINCIPAL',
      'IDENTITY',
      'LISTENER',
      'CLASSIC',
      'HYBRID',
      'LAST',
      'AT',
      'VERSIONS',
      'GROUPS',
      'JA4',
    ];
    for (const line of table(headings, classic.map(clientCells))) io.out(line);
  }
  // They come last: whoever has no classic handshake is no news here.
  if (more > 0 && classic.length === clients.length) io.err(`${more} clients more: see --limit and --json`);
  if (unattributed > 0) {
    io.err(`not complete: ${unattributed} handshakes are kept for no client, as there are more clients than are kept`);
  }
}

function listenerCells({ listener, hybrid, classic, clients, wouldRefuse }: ListenerAgreements): string[] {
  const all = hybrid + classic;
  const share = all === 0 ? '-' : `${Math.floor((hybrid / all) * 1000) / 10}%`;
  return [listener, String(hybrid), String(classic), share, String(clients), String(wouldRefuse)];
}

function clientCells({
  principal,
  identity,
  listener,
  classic,
  hybrid,
  last,
  time,
  offered,
}: ClientAgreements): string[] {
  const at = `${time.slice(0, 19)}Z`;
  const { versions = [], groups = [], ja4 = '' } = offered ?? {};
  return [
    ...[principal, identity, listener, String(classic), String(hybrid), last, at],
    ...[versions.join(' '), groups.join(' '), ja4],
  ].map((cell) => escapeText(cell === '' ? '-' : cell, 1024));
}
