import assert from 'node:assert/strict';
import test from 'node:test';
import { API, APIS } from '../../../../adapters/kafka/apis/index.ts';
import { frameResponse } from '../../../../adapters/kafka/codec/message.ts';
import type { Api } from '../../../../adapters/kafka/codec/schema.ts';
import type { ApiVersionsResponse } from '../../../../adapters/kafka/codec/schemas/api-versions.ts';
import { waitFor } from '../../../support/wait.ts';
import { FakeBroker, fakeCluster, type Received, type Reply } from './support/fake-broker.ts';
import { ObservedCluster } from './support/observed-cluster.ts';

function bytes(...values: number[]): Buffer {
  return Buffer.from(values);
}

const apiVersions = APIS.get(API.apiVersions) as Api;

/** Bad brokers: what they reply to ApiVersions (a Buffer or a word) or Metadata (a function), and what that counts as. */
const BAD: Record<
  string,
  readonly [kind: string, words: RegExp, reply: (request: Received, broker: FakeBroker) => Reply | undefined]
> = {
  'closes the connection': ['closed', /closed/, () => 'close'],
  'speaks something else': ['malformed', /bytes/, () => Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n')],
  'announces more than 64 MiB': ['malformed', /67108865 bytes/, () => bytes(4, 0, 0, 1)],
  'announces a negative length': ['malformed', /-1 bytes/, () => bytes(255, 255, 255, 255)],
  'sends less than a header': ['malformed', /./, () => bytes(0, 0, 0, 2, 0, 0)],
  'answers with another correlation id': [
    'malformed',
    /correlation id 99 instead of 1/,
    ({ api, version }) =>
      frameResponse(api, version, 99, { errorCode: 0, apiKeys: [] } satisfies Partial<ApiVersionsResponse>),
  ],
  'cuts its answer and tells its true length': [
    'malformed',
    /./,
    (request, broker) => {
      const cut = Buffer.from(broker.reply(request).subarray(0, -3));
      cut.writeInt32BE(cut.length - 4);
      return cut;
    },
  ],
  'adds bytes to its answer': [
    'malformed',
    /./,
    (request, broker) => {
      const longer = Buffer.concat([broker.reply(request), bytes(0)]);
      longer.writeInt32BE(longer.length - 4);
      return longer;
    },
  ],
  'answers twice': [
    'malformed',
    /nothing was asked for/,
    (request, broker) => Buffer.concat([broker.reply(request), broker.reply(request)]),
  ],
  'answers ApiVersions with an error': [
    'refused',
    /error 42/,
    ({ version, correlationId }) => frameResponse(apiVersions, version, correlationId, { errorCode: 42, apiKeys: [] }),
  ],
  'knows no Metadata': [
    'refused',
    /no version of Metadata/,
    ({ version, correlationId }) => frameResponse(apiVersions, version, correlationId, { errorCode: 0, apiKeys: [] }),
  ],
  'knows only newer Metadata': [
    'refused',
    /no version of Metadata/,
    ({ version, correlationId }) => {
      const apiKeys = [{ apiKey: API.metadata, minVersion: 14, maxVersion: 20 }];
      return frameResponse(apiVersions, version, correlationId, { errorCode: 0, apiKeys });
    },
  ],
  'answers Metadata with an error': [
    'refused',
    /error 129/,
    (request, broker) =>
      request.api.key === API.metadata ? broker.metadataReply(request, { errorCode: 129 }) : undefined,
  ],
  'knows no broker': [
    'refused',
    /no broker/,
    (request, broker) =>
      request.api.key === API.metadata ? broker.metadataReply(request, { brokers: [] }) : undefined,
  ],
};

for (const [what, [kind, words, reply]] of Object.entries(BAD)) {
  test(`a broker that ${what} is left for the next one`, async () => {
    const cluster = fakeCluster();
    await using bad = await FakeBroker.start(cluster, 1);
    await using good = await FakeBroker.start(cluster, 2);
    bad.script = (request) => reply(request, bad);
    using gate = await new ObservedCluster([bad, good]).up();
    assert.deepEqual([gate.failures, gate.states], [[kind], [true]]);
    assert.match(gate.cluster.lastError, words);
    assert.match(gate.cluster.lastError, new RegExp(`127\\.0\\.0\\.1:${bad.port}`));
    await waitFor('the bad connection is closed', () => bad.sockets.size === 0);
  });
}
