/** Produce through a session: what is written, what is refused, what goes on while it arrives. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { frameRequest } from '../../../adapters/kafka/codec/message.ts';
import { type ProduceRequest, type ProduceResponse, produce } from '../../../adapters/kafka/codec/schemas/produce.ts';
import { FrameMemory } from '../../../adapters/kafka/frame-memory.ts';
import { accessThat } from './support/access.ts';
import { batch, TRANSACTIONAL } from './support/batch.ts';
import { KafkaRig, openRig, TIMEOUTS } from './support/rig.ts';

const PRODUCE = 0;
const ORDERS = 'AQIDBAUGBwgJCgsMDQ4PEA';
const SECRET = 'EA8ODQwLCgkIBwYFBAMCAQ';
const IDS = { [ORDERS]: 'orders', [SECRET]: 'secret' };
const access = accessThat((what) => what === 'write topic:orders' || what === 'write transactionalId:tx-1');
const VERSIONS = [3, 8, 9, 10, 12, 13];

interface Topic {
  readonly id: string;
  readonly partitions: readonly (Buffer | null)[];
}

function body(version: number, topics: readonly Topic[], extra: Partial<ProduceRequest> = {}): ProduceRequest {
  return {
    transactionalId: null,
    acks: -1,
    timeoutMs: 1000,
    topicData: topics.map(({ id, partitions }) => ({
      ...(version >= 13 ? { topicId: id } : { name: IDS[id as keyof typeof IDS] ?? id }),
      partitionData: partitions.map((records, index) => ({ index, records })),
    })),
    ...extra,
  };
}

/** Topic (or id) -> partition -> error code. */
function codes(response: ProduceResponse | undefined): Record<string, Record<number, number>> {
  return Object.fromEntries(
    (response?.responses ?? []).map(({ name, topicId, partitionResponses }) => [
      topicId ?? name ?? '',
      Object.fromEntries(partitionResponses.map(({ index, errorCode }) => [index, errorCode])),
    ]),
  );
}

const keyOf = (version: number, id: keyof typeof IDS) => (version >= 13 ? id : IDS[id]) as string;

