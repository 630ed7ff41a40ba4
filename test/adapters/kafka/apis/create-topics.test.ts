import assert from 'node:assert/strict';
import test from 'node:test';
import { createTopicsHandler } from '../../../../adapters/kafka/apis/create-topics.ts';
import type {
  CreateTopicsRequest,
  CreateTopicsResponse,
} from '../../../../adapters/kafka/codec/schemas/create-topics.ts';
import { ALICE, UNKNOWN_ID } from '../support/alice.ts';
import { type Case, runCases, versions } from '../support/cases.ts';
import { EVERYTHING } from '../support/client-context.ts';
import { readResponse } from '../support/exchange.ts';

type Topic = CreateTopicsResponse['topics'][number];

const alice = { allow: ALICE };

function ask(...names: string[]): CreateTopicsRequest {
  const topics = names.map((name) => ({ name, numPartitions: 1, replicationFactor: 1, assignments: [], configs: [] }));
  return { topics, timeoutMs: 3000, validateOnly: true };
}

const CONFIG = { name: 'cleanup.policy', value: 'delete', readOnly: false, configSource: 5, isSensitive: false };

function created(name: string): Topic {
  const details = { numPartitions: 3, replicationFactor: 2, configs: [CONFIG] };
  return { name, topicId: UNKNOWN_ID, errorCode: 0, errorMessage: null, ...details };
}

function masked(name: string): Topic {
  const details = { numPartitions: -1, replicationFactor: -1, configs: [], topicConfigErrorCode: 29 };
  return { name, topicId: UNKNOWN_ID, errorCode: 0, errorMessage: null, ...details };
}

function refused(name: string, errorCode: number, errorMessage: string): Topic {
  return { name, errorCode, errorMessage };
}

const CASES: readonly Case<CreateTopicsRequest, CreateTopicsResponse>[] = [
  {
    what: 'some allowed; what is named twice is refused whoever asks',
    versions: versions(2, 7),
    client: alice,
    asks: ask('mk-a', 'mkd-a', 'other', 'secret', 'dup', 'dup', '__cluster_metadata', 'mk-dup', 'mk-dup'),
    sends: ask('mk-a', 'mkd-a'),
    answer: { topics: [created('mkd-a'), created('mk-a')] },
    gets: {
      topics: [
        created('mkd-a'),
        masked('mk-a'),
        refused('dup', 42, 'Duplicate topic name.'),
        refused('mk-dup', 42, 'Duplicate topic name.'),
        refused('other', 29, 'Authorization failed.'),
        refused('secret', 29, 'Authorization failed.'),
        refused('__cluster_metadata', 42, 'Creation of internal topic __cluster_metadata is prohibited.'),
      ],
    },
    refusals: ['create topic:other 29', 'create topic:secret 29'],
  },
  {
    what: 'none allowed',
    versions: versions(2, 7),
    client: alice,
    asks: ask('other', 'mk-a', 'mk-a', '__cluster_metadata'),
    gets: {
      topics: [
        refused('mk-a', 42, 'Duplicate topic name.'),
        refused('other', 29, 'Authorization failed.'),
        refused('__cluster_metadata', 42, 'Creation of internal topic __cluster_metadata is prohibited.'),
      ],
    },
    refusals: ['create topic:other 29'],
  },
  {
    what: 'the configuration is told to who may know it',
    versions: versions(2, 7),
    client: alice,
    asks: ask('mkd-a'),
    sends: 'same',
    answer: { topics: [created('mkd-a')] },
    gets: 'same',
  },
  {
    what: 'the configuration is kept from who may not',
    versions: versions(5, 7),
    client: alice,
    asks: ask('mk-a', 'mk-b'),
    sends: 'same',
    answer: { topics: [created('mk-a'), refused('mk-b', 36, "Topic 'mk-b' already exists.")] },
    gets: { topics: [masked('mk-a'), refused('mk-b', 36, "Topic 'mk-b' already exists.")] },
  },
  {
    what: 'older versions hold no configuration',
    versions: versions(2, 4),
    client: alice,
    asks: ask('mk-a'),
    sends: 'same',
    answer: { topics: [created('mk-a')] },
    gets: 'same',
  },
  {
    what: 'CREATE on the cluster is enough, but for the topic of the cluster itself',
    versions: versions(2, 7),
    client: { allow: EVERYTHING, deny: [{ topic: '*', operations: ['create'] }] },
    asks: ask('a', '__cluster_metadata'),
    sends: ask('a'),
    answer: { topics: [created('a')] },
    gets: {
      topics: [
        created('a'),
        refused('__cluster_metadata', 42, 'Creation of internal topic __cluster_metadata is prohibited.'),
      ],
    },
  },
  {
    what: 'rights that are lost while the broker answers',
    versions: versions(5, 7),
    client: alice,
    later: {},
    asks: ask('mkd-a'),
    sends: 'same',
    answer: { topics: [created('mkd-a')] },
    gets: { topics: [masked('mkd-a')] },
  },
  {
    what: 'no topics',
    versions: versions(2, 7),
    client: {},
    asks: ask(),
    sends: 'same',
    answer: { topics: [] },
    gets: 'same',
  },
];

runCases(createTopicsHandler, CASES);

for (const version of versions(2, 7)) {
  test(`CreateTopics ${version}: over a limit`, () => {
    const answer = createTopicsHandler.overLimit?.({ version, clientId: null }, ask('a', 'b', 'a'));
    const wait = (name: string) => refused(name, 89, 'The throttling quota has been exceeded.');
    const expected = { topics: [wait('a'), wait('b')] };
    if (version < 6) assert.equal(answer, undefined);
    else
      assert.deepEqual(
        answer && readResponse(createTopicsHandler.api, version, answer),
        readResponse(createTopicsHandler.api, version, expected),
      );
  });
}
