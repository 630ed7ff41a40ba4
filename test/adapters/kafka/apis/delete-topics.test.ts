import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { deleteTopicsHandler } from '../../../../adapters/kafka/apis/delete-topics.ts';
import type {
  DeleteTopicsRequest,
  DeleteTopicsResponse,
} from '../../../../adapters/kafka/codec/schemas/delete-topics.ts';
import { ZERO_UUID } from '../../../../adapters/kafka/error-codes.ts';
import { ALICE, IDS, UNKNOWN_ID } from '../support/alice.ts';
import { type Case, runCases, versions } from '../support/cases.ts';
import { ClientContext, EVERYTHING } from '../support/client-context.ts';
import { exchange, readResponse } from '../support/exchange.ts';

type Result = DeleteTopicsResponse['responses'][number];

const alice = { allow: ALICE, ids: IDS, unknown: [UNKNOWN_ID], topics: Object.keys(IDS) };
const NAMES = versions(1, 5);

function byNames(...topicNames: string[]): DeleteTopicsRequest {
  return { topicNames, timeoutMs: 3000 };
}

/** `id:` in front of what is an id. */
function ask(...topics: string[]): DeleteTopicsRequest {
  const entry = (text: string) =>
    text.startsWith('id:') ? { name: null, topicId: text.slice(3) } : { name: text, topicId: ZERO_UUID };
  return { topics: topics.map(entry), timeoutMs: 3000 };
}

function result(
  name: string | null,
  errorCode: number,
  errorMessage: string | null,
  topicId: string = ZERO_UUID,
): Result {
  return { name, topicId, errorCode, errorMessage };
}

const denied = (name: string | null, id?: string) => result(name, 29, 'Topic authorization failed.', id);
const missing = (name: string) => result(name, 3, 'This server does not host this topic-partition.');
const duplicate = (name: string) => result(name, 42, 'Duplicate topic name.');

const CASES: readonly Case<DeleteTopicsRequest, DeleteTopicsResponse>[] = [
  {
    what: 'a topic that is missing is told apart from one that may not be deleted only to who may describe it',
    versions: NAMES,
    client: alice,
    asks: byNames('secret', 'missing-ok', 'allowed', 'nope'),
    gets: { responses: [denied('allowed'), missing('missing-ok'), denied('nope'), denied('secret')] },
    refusals: [
      'describe topic:secret 29',
      'delete topic:missing-ok 3',
      'delete topic:allowed 29',
      'describe topic:nope 29',
    ],
  },
  {
    what: 'some allowed: results are sorted, whoever gave them',
    versions: NAMES,
    client: { ...alice, allow: [...ALICE, { topic: 'z', operations: ['delete'] }] },
    asks: byNames('z', 'secret', 'deletable', 'dup', 'dup'),
    sends: byNames('z', 'deletable'),
    answer: { throttleTimeMs: 3, responses: [result('z', 0, null), result('deletable', 0, null)] },
    gets: {
      throttleTimeMs: 3,
      responses: [result('deletable', 0, null), duplicate('dup'), denied('secret'), result('z', 0, null)],
    },
    refusals: ['describe topic:secret 29'],
  },
  {
    what: 'allowed',
    versions: NAMES,
    client: alice,
    asks: byNames('deletable'),
    sends: 'same',
    answer: { responses: [result('deletable', 0, null)] },
    gets: 'same',
  },
  {
    what: 'names and ids',
    versions: [6],
    client: alice,
    asks: ask('allowed', 'secret', 'missing-ok', 'nope', `id:${IDS.descr}`, `id:${IDS.secret2}`, `id:${UNKNOWN_ID}`),
    gets: {
      responses: [
        denied(null, IDS.secret2),
        result(null, 100, 'This server does not host this topic ID.', UNKNOWN_ID),
        denied('allowed'),
        denied('descr', IDS.descr),
        missing('missing-ok'),
        denied('nope'),
        denied('secret'),
      ],
    },
    refusals: [
      'delete topic:descr 29',
      'delete topic:secret2 29',
      'delete topic:allowed 29',
      'describe topic:secret 29',
      'delete topic:missing-ok 3',
      'describe topic:nope 29',
    ],
  },
  {
    what: 'allowed by id, another refused',
    versions: [6],
    client: alice,
    asks: ask(`id:${IDS.deletable}`, `id:${IDS.secret}`),
    sends: ask(`id:${IDS.deletable}`),
    answer: { responses: [result('deletable', 0, null, IDS.deletable)] },
    gets: { responses: [denied(null, IDS.secret), result('deletable', 0, null, IDS.deletable)] },
    refusals: ['delete topic:secret 29'],
  },
  {
    what: 'both name and id, or neither',
    versions: [6],
    client: alice,
    asks: {
      topics: [
        { name: 'deletable', topicId: IDS.deletable },
        { name: null, topicId: ZERO_UUID },
      ],
      timeoutMs: 1,
    },
    gets: {
      responses: [
        result(null, 42, 'Neither topic name nor id were specified.'),
        result('deletable', 42, 'You may not specify both topic name and topic id.', IDS.deletable),
      ],
    },
  },
  {
    what: 'duplicates are refused whoever asks',
    versions: [6],
    client: alice,
    asks: ask('deletable', 'secret', 'deletable', 'secret', `id:${IDS.secret}`, `id:${IDS.secret}`),
    gets: {
      responses: [result(null, 42, 'Duplicate topic id.', IDS.secret), duplicate('deletable'), duplicate('secret')],
    },
  },
  {
    what: 'a name whose id is there twice is not deleted by its name',
    versions: [6],
    client: alice,
    asks: ask('deletable', `id:${IDS.deletable}`, `id:${IDS.deletable}`),
    gets: {
      responses: [
        result(null, 42, 'Duplicate topic id.', IDS.deletable),
        result('deletable', 42, 'The provided topic name maps to an ID that was already supplied.', IDS.deletable),
      ],
    },
  },
  {
    what: 'nothing says that a hidden name and a hidden id are one topic',
    versions: [6],
    client: alice,
    asks: ask('secret2', `id:${IDS.secret2}`),
    gets: { responses: [denied(null, IDS.secret2), denied('secret2')] },
    refusals: ['delete topic:secret2 29', 'describe topic:secret2 29'],
  },
  {
    what: 'DELETE on the cluster is enough',
    versions: [6],
    client: { ...alice, allow: [{ cluster: true, operations: ['all'] }] },
    asks: ask('secret', `id:${IDS.secret2}`, `id:${UNKNOWN_ID}`),
    sends: ask(`id:${IDS.secret2}`, 'secret'),
    answer: { responses: [result('secret2', 0, null, IDS.secret2), result('secret', 0, null, IDS.secret)] },
    gets: {
      responses: [
        result(null, 100, 'This server does not host this topic ID.', UNKNOWN_ID),
        result('secret', 0, null, IDS.secret),
        result('secret2', 0, null, IDS.secret2),
      ],
    },
  },
  {
    what: 'ids that nobody asked the cluster about are looked up first, those that are there twice too',
    versions: [6],
    client: { allow: ALICE },
    asks: ask('deletable', `id:${IDS.secret}`, `id:${IDS.descr}`, `id:${IDS.descr}`),
    looksUp: [IDS.secret, IDS.descr],
  },
  {
    what: 'the list of topics is renewed where it is to be told whether one is missing',
    versions: versions(1, 5),
    client: { allow: ALICE },
    asks: byNames('allowed', 'secret'),
    looksUp: 'topics',
  },
  {
    what: 'the list of topics is not asked for a hidden one',
    versions: versions(1, 5),
    client: { allow: ALICE },
    asks: byNames('secret'),
    gets: { responses: [denied('secret')] },
    refusals: ['describe topic:secret 29'],
  },
];