for (const version of VERSIONS) {
  const sound = [{ id: ORDERS, partitions: [batch(100, { records: 2 })] }];

  test(`version ${version}: what may be written passes byte for byte`, () => {
    const rig = openRig({ access, ids: IDS });
    const frame = rig.ask(PRODUCE, version, body(version, sound));
    assert.deepEqual(rig.take('broker'), frame);
    const answer = { index: 0, errorCode: 0, baseOffset: 5n };
    const which = version >= 13 ? { topicId: ORDERS } : { name: 'orders' };
    const reply = rig.reply(PRODUCE, version, { responses: [{ ...which, partitionResponses: [answer] }] });
    assert.deepEqual(rig.take('client'), reply);
    assert.deepEqual(
      rig.takes.filter((take) => take.startsWith('publish')),
      ['publish 2'],
    );
  });

  test(`version ${version}: everything denied is answered here, in every partition`, () => {
    const rig = openRig({ access, ids: IDS });
    rig.ask(PRODUCE, version, body(version, [{ id: SECRET, partitions: [batch(), batch()] }]));
    assert.equal(rig.take('broker').length, 0);
    const [answer] = rig.answered<ProduceResponse>(PRODUCE, version);
    assert.deepEqual(codes(answer?.body), { [keyOf(version, SECRET)]: { 0: 29, 1: 29 } });
    assert.deepEqual(rig.causes, ['denied']);
  });

  test(`version ${version}: partly denied: the rest is written, the responses are one`, () => {
    const rig = openRig({ access, ids: IDS });
    const good = batch(80);
    const topics = [
      { id: SECRET, partitions: [batch()] },
      { id: ORDERS, partitions: [good, null] },
    ];
    rig.ask(PRODUCE, version, body(version, topics));
    const [asked] = rig.asked<ProduceRequest>();
    assert.deepEqual(asked?.body.topicData, body(version, [{ id: ORDERS, partitions: [good] }]).topicData);
    const which = version >= 13 ? { topicId: ORDERS } : { name: 'orders' };
    const partition = { index: 0, errorCode: 0, baseOffset: 5n };
    rig.reply(PRODUCE, version, { responses: [{ ...which, partitionResponses: [partition] }] });
    const [answer] = rig.answered<ProduceResponse>(PRODUCE, version);
    assert.deepEqual(codes(answer?.body), {
      [keyOf(version, ORDERS)]: { 0: 0, 1: 87 },
      [keyOf(version, SECRET)]: { 0: 29 },
    });
  });

  test(`version ${version}: transactional records need the transactional id, whatever else is allowed`, () => {
    for (const [transactionalId, code] of [
      ['tx-1', undefined],
      ['tx-2', 53],
      [null, 53],
    ] as const) {
      const rig = openRig({ access, ids: IDS });
      const topics = [{ id: ORDERS, partitions: [batch(), batch(61, { attributes: TRANSACTIONAL })] }];
      rig.ask(PRODUCE, version, body(version, topics, { transactionalId }));
      assert.equal(rig.take('broker').length > 0, code === undefined);
      if (code === undefined) continue;
      const [answer] = rig.answered<ProduceResponse>(PRODUCE, version);
      assert.deepEqual(codes(answer?.body), { [keyOf(version, ORDERS)]: { 0: code, 1: code } });
    }
  });

  test(`version ${version}, acks 0: nothing is answered; what is refused closes, after the rest was written`, () => {
    const quiet = { acks: 0 };
    const allowed = openRig({ access, ids: IDS });
    const frame = allowed.ask(PRODUCE, version, body(version, sound, quiet));
    assert.deepEqual(allowed.take('broker'), frame);
    assert.equal(allowed.closed, false);
    const denied = openRig({ access, ids: IDS });
    denied.ask(PRODUCE, version, body(version, [{ id: SECRET, partitions: [batch()] }], quiet));
    assert.deepEqual([denied.take('broker').length, denied.take('client').length, denied.closed], [0, 0, true]);
    const mixed = openRig({ access, ids: IDS });
    mixed.ask(PRODUCE, version, body(version, [...sound, { id: SECRET, partitions: [batch()] }], quiet));
    assert.equal(mixed.asked<ProduceRequest>()[0]?.body.topicData.length, 1);
    assert.deepEqual([mixed.take('client').length, mixed.closed], [0, true]);
  });

  for (const [size, first] of [
    [5000, 3000],
    [300_000, 70_000],
  ] as const) {
    test(`version ${version}: a request of ${size} bytes goes on while it arrives, and its end is read before it is let go`, () => {
      const records = batch(size);
      const frame = frameRequest(produce, version, 3, 'c', body(version, [{ id: ORDERS, partitions: [records] }]));
      const rig = openRig({ access, ids: IDS });
      rig.client(frame.subarray(0, first));
      assert.equal(rig.toBroker.length, first);
      const tail = version >= 9 ? 3 : 0;
      rig.client(frame.subarray(first, frame.length - 1));
      assert.equal(rig.toBroker.length, tail === 0 ? frame.length - 1 : frame.length - tail);
      rig.client(frame.subarray(frame.length - 1));
      assert.deepEqual(rig.take('broker'), frame);
      assert.equal(rig.memory.free, 4 * 1024 * 1024);
      if (tail === 0) return;
      const bad = Buffer.from(frame);
      bad[bad.length - 1] = 1;
      const other = openRig({ access, ids: IDS });
      other.client(bad);
      assert.deepEqual(other.causes, ['malformed']);
      other.client(Buffer.alloc(0));
      const streamed = openRig({ access, ids: IDS });
      streamed.client(bad.subarray(0, first));
      streamed.client(bad.subarray(first));
      assert.deepEqual(streamed.causes, ['malformed']);
      assert.equal(streamed.toBroker.length, bad.length - tail);
      assert.equal(streamed.memory.free, 4 * 1024 * 1024);
    });
  }

  test(`version ${version}: a large request that is refused is never begun at the broker`, () => {
    const records = batch(300_000);
    const frame = frameRequest(produce, version, 3, 'c', body(version, [{ id: SECRET, partitions: [records] }]));
    const rig = openRig({ access, ids: IDS });
    rig.client(frame.subarray(0, 200_000));
    assert.equal(rig.toBroker.length, 0);
    rig.client(frame.subarray(200_000));
    assert.equal(rig.toBroker.length, 0);
    const [answer] = rig.answered<ProduceResponse>(PRODUCE, version);
    assert.deepEqual(codes(answer?.body), { [keyOf(version, SECRET)]: { 0: 29 } });
    assert.equal(rig.memory.free, 4 * 1024 * 1024);
  });
}

test('an id that is not known is looked up once; the client is not read meanwhile', () => {
  const rig = openRig({ access });
  rig.ask(PRODUCE, 13, body(13, [{ id: ORDERS, partitions: [batch()] }]));
  assert.deepEqual(
    rig.lookUps.map(({ ids }) => ids),
    [[ORDERS]],
  );
  assert.equal(rig.held, true);
  rig.learn(ORDERS, 'orders');
  rig.lookUps[0]?.done();
  assert.equal(rig.asked().length, 1);
  // The limits were asked once.
  assert.equal(rig.takes.filter((take) => take === 'requests 1').length, 2);
});

test('an id that the cluster does not know is answered 100, and so is the id of nobody', () => {
  const zero = 'AAAAAAAAAAAAAAAAAAAAAA';
  const rig = openRig({ access });
  rig.ask(
    PRODUCE,
    13,
    body(13, [
      { id: ORDERS, partitions: [batch()] },
      { id: zero, partitions: [batch()] },
    ]),
  );
  rig.lookUps[0]?.done();
  assert.equal(rig.take('broker').length, 0);
  const [answer] = rig.answered<ProduceResponse>(PRODUCE, 13);
  assert.deepEqual(codes(answer?.body), { [ORDERS]: { 0: 100 }, [zero]: { 0: 100 } });
});

