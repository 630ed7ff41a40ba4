/** The response to a Fetch is walked as it arrives: what was walked is fit to pass, however it is cut. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { responseCodec } from '../../../../adapters/kafka/codec/message.ts';
import { type FetchResponse, fetch } from '../../../../adapters/kafka/codec/schemas/fetch.ts';
import { Writer } from '../../../../adapters/kafka/codec/writer.ts';
import { KafkaError } from '../../../../adapters/kafka/error.ts';
import { FetchResponseScan } from '../../../../adapters/kafka/scan/fetch-response-scan.ts';
import { readVectors, withoutVectors } from '../../../support/vectors.ts';
import { ALL, accessThat, NONE, topologyOf } from '../support/access.ts';

const IDS = { AQIDBAUGBwgJCgsMDQ4PEA: 'orders', EA8ODQwLCgkIBwYFBAMCAQ: 'secret' } as const;
const [ORDERS, SECRET] = Object.keys(IDS) as [string, string];
const KNOWN = topologyOf(IDS);
const VERSIONS = Array.from({ length: 15 }, (_, i) => 4 + i);

function answer(version: number, topics: readonly string[], nodeEndpoints?: FetchResponse['nodeEndpoints']): Buffer {
  const out = new Writer();
  const name = (id: string) => (version >= 13 ? { topicId: id } : { topic: IDS[id as keyof typeof IDS] });
  const partition = (partitionIndex: number, records: Buffer | null) => ({
    partitionIndex,
    errorCode: 0,
    highWatermark: 9n,
    abortedTransactions: partitionIndex === 0 ? null : [{ producerId: 1n, firstOffset: 2n }],
    records,
    ...(version >= 12 ? { currentLeader: { leaderId: 3, leaderEpoch: 4 } } : {}),
  });
  responseCodec<FetchResponse>(fetch, version).write(out, {
    responses: topics.map((id) => ({
      ...name(id),
      partitions: [partition(0, Buffer.alloc(300, 1)), partition(1, Buffer.alloc(0)), partition(2, null)],
    })),
    ...(nodeEndpoints === undefined ? {} : { nodeEndpoints }),
  });
  return Buffer.from(out.done());
}

for (const version of VERSIONS) {
  test(`version ${version}: topics that may be read are walked to the end, cut at every byte`, () => {
    const body = answer(version, [ORDERS, SECRET]);
    for (let cut = 0; cut <= body.length; cut++) {
      const scan = new FetchResponseScan();
      scan.begin(version);
      let at = scan.walk(ALL, KNOWN, body, 0, cut, body.length);
      assert.ok(at <= cut);
      assert.equal(scan.active, cut < body.length, `${cut}`);
      if (scan.active) at = scan.walk(ALL, KNOWN, body, at, body.length, body.length);
      assert.equal(at, body.length);
      assert.equal(scan.active, false);
      assert.equal(scan.blocked, null);
    }
  });

  test(`version ${version}: stops in front of a topic that may not be read`, () => {
    const access = accessThat((what) => what === 'read topic:orders');
    const body = answer(version, [ORDERS, SECRET]);
    const scan = new FetchResponseScan();
    scan.begin(version);
    const at = scan.walk(access, KNOWN, body, 0, body.length, body.length);
    assert.equal(scan.blocked, 'topic');
    const second = answer(version, [ORDERS]).length - (version >= 12 ? 1 : 0);
    assert.equal(at, second);
  });

  test(`version ${version}: a byte too many is refused`, () => {
    const body = Buffer.concat([answer(version, [ORDERS]), Buffer.from([0])]);
    const scan = new FetchResponseScan();
    scan.begin(version);
    assert.throws(() => scan.walk(ALL, KNOWN, body, 0, body.length, body.length), KafkaError);
  });
}

test('an id that nobody knows is a topic that may not be read', () => {
  const body = answer(13, [ORDERS]);
  const scan = new FetchResponseScan();
  scan.begin(13);
  assert.equal(scan.walk(ALL, topologyOf({}), body, 0, body.length, body.length) < body.length, true);
  assert.equal(scan.blocked, 'topic');
});

for (const version of [16, 17, 18]) {
  test(`version ${version}: addresses of brokers stop the walk, and are put out without changing the length`, () => {
    const endpoints = [{ nodeId: 3, host: 'kafka-3.internal', port: 9092, rack: null }];
    const body = answer(version, [ORDERS], endpoints);
    const scan = new FetchResponseScan();
    scan.begin(version);
    const at = scan.walk(ALL, KNOWN, body, 0, body.length, body.length);
    assert.equal(scan.blocked, 'endpoints');
    assert.equal(scan.active, true, 'what blocks is not done with');
    const before = Buffer.from(body.subarray(0, at));
    scan.blankEndpoints(body, at, body.length);
    assert.equal(scan.active, false);
    assert.deepEqual(body.subarray(0, at), before);
    assert.equal(body.includes('internal'), false);
    // A client reads it as if no addresses had been there.
    const read = responseCodec<FetchResponse>(fetch, version).read(body, 0, body.length);
    assert.equal(read.nodeEndpoints, undefined);
    assert.equal(read.responses.length, 1);
  });
}

interface Vector {
  readonly key: number;
  readonly type: string;
  readonly version: number;
  readonly body: string;
  readonly json: { readonly nodeEndpoints?: readonly unknown[]; readonly responses: readonly unknown[] };
}

const MESSAGES = 'kafka-messages.jsonl.gz';
test('Kafka’s own responses', { skip: withoutVectors(MESSAGES) }, () => {
  const vectors = readVectors<Vector>(MESSAGES).filter(({ key, type }) => key === 1 && type === 'response');
  assert.ok(vectors.length > 60);
  const everything = { ...KNOWN, nameOf: () => 'orders' };
  for (const { version, body, json } of vectors) {
    const bytes = Buffer.from(body, 'hex');
    const scan = new FetchResponseScan();
    scan.begin(version);
    const at = scan.walk(ALL, everything, bytes, 0, bytes.length, bytes.length);
    const endpoints = json.nodeEndpoints !== undefined;
    assert.equal(scan.blocked, endpoints ? 'endpoints' : null, `version ${version}: ${body}`);
    if (!endpoints) assert.equal(at, bytes.length);
    if (json.responses.length === 0) continue;
    scan.begin(version);
    scan.walk(NONE, everything, bytes, 0, bytes.length, bytes.length);
    assert.equal(scan.blocked, 'topic');
  }
});
