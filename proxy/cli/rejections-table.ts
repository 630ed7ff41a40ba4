import type { RejectionEvent } from '../../policies/event.ts';
import { escapeText } from '../shared/events/escape.ts';

const HEADER = ['TIME', 'CAUSE', 'WHO', 'WHAT', 'RULE', 'SENT', 'ID', ''];
/** Minimum widths, so that lines which come later (`--follow`) still align. */
const MIN_WIDTHS = [20, 14, 16, 24, 12, 12, 10, 0];

/** Lays rejections out in columns: `table(events)` gives the header and a line each. */
export class RejectionTable {
  readonly #widths = [...MIN_WIDTHS];

  header(): string {
    return this.#join(HEADER);
  }

  /** Lines in the order given; columns grow with what they have to hold. */
  lines(events: readonly RejectionEvent[]): string[] {
    const rows = events.map(cells);
    for (const row of rows) {
      for (const [column, cell] of row.entries()) {
        this.#widths[column] = Math.max(this.#widths[column] ?? 0, cell.length);
      }
    }
    return rows.map((row) => this.#join(row));
  }

  #join(row: readonly string[]): string {
    return row
      .map((cell, column) => cell.padEnd(this.#widths[column] ?? 0))
      .join('  ')
      .trimEnd();
  }
}

function cells(event: RejectionEvent): string[] {
  return [
    `${event.time.slice(0, 19)}Z`,
    event.cause,
    clientOf(event),
    `${event.action}${event.resource === undefined ? '' : ` ${event.resource}`}`,
    event.ruleId ?? '-',
    event.shadow ? 'let through' : (event.sent ?? '-'),
    event.id,
    event.count > 1 ? `x${event.count}` : '',
  ].map((cell) => escapeText(cell, 1024));
}

/** The principal; before it is known the certificate's subject, and before that the address. */
function clientOf({ principal, identity, certificate, peer }: RejectionEvent): string {
  if (principal === undefined) return certificate === undefined ? peer : `${peer} ${certificate.subject}`;
  return identity === undefined ? principal : `${principal} (${identity})`;
}

/** Everything known of one rejection, a line each. */
export function describe(event: RejectionEvent): string[] {
  const lines: string[] = [];
  const add = (key: string, value: unknown) => {
    if (value !== undefined && value !== null) lines.push(`${`${key}:`.padEnd(22)}${escapeText(String(value), 1024)}`);
  };
  const { id, time, cause, reason, certificate, issuers = [], tls, kind: _, count, ...rest } = event;
  add('decision', id);
  add('time', time);
  add('cause', cause);
  add('reason', reason);
  for (const [key, value] of Object.entries(rest)) add(key, value);
  for (const [key, value] of Object.entries(certificate ?? {})) add(`certificate ${key}`, value);
  for (const { subject, serial } of issuers) add('presented issuer', `${subject} (serial ${serial})`);
  for (const [key, value] of Object.entries(tls ?? {})) add(`tls ${key}`, value);
  add('times', count);
  return lines;
}
