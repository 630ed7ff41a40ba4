import assert from 'node:assert/strict';
import test from 'node:test';
import {
  apiVersionsHandler,
  apiVersionsResponse,
  responseVersion,
  unsupportedApiVersions,
} from '../../../../adapters/kafka/apis/api-versions.ts';
import { readResponseHeader } from '../../../../adapters/kafka/codec/header.ts';
import { frameResponse } from '../../../../adapters/kafka/codec/message.ts';
import type { ApiVersionsRequest, ApiVersionsResponse } from '../../../../adapters/kafka/codec/schemas/api-versions.ts';
import { type Case, runCases, versions } from '../support/cases.ts';
import { ClientContext } from '../support/client-context.ts';
import { readResponse } from '../support/exchange.ts';

type Range = [key: number, min: number, max: number];

function keys(...ranges: Range[]): ApiVersionsResponse['apiKeys'] {
  return ranges.map(([apiKey, minVersion, maxVersion]) => ({ apiKey, minVersion, maxVersion }));
}

const feature = (name: string, minVersion: number, maxVersion: number) => ({ name, minVersion, maxVersion });
const finalized = (name: string, level: number) => ({ name, maxVersionLevel: level, minVersionLevel: level });

/** A broker with everything, of a version that is newer than the gate and dropped old versions. */
const BROKER: ApiVersionsResponse = {
  errorCode: 0,
  apiKeys: keys(
    [0, 0, 99],
    [1, 4, 17],
    [3, 2, 99],
    [11, 0, 9],
    [18, 0, 99],
    [26, 0, 5],
    [28, 0, 5],
    [29, 1, 3],
    [32, 90, 99],
    [60, 1, 1],
  ),
  finalizedFeaturesEpoch: 91n,
  supportedFeatures: [
    feature('metadata.version', 7, 30),
    feature('transaction.version', 0, 2),
    feature('group.version', 0, 1),
  ],
  finalizedFeatures: [finalized('group.version', 1), finalized('transaction.version', 2)],
};

const TOLD: ApiVersionsResponse = {
  errorCode: 0,
  apiKeys: keys([0, 0, 13], [1, 4, 17], [3, 2, 13], [11, 0, 9], [18, 0, 5], [60, 1, 1]),
  finalizedFeaturesEpoch: 91n,
  supportedFeatures: [feature('metadata.version', 7, 30), feature('group.version', 0, 1)],
  finalizedFeatures: [finalized('group.version', 1)],
};

const ASKS = { clientSoftwareName: 'c', clientSoftwareVersion: '1' };
const failed = (errorCode: number) => ({ errorCode, apiKeys: [], throttleTimeMs: 0 });

const CASES: readonly Case<ApiVersionsRequest, ApiVersionsResponse>[] = [
  {
    what: 'what both have',
    versions: [0, 1, 2, 4, 5],
    client: {},
    asks: ASKS,
    sends: 'same',
    answer: BROKER,
    gets: TOLD,
  },
  {
    what: 'without features that begin at 0',
    versions: [3],
    client: {},
    asks: ASKS,
    sends: 'same',
    answer: BROKER,
    gets: { ...TOLD, supportedFeatures: [feature('metadata.version', 7, 30)] },
  },
  {
    what: 'without what the operator hides; ApiVersions cannot be hidden',
    versions: versions(0, 2),
    client: { options: { hideApis: ['Metadata', 'JoinGroup', 'ApiVersions'] } },
    asks: ASKS,
    sends: 'same',
    answer: BROKER,
    gets: { ...TOLD, apiKeys: keys([0, 0, 13], [1, 4, 17], [18, 0, 5], [60, 1, 1]) },
  },
  {
    what: 'a wrong software name is refused by the broker',
    versions: [3, 4, 5],
    client: {},
    asks: { ...ASKS, clientSoftwareName: '-' },
    sends: 'same',
    answer: failed(42),
    gets: failed(42),
  },
  {
    what: 'a client that means another cluster is told so by the broker',
    versions: [5],
    client: {},
    asks: { ...ASKS, clusterId: 'other', nodeId: 1 },
    sends: 'same',
    answer: failed(129),
    gets: failed(129),
  },
];

runCases(apiVersionsHandler, CASES);

/** In which version a response to a request of version 5 is read. */
function readIn(version: number, answer: ApiVersionsResponse): number {
  const { api } = apiVersionsHandler;
  const frame = frameResponse(api, version, 1, answer);
  return responseVersion(frame, readResponseHeader(api, 5, frame, 4, frame.length), frame.length, 5);
}

test('a broker that does not know the version says so in version 0, with what both have', () => {
  const answer = { errorCode: 35, apiKeys: keys([18, 0, 4]) };
  assert.equal(readIn(0, answer), 0);
  const told = apiVersionsResponse(readResponse(apiVersionsHandler.api, 0, answer), 5, new ClientContext({}).offered);
  assert.deepEqual(readResponse(apiVersionsHandler.api, 0, told), answer);
});

test('any other response is in the version that was asked for', () => {
  for (const errorCode of [0, 42, 129]) assert.equal(readIn(5, failed(errorCode)), 5);
  assert.equal(responseVersion(Buffer.from([0, 35]), 1, 2, 5), 5);
});

test('a version that the gate does not know is answered in version 0 with what it knows', () => {
  const answer = unsupportedApiVersions();
  assert.deepEqual(readResponse(apiVersionsHandler.api, 0, answer), { errorCode: 35, apiKeys: keys([18, 0, 5]) });
});
