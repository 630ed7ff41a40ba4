/**
 * DeleteTopics (KIP-516, KIP-599): DELETE on the cluster, or DESCRIBE and DELETE on each topic. Results are
 * sorted by what they say: a place in the list must not tell whether a hidden topic exists.
 */
import { PERMIT_SESSION, REFUSED } from '../../../policies/decision.ts';
import { authorizer, clusterPermit, permitFor } from '../authorize.ts';
import { type DeleteTopicsRequest, type DeleteTopicsResponse, deleteTopics } from '../codec/schemas/delete-topics.ts';
import { splitDuplicates } from '../duplicate-names.ts';
import { ERROR, ERROR_TEXT, ZERO_UUID } from '../error-codes.ts';
import type { Context, Handler, Outcome } from '../handler.ts';
import { freshTopics, unresolvedIds } from '../topic-look-up.ts';

type Result = DeleteTopicsResponse['responses'][number];

/** From this version on topics are structs with a name or an id. */
const WITH_IDS = 6;
/** From this version on clients wait and try again. */
const WITH_QUOTA = 5;

export const deleteTopicsHandler: Handler<DeleteTopicsRequest, DeleteTopicsResponse> = {
  api: deleteTopics,
  reference: {
    rights: [
      ['delete', 'cluster', 'the cluster, or'],
      ['describe', 'topic', 'each topic, and'],
      ['delete', 'topic', 'each topic'],
    ],
    refusals: [
      [29, 'the topic'],
      [3, 'a missing topic, with the right to describe but not to delete it'],
      [42, 'a topic that is named twice, or both by name and by id'],
      [100, 'an unknown topic id'],
    ],
    notes: 'Results are sorted, so that their order reveals nothing.',
  },
  request(context, { version }, body) {
    const asked = sortOut(entriesOf(version, body));
    const unresolved = unresolvedIds(context, [...asked.ids, ...asked.repeatedIds]);
    if (unresolved.length > 0) return { kind: 'resolve', ids: unresolved };
    return decide(context, version, body, asked);
  },
  overLimit({ version }, body) {
    if (version < WITH_QUOTA) return undefined;
    const { throttlingQuotaExceeded: code } = ERROR;
    const text = ERROR_TEXT.throttlingQuotaExceeded;
    return { responses: entriesOf(version, body).map(({ name, topicId }) => result(name, topicId, code, text)) };
  },
};

interface Entry {
  readonly name: string | null;
  readonly topicId: string;
}

interface Asked {
  readonly names: readonly string[];
  readonly ids: readonly string[];
  readonly repeatedIds: readonly string[];
  /** What is wrong whoever asks. */
  readonly refused: readonly Result[];
}

function entriesOf(version: number, { topics = [], topicNames = [] }: DeleteTopicsRequest): readonly Entry[] {
  return version < WITH_IDS ? topicNames.map((name) => ({ name, topicId: ZERO_UUID })) : topics;
}

function sortOut(entries: readonly Entry[]): Asked {
  const refused: Result[] = [];
  const invalid = (name: string | null, id: string, text: string) =>
    refused.push(result(name, id, ERROR.invalidRequest, text));
  const byName: string[] = [];
  const byId: string[] = [];
  for (const { name, topicId } of entries) {
    if (name === null && topicId === ZERO_UUID) invalid(null, ZERO_UUID, 'Neither topic name nor id were specified.');
    else if (name === null) byId.push(topicId);
    else if (topicId === ZERO_UUID) byName.push(name);
    else invalid(name, topicId, 'You may not specify both topic name and topic id.');
  }
  const names = splitDuplicates(byName);
  const ids = splitDuplicates(byId);
  for (const name of names.repeated) invalid(name, ZERO_UUID, 'Duplicate topic name.');
  for (const id of ids.repeated) invalid(null, id, 'Duplicate topic id.');
  return { names: names.once, ids: ids.once, repeatedIds: ids.repeated, refused };
}

function decide(
  context: Context,
  version: number,
  body: DeleteTopicsRequest,
  asked: Asked,
): Outcome<DeleteTopicsRequest, DeleteTopicsResponse> {
  const anyTopic = clusterPermit(context, 'delete');
  const mayDescribe = (name: string) => permitFor(context, 'describe', 'topic', name, anyTopic) > REFUSED;
  const mayDelete = (name: string) => permitFor(context, 'delete', 'topic', name, anyTopic) > REFUSED;
  // A client that may describe a topic learns whether it exists before whether it may delete it.
  const inQuestion = asked.names.some((name) => mayDescribe(name) && !mayDelete(name));
  const existing = inQuestion ? freshTopics(context) : [];
  if (existing === undefined) return { kind: 'list-topics' };

  const existingNames = new Set(existing);
  const repeated = new Map(asked.repeatedIds.map((id) => [context.topology.nameOf(id), id]));

  const denied = ERROR.topicAuthorizationFailed;
  const described = authorizer(context, 'describe', 'topic', denied, anyTopic);
  const deleted = authorizer(context, 'delete', 'topic', denied, anyTopic);
  const refused = [...asked.refused];
  const refuse = (name: string | null, id: string, code: number, text: string) =>
    refused.push(result(name, id, code, text));
  const kept: Entry[] = [];
  for (const id of asked.ids) {
    const name = context.topology.nameOf(id);
    if (name === undefined) refuse(null, id, ERROR.unknownTopicId, ERROR_TEXT.unknownTopicId);
    else if (deleted(name) > REFUSED) kept.push({ name: null, topicId: id });
    else refuse(mayDescribe(name) ? name : null, id, denied, ERROR_TEXT.topicAuthorizationFailed);
  }
  for (const name of asked.names) {
    const repeatedId = repeated.get(name);
    if (described(name) === REFUSED) {
      refuse(name, ZERO_UUID, denied, ERROR_TEXT.topicAuthorizationFailed);
    } else if (!mayDelete(name)) {
      const exists = existingNames.has(name);
      const code = exists ? denied : ERROR.unknownTopicOrPartition;
      context.deny(context.access.explain('delete', 'topic', name), code);
      refuse(name, ZERO_UUID, code, ERROR_TEXT[exists ? 'topicAuthorizationFailed' : 'unknownTopicOrPartition']);
    } else if (repeatedId !== undefined) {
      refuse(name, repeatedId, ERROR.invalidRequest, ID_SUPPLIED);
    } else {
      // For its record: in shadow it may be let through.
      deleted(name);
      kept.push({ name, topicId: ZERO_UUID });
    }
  }
  if (refused.length === 0) return { kind: 'pass', permit: PERMIT_SESSION };
  if (kept.length === 0) return { kind: 'respond', body: { responses: refused.sort(byWhatItSays) } };
  return {
    kind: 'send',
    body: bodyOf(version, kept, body.timeoutMs),
    permit: PERMIT_SESSION,
    partial: true,
    rewrite: (_now, response) => {
      response.responses = [...response.responses, ...refused].sort(byWhatItSays);
      return response;
    },
  };
}

const ID_SUPPLIED = 'The provided topic name maps to an ID that was already supplied.';

function bodyOf(version: number, kept: readonly Entry[], timeoutMs: number): DeleteTopicsRequest {
  if (version >= WITH_IDS) return { topics: kept, timeoutMs };
  return { topicNames: kept.map(({ name }) => name ?? ''), timeoutMs };
}

function result(name: string | null, topicId: string, errorCode: number, errorMessage: string): Result {
  return { name, topicId, errorCode, errorMessage };
}

function byWhatItSays(a: Result, b: Result): number {
  return compare(a.name ?? '', b.name ?? '') || compare(a.topicId ?? '', b.topicId ?? '');
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