test('addresses of brokers in a response become ours', () => {
  const rig = openRig({ access, ids: IDS });
  rig.ask(PRODUCE, 10, body(10, [{ id: ORDERS, partitions: [batch()] }]));
  const currentLeader = { leaderId: 2, leaderEpoch: 1 };
  const partition = { index: 0, errorCode: 6, baseOffset: -1n, currentLeader };
  const nodeEndpoints = [
    { nodeId: 2, host: 'kafka-2.internal', port: 9092, rack: 'r' },
    { nodeId: 200, host: 'kafka-200.internal', port: 9092, rack: null },
  ];
  rig.reply(PRODUCE, 10, { responses: [{ name: 'orders', partitionResponses: [partition] }], nodeEndpoints });
  const [answer] = rig.answered<ProduceResponse>(PRODUCE, 10);
  assert.deepEqual(answer?.body.nodeEndpoints, [{ nodeId: 2, host: 'gate.example.com', port: 9096, rack: 'r' }]);
  assert.deepEqual(answer?.body.responses[0]?.partitionResponses[0]?.currentLeader, currentLeader);
});

test('over the limit with throttle: written, the client told to wait and not read for as long', () => {
  for (const version of VERSIONS) {
    const rig = openRig({ access, ids: IDS, take: (kind) => (kind === 'bytes' ? 700.2 : 0) });
    rig.tick(1000);
    rig.ask(PRODUCE, version, body(version, [{ id: ORDERS, partitions: [batch()] }]), 5);
    assert.equal(rig.asked().length, 1);
    assert.equal(rig.held, true);
    const which = version >= 13 ? { topicId: ORDERS } : { name: 'orders' };
    const partition = { index: 0, errorCode: 0, baseOffset: 5n };
    rig.reply(PRODUCE, version, { responses: [{ ...which, partitionResponses: [partition] }], throttleTimeMs: 3 }, 5);
    assert.equal(rig.answered<ProduceResponse>(PRODUCE, version)[0]?.body.throttleTimeMs, 701);
    rig.tick(500);
    assert.equal(rig.held, true);
    rig.tick(250);
    assert.equal(rig.held, false);
  }
});

test('over the limit with reject: refused with 89 in every partition, and not charged', () => {
  const rig = openRig({
    access,
    ids: IDS,
    onExceed: 'reject',
    take: (kind, n) => (kind === 'bytes' && n > 70 ? -1 : 0),
  });
  rig.ask(PRODUCE, 9, body(9, [{ id: ORDERS, partitions: [batch(), batch()] }]));
  assert.equal(rig.take('broker').length, 0);
  const [answer] = rig.answered<ProduceResponse>(PRODUCE, 9);
  assert.deepEqual(codes(answer?.body), { orders: { 0: 89, 1: 89 } });
  assert.deepEqual(rig.causes, ['limit-bytes']);
});

test('over the limit with disconnect: closed', () => {
  const rig = openRig({
    access,
    ids: IDS,
    onExceed: 'disconnect',
    take: (kind, n) => (kind === 'bytes' && n > 70 ? -1 : 0),
  });
  rig.ask(PRODUCE, 9, body(9, [{ id: ORDERS, partitions: [batch(), batch()] }]));
  assert.deepEqual([rig.causes, rig.closed], [['limit-bytes'], true]);
});

test('without room for a large request the client is not read until there is', () => {
  const memory = new FrameMemory(500_000);
  memory.reserve('other', 400_000);
  const rig = openRig({ access, ids: IDS, memory });
  const frame = frameRequest(produce, 9, 3, 'c', body(9, [{ id: ORDERS, partitions: [batch(300_000)] }]));
  rig.client(frame.subarray(0, 1000));
  assert.equal(rig.held, true);
  assert.equal(rig.toBroker.length, 0);
  memory.release('other', 400_000);
  assert.equal(rig.held, false);
  rig.client(frame.subarray(1000));
  assert.deepEqual(rig.take('broker'), frame);
  assert.equal(memory.free, 500_000);
});

test('a connection that ends while it waits for room, or holds some, gives it back', () => {
  const memory = new FrameMemory(500_000);
  const frame = frameRequest(produce, 9, 3, 'c', body(9, [{ id: SECRET, partitions: [batch(300_000)] }]));
  const holding = openRig({ access, ids: IDS, memory });
  holding.client(frame.subarray(0, 1000));
  const waiting = openRig({ access, ids: IDS, memory, principal: 'erp-2' });
  waiting.client(frame.subarray(0, 1000));
  assert.ok(memory.free < 300_000);
  waiting.session.ended();
  holding.session.clientEnded(false);
  assert.equal(memory.free, 500_000);
});

test('a large request that comes too slowly is cut, one that comes fast enough is not', () => {
  const frame = frameRequest(produce, 9, 3, 'c', body(9, [{ id: ORDERS, partitions: [batch(640_000)] }]));
  const allowed = TIMEOUTS.packet + (frame.length / 65_536) * 1000;
  const rig = openRig({ access, ids: IDS });
  rig.client(frame.subarray(0, 1000));
  rig.tick(allowed - 500);
  assert.deepEqual(rig.causes, []);
  rig.tick(1000);
  assert.deepEqual(rig.causes, ['packet-timeout']);
  assert.ok(rig instanceof KafkaRig);
});
