/** Fetch through a session: what may be read, when it is asked and when it is answered. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { frameRequest } from '../../../adapters/kafka/codec/message.ts';
import { type FetchRequest, type FetchResponse, fetch } from '../../../adapters/kafka/codec/schemas/fetch.ts';
import { accessThat } from './support/access.ts';
import { openRig } from './support/rig.ts';

const FETCH = 1;
const ORDERS = 'AQIDBAUGBwgJCgsMDQ4PEA';
const SECRET = 'EA8ODQwLCgkIBwYFBAMCAQ';
const IDS = { [ORDERS]: 'orders', [SECRET]: 'secret' };
const access = accessThat((what) => what === 'read topic:orders');
const VERSIONS = [4, 7, 11, 12, 13, 15, 18];

const which = (version: number, id: string) =>
  version >= 13 ? { topicId: id } : { topic: IDS[id as keyof typeof IDS] as string };

function request(version: number, ids: readonly string[], extra: Partial<FetchRequest> = {}): FetchRequest {
  return {
    maxWaitMs: 500,
    minBytes: 1,
    topics: ids.map((id) => ({
      ...which(version, id),
      partitions: [{ partition: 0, fetchOffset: 3n, partitionMaxBytes: 1_000_000 }],
    })),
    ...extra,
  };
}

function response(version: number, ids: readonly string[], extra: Partial<FetchResponse> = {}): FetchResponse {
  return {
    responses: ids.map((id) => ({
      ...which(version, id),
      partitions: [
        {
          partitionIndex: 0,
          errorCode: 0,
          highWatermark: 9n,
          abortedTransactions: null,
          records: Buffer.alloc(500, 7),
        },
      ],
    })),
    ...extra,
  };
}

function codes(body: FetchResponse | undefined): Record<string, number> {
  return Object.fromEntries(
    (body?.responses ?? []).map(({ topic, topicId, partitions }) => [
      topicId ?? topic ?? '',
      partitions[0]?.errorCode ?? -99,
    ]),
  );
}

const keyOf = (version: number, id: keyof typeof IDS) => (version >= 13 ? id : IDS[id]) as string;

for (const version of VERSIONS) {
  test(`version ${version}: what may be read passes, the response byte for byte, cut at every byte`, () => {
    const rig = openRig({ access, ids: IDS });
    for (let cut = 0; ; cut += 13) {
      rig.ask(FETCH, version, request(version, [ORDERS]), 4);
      const [asked] = rig.asked<FetchRequest>();
      assert.equal(asked?.body.topics.length, 1);
      const { buffer, reply } = split(version, cut);
      rig.broker(buffer.subarray(0, cut));
      rig.broker(buffer.subarray(cut));
      assert.deepEqual(rig.take('client'), reply);
      if (cut > reply.length) break;
    }
    assert.deepEqual(rig.rejections, []);
  });

  test(`version ${version}: everything denied is answered here`, () => {
    const rig = openRig({ access, ids: IDS });
    rig.ask(FETCH, version, request(version, [SECRET]));
    assert.equal(rig.take('broker').length, 0);
    const [answer] = rig.answered<FetchResponse>(FETCH, version);
    assert.deepEqual(codes(answer?.body), { [keyOf(version, SECRET)]: 29 });
    assert.equal(answer?.body.responses[0]?.partitions[0]?.highWatermark, -1n);
    assert.deepEqual(rig.causes, ['denied']);
  });

  test(`version ${version}: partly denied: the rest is asked for, the responses are one`, () => {
    const rig = openRig({ access, ids: IDS });
    rig.ask(FETCH, version, request(version, [SECRET, ORDERS]));
    assert.equal(rig.asked<FetchRequest>()[0]?.body.topics.length, 1);
    rig.reply(FETCH, version, { ...response(version, [ORDERS]), ...(version >= 7 ? { sessionId: 77 } : {}) });
    const [answer] = rig.answered<FetchResponse>(FETCH, version);
    assert.equal(answer?.body.sessionId ?? 0, 0, 'a session that a broker gives is none of the client’s');
    assert.deepEqual(codes(answer?.body), { [keyOf(version, ORDERS)]: 0, [keyOf(version, SECRET)]: 29 });
    assert.equal(
      answer?.body.responses.find((topic) => codes({ responses: [topic] })[keyOf(version, ORDERS)] === 0)?.partitions[0]
        ?.records?.length,
      500,
    );
  });

  test(`version ${version}: records of a topic that may no longer be read when they come are withheld`, () => {
    const rig = openRig({ access: accessThat(() => true), ids: IDS });
    rig.ask(FETCH, version, request(version, [ORDERS, SECRET]));
    rig.session.reauthorize(access, {});
    rig.reply(FETCH, version, response(version, [ORDERS, SECRET]));
    const [answer] = rig.answered<FetchResponse>(FETCH, version);
    assert.deepEqual(codes(answer?.body), { [keyOf(version, ORDERS)]: 0, [keyOf(version, SECRET)]: 29 });
    const withheld = answer?.body.responses.find((topic) => keyOf(version, SECRET) in codes({ responses: [topic] }));
    assert.equal(withheld?.partitions[0]?.records?.length, 0);
    assert.deepEqual(rig.causes, ['denied']);
  });

  test(`version ${version}: when its beginning has left, the connection ends instead`, () => {
    const rig = openRig({ access: accessThat(() => true), ids: IDS });
    rig.ask(FETCH, version, request(version, [ORDERS, SECRET]));
    const { buffer } = split(version, 0, [ORDERS, SECRET]);
    buffer.writeInt32BE(1, 4);
    rig.broker(buffer.subarray(0, 300));
    assert.ok(rig.take('client').length > 0);
    rig.session.reauthorize(access, {});
    rig.broker(buffer.subarray(300));
    assert.deepEqual([rig.causes, rig.closed], [['policy-changed'], true]);
    assert.ok(!rig.take('client').includes(Buffer.alloc(600, 7)));
  });
}

/** The frame of a response with correlation id 4. */
function split(version: number, _cut: number, ids: readonly string[] = [ORDERS]): { buffer: Buffer; reply: Buffer } {
  const rig = openRig({ access: accessThat(() => true), ids: IDS });
  rig.ask(FETCH, version, request(version, ids), 4);
  const reply = rig.reply(FETCH, version, response(version, ids), 4);
  return { buffer: Buffer.from(reply), reply };
}

