/**
 * Writes docs/kafka.md from the tables of the Kafka adapter: `node docs/make/kafka/kafka.ts`;
 * with `--check` it only compares and exits 1 when the file is out of date.
 */

import { HANDLERS } from '../../../adapters/kafka/apis/index.ts';
import { API, APIS } from '../../../adapters/kafka/codec/apis.ts';
import type { Api } from '../../../adapters/kafka/codec/schema.ts';
import { ERROR } from '../../../adapters/kafka/error-codes.ts';
import { offeredVersions } from '../../../adapters/kafka/offered.ts';
import { keepDocument } from '../kept-document.ts';
import type { ApiRights } from './api-rights.ts';
import { API_RIGHTS } from './rights.ts';
import { AFTER_TABLES, BEFORE_TABLES } from './text.ts';

/** The whole text of docs/kafka.md. */
export function kafkaMarkdown(): string {
  const offered = offeredVersions({ hideApis: [] });
  const apis = [...APIS.values()].filter(({ key }) => offered.has(key)).sort((a, b) => a.key - b.key);
  return `${BEFORE_TABLES}
| API | key | versions | rights | errors from the gate | notes |
|---|---|---|---|---|---|
${apis.map(apiRow).join('\n')}

The error codes:

| code | Kafka’s name |
|---|---|
${codeRows(apis).join('\n')}

${AFTER_TABLES}`;
}

/** @throws Error for an API that has no words yet */
function rightsOf({ name }: Api): ApiRights {
  const words = API_RIGHTS[name];
  if (words === undefined) throw new Error(`docs/make/kafka/rights.ts has no row for ${name}`);
  return words;
}

function apiRow(api: Api): string {
  const { rights, refusals, notes } = rightsOf(api);
  const [first, last] = api.versions;
  const asked = rights.map(([operation, , words]) => `\`${operation}\` on ${words}`);
  const sent = refusalsOf(api, refusals).map(([code, words]) => `${code}: ${words}`);
  const cells = [api.name, api.key, first === last ? first : `${first}-${last}`, list(asked), list(sent), notes];
  return `| ${cells.join(' | ')} |`;
}

/** The handler itself says whether a limit may be answered with an error. */
function refusalsOf({ key }: Api, refusals: ApiRights['refusals']): ApiRights['refusals'] {
  if (HANDLERS.get(key)?.overLimit === undefined) return refusals;
  const since = key === API.produce ? '' : ', in versions whose clients retry';
  return [...refusals, [ERROR.throttlingQuotaExceeded, `over a limit${since} (\`onExceed: reject\`)`]];
}

function list(parts: readonly string[]): string {
  return parts.length === 0 ? '-' : parts.join('<br>');
}

function codeRows(apis: readonly Api[]): string[] {
  const used = new Set(apis.flatMap((api) => refusalsOf(api, rightsOf(api).refusals).map(([code]) => code)));
  return Object.entries(ERROR)
    .filter(([, code]) => used.has(code))
    .map(([name, code]) => `| ${code} | \`${constantName(name)}\` |`);
}

/** `unknownTopicId` as Kafka writes it: `UNKNOWN_TOPIC_ID`. */
function constantName(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase();
}

if (import.meta.main) keepDocument('kafka.md', kafkaMarkdown());
