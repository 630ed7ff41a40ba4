import assert from 'node:assert/strict';
import test from 'node:test';
import { API, HANDLERS } from '../../../../adapters/kafka/apis/index.ts';
import { NOT_REQUESTED, ZERO_UUID } from '../../../../adapters/kafka/error-codes.ts';
import type { Handler } from '../../../../adapters/kafka/handler.ts';
import { withoutVectors } from '../../../support/vectors.ts';
import { ClientContext } from '../support/client-context.ts';
import { exchange, readResponse } from '../support/exchange.ts';
import { LIVE, type LiveCase, liveCases, liveClient, liveRequest } from '../support/live.ts';

/**
 * A live broker answered clients with few rights. The same requests go through the gate, in front
 * of a broker that lets the gate do everything: its response is made of what the live broker said
 * about what was allowed. The client must be told what the live broker told it.
 */
type Entry = Record<string, unknown>;

interface Kind {
  /** The list that the response is made of. */
  readonly list: string;
  /** Was the broker asked about this entry of the live response? */
  asked(sent: Entry, entry: Entry): boolean;
}

const listOf = (holder: Entry, name: string) => (holder[name] ?? []) as Entry[];
const isTopic = (entry: Entry) => (topic: Entry) =>
  (topic['topicId'] ?? ZERO_UUID) === ZERO_UUID
    ? topic['name'] === entry['name']
    : topic['topicId'] === entry['topicId'];
const namedTopic = (sent: Entry, entry: Entry) => listOf(sent, 'topics').some(isTopic(entry));

const KINDS: Readonly<Record<number, Kind>> = {
  [API.metadata]: {
    list: 'topics',
    asked: (sent, entry) => sent['topics'] === null || listOf(sent, 'topics').length === 0 || namedTopic(sent, entry),
  },
  [API.findCoordinator]: {
    list: 'coordinators',
    asked: (sent, { key }) => (sent['coordinatorKeys'] as string[]).includes(key as string),
  },
  [API.describeCluster]: { list: 'brokers', asked: () => true },
  [API.describeTopicPartitions]: { list: 'topics', asked: namedTopic },
  [API.createTopics]: { list: 'topics', asked: namedTopic },
  [API.deleteTopics]: {
    list: 'responses',
    asked: (sent, entry) =>
      namedTopic(sent, entry) || ((sent['topicNames'] ?? []) as string[]).includes(entry['name'] as string),
  },
  [API.describeConfigs]: {
    list: 'results',
    asked: (sent, { resourceType, resourceName }) =>
      listOf(sent, 'resources').some(
        (one) => one['resourceType'] === resourceType && one['resourceName'] === resourceName,
      ),
  },
  [API.saslHandshake]: { list: 'mechanisms', asked: () => true },
};

const DENIALS = [29, 30, 31, 53];

/** What a broker says to one who may do everything. */
function brokerAnswer({ list, asked }: Kind, live: LiveCase, sent: Entry): Entry {
  const { clusterAuthorizedOperations: operations = NOT_REQUESTED, ...rest } = live.responseJson;
  const known = listOf(rest, list).filter(
    (entry) => !DENIALS.includes(entry['errorCode'] as number) && asked(sent, entry),
  );
  const all = known.map(unrestricted);
  if (live.key === API.metadata) all.push(...hiddenFrom(live, sent), ...missingIn(sent, all));
  return { ...rest, [list]: all, clusterAuthorizedOperations: operations === NOT_REQUESTED ? operations : 8096 };
}

function unrestricted(entry: Entry): Entry {
  const { topicAuthorizedOperations: operations = NOT_REQUESTED, topicConfigErrorCode: masked, ...rest } = entry;
  return {
    ...rest,
    topicAuthorizedOperations: operations === NOT_REQUESTED ? operations : 3576,
    ...(masked !== undefined && { numPartitions: 1, replicationFactor: 1 }),
  };
}

/** Topics that the client may not know, in a response to a question for all. */
function hiddenFrom({ version }: LiveCase, sent: Entry): Entry[] {
  const all = sent['topics'] === null || (version === 0 && listOf(sent, 'topics').length === 0);
  return all ? ['secret', 'secret2', '__consumer_offsets'].map((name) => ({ errorCode: 0, name, partitions: [] })) : [];
}

/** Topics that the broker would have created for one who may. */
function missingIn(sent: Entry, found: readonly Entry[]): Entry[] {
  const missing = listOf(sent, 'topics').filter((topic) => !found.some((entry) => isTopic(entry)(topic)));
  return missing.map(({ name }) => ({ errorCode: 3, name, partitions: [] }));
}

/** The live response as the gate tells it: with its own address, and in no certain order. */
function told({ list }: Kind, answer: Entry): Entry {
  const atGate = (entry: Entry): Entry =>
    'host' in entry && entry['host'] !== '' ? { ...entry, host: 'gate.example', port: 9001 } : entry;
  const lists = [...new Set([list, 'brokers'])].filter((name) => name in answer);
  const sorted = lists.map((name) => [name, listOf(answer, name).map(atGate).map(text).toSorted()]);
  return { ...atGate(answer), ...Object.fromEntries(sorted) };
}

const text = (entry: Entry) =>
  JSON.stringify(entry, (_key, value: unknown) =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).toSorted())
      : value,
  );

function isDenial({ list }: Kind, { key, responseJson }: LiveCase): boolean {
  const entries = listOf(responseJson, list);
  return (
    key !== API.metadata &&
    entries.length > 0 &&
    entries.every(({ errorCode }) => DENIALS.includes(errorCode as number))
  );
}

for (const [key, kind] of Object.entries(KINDS)) {
  const handler = HANDLERS.get(Number(key)) as Handler<object, object>;
  const { api } = handler;
  test(`${api.name}: as a live broker answers`, { skip: withoutVectors(LIVE) }, async (t) => {
    const cases = liveCases(Number(key));
    assert.ok(cases.length > 0, 'there are such cases');
    for (const live of cases) {
      const request = liveRequest<object>(api, live);
      if (request === undefined) continue;
      await t.test(live.case, () => {
        // The live broker created topics for who might.
        const context = new ClientContext({ ...liveClient(live), options: { autoCreateTopics: true } });
        const answer = (sent: object) => brokerAnswer(kind, live, sent as Entry);
        const { toClient, kind: what } = exchange(handler, live.version, context, request, answer);
        const expected = readResponse(api, live.version, live.responseJson);
        assert.deepEqual(told(kind, toClient as Entry), told(kind, expected as Entry));
        if (isDenial(kind, live)) assert.equal(what, 'respond', 'the broker is not asked');
      });
    }
  });
}
