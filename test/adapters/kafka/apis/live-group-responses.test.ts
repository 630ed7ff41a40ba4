/**
 * A live broker answered clients with few rights. The same requests go through the gate, in front
 * of a broker that lets the gate do everything: it says what the live one said about what was
 * allowed, and more than that where nothing was named. The client must be told what the live
 * broker told it.
 */
import assert from 'node:assert/strict';
import test from 'node:test';
import { consumerGroupHeartbeatHandler } from '../../../../adapters/kafka/apis/consumer-group-heartbeat.ts';
import { describeGroupsHandler } from '../../../../adapters/kafka/apis/describe-groups.ts';
import { heartbeatHandler } from '../../../../adapters/kafka/apis/heartbeat.ts';
import { initProducerIdHandler } from '../../../../adapters/kafka/apis/init-producer-id.ts';
import { joinGroupHandler } from '../../../../adapters/kafka/apis/join-group.ts';
import { leaveGroupHandler } from '../../../../adapters/kafka/apis/leave-group.ts';
import { listGroupsHandler } from '../../../../adapters/kafka/apis/list-groups.ts';
import { listOffsetsHandler } from '../../../../adapters/kafka/apis/list-offsets.ts';
import { offsetCommitHandler } from '../../../../adapters/kafka/apis/offset-commit.ts';
import { offsetFetchHandler } from '../../../../adapters/kafka/apis/offset-fetch.ts';
import { offsetForLeaderEpochHandler } from '../../../../adapters/kafka/apis/offset-for-leader-epoch.ts';
import { syncGroupHandler } from '../../../../adapters/kafka/apis/sync-group.ts';
import type { Api } from '../../../../adapters/kafka/codec/schema.ts';
import { NOT_REQUESTED } from '../../../../adapters/kafka/error-codes.ts';
import type { Handler } from '../../../../adapters/kafka/handler.ts';
import { withoutVectors } from '../../../support/vectors.ts';
import { fromJson } from '../codec/support/from-json.ts';
import { ClientContext } from '../support/client-context.ts';
import { exchange, readResponse } from '../support/exchange.ts';
import { LIVE, type LiveCase, liveCases, liveClient, liveRequest } from '../support/live.ts';

type Entry = Record<string, unknown>;

const HANDLERS = [
  listOffsetsHandler,
  offsetForLeaderEpochHandler,
  initProducerIdHandler,
  offsetCommitHandler,
  offsetFetchHandler,
  joinGroupHandler,
  heartbeatHandler,
  leaveGroupHandler,
  syncGroupHandler,
  describeGroupsHandler,
  listGroupsHandler,
  consumerGroupHeartbeatHandler,
] as unknown as readonly Handler<object, object>[];

/** 100 is among them: unknown ids are never forwarded. So is 23: it comes before the group is looked at. */
const REFUSALS = [23, 29, 30, 31, 53, 100];

const listsOf = (entry: Entry) =>
  Object.entries(entry).filter((pair): pair is [string, Entry[]] => pair[0] === 'topics' || pair[0] === 'groups');

function isRefused({ errorCode, partitions = [] }: Entry): boolean {
  const inner = partitions as Entry[];
  return REFUSALS.includes(errorCode as number) || (inner.length > 0 && inner.every(isRefused));
}

/** Of topics and groups. */
function refusedNames(entry: Entry): unknown[] {
  const inner = listsOf(entry).flatMap(([, list]) => list.flatMap(refusedNames));
  const { name, topic, topicId, groupId } = entry;
  return isRefused(entry) ? [name ?? topic ?? topicId ?? groupId, ...inner] : inner;
}

/** What a broker says to one who may do everything. */
function unrestricted(entry: Entry): Entry {
  const { authorizedOperations: operations = NOT_REQUESTED } = entry;
  const lists = listsOf(entry).map(([name, list]) => [name, list.filter((one) => !isRefused(one)).map(unrestricted)]);
  return {
    ...entry,
    ...('authorizedOperations' in entry && { authorizedOperations: operations === NOT_REQUESTED ? operations : 3400 }),
    ...Object.fromEntries(lists),
  };
}

/** Topics and groups that the client may not know, in responses to requests that name none. */
const HIDDEN: Readonly<Record<string, Entry>> = {
  'listgroups-v0': { groups: [{ groupId: 'g-secret', protocolType: '' }] },
  'listgroups-v5': { groups: [{ groupId: 'g-secret', protocolType: '' }] },
  'listgroups-nothing-v5': { groups: [{ groupId: 'g-ok', protocolType: '' }] },
  'offsetfetch-all-v7': { topics: [{ name: 'secret', partitions: [] }] },
};

function withHidden(name: string, answer: Entry): Entry {
  const more = listsOf(HIDDEN[name] ?? {}).map(([list, hidden]) => [list, [...(answer[list] as Entry[]), ...hidden]]);
  return { ...answer, ...Object.fromEntries(more) };
}

/** In no certain order: brokers have none. */
function unordered(value: unknown): unknown {
  if (typeof value === 'bigint') return `${value}`;
  if (Array.isArray(value)) return value.map(unordered).toSorted((a, b) => (text(a) < text(b) ? -1 : 1));
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, unordered(inner)]));
}

const text = (value: unknown) => JSON.stringify(value);

/** The one thing that the gate refuses and a broker does not. */
function isRegex(request: Entry): boolean {
  const { subscribedTopicRegex: regex = null } = request;
  return regex !== null && regex !== '';
}

function check(handler: Handler<object, object>, live: LiveCase): void {
  const api = handler.api as Api<Entry, Entry>;
  const request = liveRequest(api, live);
  assert.ok(request !== undefined);
  const expected = readResponse(api, live.version, fromJson(api.response, live.responseJson) as Entry);
  const answer = (sent: object) => {
    const named = refusedNames(expected).filter((name) => text(unordered(sent)).includes(text(name)));
    assert.deepEqual(named, [], 'the broker hears nothing of what is refused');
    return withHidden(live.case, unrestricted(expected));
  };
  const came = exchange(handler, live.version, new ClientContext(liveClient(live)), request, answer);
  if (isRegex(request) && expected['errorCode'] !== 30) {
    assert.deepEqual([came.kind, (came.toClient as Entry)['errorCode']], ['respond', 128]);
    return;
  }
  assert.deepEqual(unordered(came.toClient), unordered(expected));
  if (HIDDEN[live.case] !== undefined) assert.equal(came.rewritten, 'changed');
  const lists = listsOf(expected).flatMap(([, list]) => list);
  const denied = isRefused(expected) || (lists.length > 0 && lists.every(isRefused));
  assert.equal(came.kind === 'respond', denied, 'the broker is asked just when something is allowed');
}

for (const handler of HANDLERS) {
  test(`${handler.api.name}: as a live broker answers`, { skip: withoutVectors(LIVE) }, async (t) => {
    const cases = liveCases(handler.api.key);
    assert.ok(cases.length > 0, 'there are such cases');
    for (const live of cases) await t.test(live.case, () => check(handler, live));
  });
}