runCases(deleteTopicsHandler, CASES);

test('DeleteTopics 6: DELETE on the cluster lets all pass', () => {
  const context = new ClientContext({ allow: EVERYTHING, ids: IDS });
  const { kind } = exchange(deleteTopicsHandler, 6, context, ask('secret', `id:${IDS.secret2}`));
  assert.equal(kind, 'pass');
});

test('DeleteTopics 6: the place of a result does not tell whether a hidden topic exists', () => {
  const name = fc.stringMatching(/^[a-c]{1,3}$/);
  const anyone = { allow: [{ topic: 'a', prefix: true, operations: ['delete' as const] }] };
  const places = (names: readonly string[], existing: readonly string[]) => {
    const context = new ClientContext({ ...anyone, topics: existing });
    const answer = (sent: DeleteTopicsRequest) => ({
      responses: (sent.topics ?? []).map((topic) => result(topic.name, 0, null)),
    });
    return exchange(deleteTopicsHandler, 6, context, ask(...names), answer).toClient?.responses.map(
      (entry) => entry.name,
    );
  };
  fc.assert(
    fc.property(fc.uniqueArray(name, { minLength: 2 }), fc.array(name), fc.func(fc.nat()), (names, existing, order) => {
      const shuffled = [...names].sort((a, b) => order(a) - order(b));
      const some = names.some((one) => !one.startsWith('a'));
      fc.pre(some);
      assert.deepEqual(places(shuffled, existing), places(names, []));
    }),
  );
});

for (const version of versions(1, 6)) {
  test(`DeleteTopics ${version}: over a limit`, () => {
    const { api, overLimit } = deleteTopicsHandler;
    const body = version < 6 ? byNames('a') : ask('a', `id:${IDS.descr}`);
    const answer = overLimit?.({ version, clientId: null }, body);
    const wait = (name: string | null, id?: string) => result(name, 89, 'The throttling quota has been exceeded.', id);
    const expected = { responses: version < 6 ? [wait('a')] : [wait('a'), wait(null, IDS.descr)] };
    if (version < 5) assert.equal(answer, undefined);
    else assert.deepEqual(answer && readResponse(api, version, answer), readResponse(api, version, expected));
  });
}
