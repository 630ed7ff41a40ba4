import { type ListenerAgreements, PQ, type PqReportResponse } from '../control-plane/api/pq.ts';
import type { ClientAgreements } from '../shared/events/batch.ts';
import { escapeText } from '../shared/events/escape.ts';
import { readAdmin } from './admin-client.ts';
import { ADMIN_OPTIONS, adminTarget } from './admin-options.ts';
import { defineCommand, EXITS } from './command.ts';
import { EXIT, type Io } from './io.ts';
import { checkLimit } from './limit-option.ts';
import { table } from './table.ts';

/** `headgate pq`: which clients of listeners with `pq: report` a `pq: require` would refuse. */
export const pqCommand = defineCommand({
  name: 'pq',
  usage: '[OPTIONS]',
  options: {
    listener: { type: 'string', value: 'L', help: 'only on this listener' },
    identity: { type: 'string', value: 'I', help: 'only clients of this identity of the configuration' },
    principal: { type: 'string', value: 'P', help: 'only this principal' },
    limit: { type: 'string', value: 'N', help: 'at most this many clients; default 100' },
    json: { type: 'boolean', help: 'print one JSON object, including the clients that are hybrid' },
    ...ADMIN_OPTIONS,
  },
  notes: [
    'Covers listeners with `pq: report`, from the moment they have it. Only identified clients are listed; a client',
    'would be refused when its last handshake was classic.',
  ],
  exits: [EXITS.ok, EXITS.admin, EXITS.usage],
  async run({ values }, io) {
    const { listener, identity, principal, limit } = values;
    checkLimit(limit);
    const report = await readAdmin(adminTarget(values), PQ, { listener, identity, principal, limit });
    if (values.json) io.out(JSON.stringify(report));
    else print(report, io);
    return EXIT.ok;
  },
});

function print({ listeners, clients, more, unattributed }: PqReportResponse, io: Io): void {
  if (listeners.length === 0) {
    io.err('no matching listener has `pq: report`');
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
  // Clients without a classic handshake come last, and are not listed here.
  if (more > 0 && classic.length === clients.length) io.err(`${more} more clients: see --limit and --json`);
  if (unattributed > 0) {
    io.err(
      `not complete: ${unattributed} handshakes belong to no listed client, because there are more clients than are kept`,
    );
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
