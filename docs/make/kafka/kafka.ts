/**
 * Writes docs/kafka.md from the tables of the Kafka adapter: `node docs/make/kafka/kafka.ts`;
 * with `--check` it only compares and exits 1 when the file is out of date.
 */

import { API, HANDLERS } from '../../../adapters/kafka/apis/index.ts';
import { ERROR } from '../../../adapters/kafka/error-codes.ts';
import type { Handler } from '../../../adapters/kafka/handler.ts';
import { keepDocument } from '../kept-document.ts';
import { AFTER_TABLES, BEFORE_TABLES } from './text.ts';

/** The whole text of docs/kafka.md. */
export function kafkaMarkdown(): string {
  const handlers = [...HANDLERS.values()];
  return `${BEFORE_TABLES}
| API | key | versions | rights | errors from the gate | notes |
|---|---|---|---|---|---|
${handlers.map(apiRow).join('\n')}

The error codes:

| code | Kafka’s name |
|---|---|
${codeRows(handlers).join('\n')}

${AFTER_TABLES}`;
}

type AnyHandler = Handler<object, object>;

function apiRow(handler: AnyHandler): string {
  const { api, reference } = handler;
  const [first, last] = api.versions;
  const asked = reference.rights.map(([operation, , resource]) => `\`${operation}\` on ${resource}`);
  const sent = refusalsOf(handler).map(([code, what]) => `${code}: ${what}`);
  const versions = first === last ? first : `${first}-${last}`;
  const cells = [api.name, api.key, versions, list(asked), list(sent), reference.notes];
  return `| ${cells.join(' | ')} |`;
}

/** That a limit may be answered with an error follows from the handler itself. */
function refusalsOf({ api, reference, overLimit }: AnyHandler): AnyHandler['reference']['refusals'] {
  if (overLimit === undefined) return reference.refusals;
  const since = api.key === API.produce ? '' : ', in versions whose clients retry';
  return [...reference.refusals, [ERROR.throttlingQuotaExceeded, `over a limit${since} (\`onExceed: reject\`)`]];
}

function list(parts: readonly string[]): string {
  return parts.length === 0 ? '-' : parts.join('<br>');
}

function codeRows(handlers: readonly AnyHandler[]): string[] {
  const used = new Set(handlers.flatMap((handler) => refusalsOf(handler).map(([code]) => code)));
  return Object.entries(ERROR)
    .filter(([, code]) => used.has(code))
    .map(([name, code]) => `| ${code} | \`${constantName(name)}\` |`);
}

/** `unknownTopicId` as Kafka writes it: `UNKNOWN_TOPIC_ID`. */
function constantName(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase();
}

if (import.meta.main) keepDocument('kafka.md', kafkaMarkdown());