test('sessions are kept from the broker: every request is a full one, an incremental one is answered 70', () => {
  for (const version of [7, 12, 18]) {
    const rig = openRig({ access, ids: IDS });
    rig.ask(FETCH, version, request(version, [ORDERS], { sessionId: 0, sessionEpoch: 0 }));
    const [asked] = rig.asked<FetchRequest>();
    assert.deepEqual([asked?.body.sessionId, asked?.body.sessionEpoch], [0, -1]);
    rig.reply(FETCH, version, response(version, [ORDERS]));
    assert.equal(rig.answered<FetchResponse>(FETCH, version)[0]?.body.sessionId, 0);
    rig.ask(FETCH, version, request(version, [], { sessionId: 77, sessionEpoch: 3 }), 2);
    assert.equal(rig.take('broker').length, 0);
    const [answer] = rig.answered<FetchResponse>(FETCH, version);
    assert.deepEqual([answer?.body.errorCode, answer?.body.sessionId], [70, 0]);
  }
});

test('a consumer’s own bytes go to the broker, all but its session', () => {
  for (let version = 7; version <= 18; version++) {
    for (const [sessionId, sessionEpoch] of [
      [0, 0],
      [0, -1],
      [77, -1],
    ] as const) {
      const rig = openRig({ access, ids: IDS });
      const asked = (session: object) => request(version, [ORDERS], { rackId: 'r', ...session });
      rig.ask(FETCH, version, asked({ sessionId, sessionEpoch }), 9);
      const bytes = rig.take('broker');
      assert.deepEqual(bytes, frameRequest(fetch, version, 9, 'c-1', asked({ sessionId: 0, sessionEpoch: -1 })));
    }
  }
});

test('nobody reads as a follower, and nobody past the high watermark', () => {
  for (const [version, extra] of [
    [11, { replicaId: 1 }],
    [15, { replicaState: { replicaId: 1, replicaEpoch: 5n } }],
  ] as const) {
    const rig = openRig({ access, ids: IDS });
    rig.ask(FETCH, version, request(version, [ORDERS], extra));
    assert.deepEqual([rig.causes, rig.take('broker').length], [['denied'], 0]);
    const [answer] = rig.answered<FetchResponse>(FETCH, version);
    assert.deepEqual(codes(answer?.body), { [keyOf(version, ORDERS)]: 29 });
  }
  for (const [version, extra] of [
    [11, { replicaId: -3 }],
    [15, { replicaState: { replicaId: -3, replicaEpoch: 5n } }],
  ] as const) {
    const rig = openRig({ access, ids: IDS });
    rig.ask(FETCH, version, request(version, [ORDERS], extra));
    const [asked] = rig.asked<FetchRequest>();
    assert.equal(asked?.body.replicaId ?? -1, -1);
    assert.equal(asked?.body.replicaState, undefined);
  }
});

test('addresses of brokers become ours when the response is whole, and are put out when it is on its way', () => {
  const nodeEndpoints = [{ nodeId: 2, host: 'kafka-2.internal', port: 9092, rack: null }];
  const whole = openRig({ access, ids: IDS });
  whole.ask(FETCH, 16, request(16, [ORDERS]), 4);
  const reply = whole.reply(FETCH, 16, response(16, [ORDERS], { nodeEndpoints }), 4);
  const [answer] = whole.answered<FetchResponse>(FETCH, 16);
  assert.deepEqual(answer?.body.nodeEndpoints, [{ nodeId: 2, host: 'gate.example.com', port: 9096, rack: null }]);
  for (let cut = 100; cut < reply.length; cut += 7) {
    const rig = openRig({ access, ids: IDS });
    rig.ask(FETCH, 16, request(16, [ORDERS]), 4);
    rig.broker(reply.subarray(0, cut));
    rig.broker(reply.subarray(cut));
    const bytes = rig.take('client');
    assert.equal(bytes.length, reply.length);
    assert.ok(!bytes.includes('internal'), `${cut}`);
    assert.deepEqual(rig.rejections, []);
  }
});

test('a throttled answer carries the time, whether it is changed or not', () => {
  for (const version of VERSIONS) {
    const rig = openRig({ access, ids: IDS, take: (kind) => (kind === 'requests' ? 250 : 0) });
    rig.tick(1000);
    rig.ask(FETCH, version, request(version, [ORDERS]), 2);
    rig.reply(FETCH, version, response(version, [ORDERS], { throttleTimeMs: 2 }), 2);
    assert.equal(rig.answered<FetchResponse>(FETCH, version)[0]?.body.throttleTimeMs, 250);
  }
});
