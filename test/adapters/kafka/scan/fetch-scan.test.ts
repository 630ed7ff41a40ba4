/** The quick look at a Fetch request says yes only to what the full reading lets pass, and finds the same session in it. */
import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { fetchHandler } from '../../../../adapters/kafka/apis/fetch.ts';
import { requestCodec } from '../../../../adapters/kafka/codec/message.ts';
import { type FetchRequest, fetch } from '../../../../adapters/kafka/codec/schemas/fetch.ts';
import { Writer } from '../../../../adapters/kafka/codec/writer.ts';
import { KafkaError } from '../../../../adapters/kafka/error.ts';
import { FetchScan } from '../../../../adapters/kafka/scan/fetch-scan.ts';
import { readVectors, withoutVectors } from '../../../support/vectors.ts';
import { ALL, topologyOf } from '../support/access.ts';
import { ClientContext } from '../support/client-context.ts';
import { assertNoneMalformedPasses, withoutMalformed } from '../support/malformed-bodies.ts';

const ORDERS = 'AQIDBAUGBwgJCgsMDQ4PEA';
const SECRET = 'EA8ODQwLCgkIBwYFBAMCAQ';
const IDS: Readonly<Record<string, string>> = { [ORDERS]: 'orders', [SECRET]: 'secret' };
const VERSIONS = Array.from({ length: 15 }, (_, i) => 4 + i);

/** A client that may read `topic` and what begins with it, in a cluster whose topic ids are known. */
function reader(topic: string): ClientContext {
  return new ClientContext({
    allow: [{ topic, prefix: true, operations: ['read'] }],
    ids: { orders: ORDERS, secret: SECRET },
  });
}

const ANYBODY = ['', 'orders'].map(reader) as [ClientContext, ClientContext];
const [OF_ALL, OF_ORDERS] = ANYBODY;

function bodyOf(version: number, value: FetchRequest): Buffer {
  const out = new Writer();
  requestCodec<FetchRequest>(fetch, version).write(out, value);
  return Buffer.from(out.done());
}

interface Asked {
  readonly ids: readonly string[];
  readonly partitions: number;
  readonly replicaId: number;
  readonly sessionEpoch: number;
  readonly forgotten: boolean;
  readonly rackId: string;
  readonly directory: boolean;
}

const PLAIN: Asked = {
  ids: [ORDERS],
  partitions: 2,
  replicaId: -1,
  sessionEpoch: 0,
  forgotten: false,
  rackId: 'rack-ä',
  directory: false,
};

/** What a version does not have is left out. */
function request(version: number, asked: Asked): Buffer {
  const which = (id: string) => (version >= 13 ? { topicId: id } : { topic: IDS[id] as string });
  const partition = (index: number) => ({
    partition: index,
    fetchOffset: 3n,
    partitionMaxBytes: 1_000_000,
    ...(version >= 17 && asked.directory ? { replicaDirectoryId: SECRET } : {}),
  });
  const replica = version >= 15 ? { replicaState: { replicaId: asked.replicaId, replicaEpoch: 1n } } : {};
  return bodyOf(version, {
    ...(asked.replicaId < 0 ? {} : replica),
    ...(version < 15 ? { replicaId: asked.replicaId } : {}),
    maxWaitMs: 500,
    minBytes: 1,
    ...(version >= 7 ? { sessionId: 9, sessionEpoch: asked.sessionEpoch } : {}),
    topics: asked.ids.map((id) => ({
      ...which(id),
      partitions: Array.from({ length: asked.partitions }, (_, i) => partition(i)),
    })),
    ...(version >= 7 ? { forgottenTopicsData: asked.forgotten ? [{ ...which(ORDERS), partitions: [1] }] : [] } : {}),
    ...(version >= 11 ? { rackId: asked.rackId } : {}),
  });
}

function scanned(version: number, body: Buffer, { access, topology } = OF_ORDERS): FetchScan {
  const scan = new FetchScan();
  scan.begin(body, 0, 0, body.length).whole(access, topology, version);
  return scan;
}

/** Where the full reading puts the session out; undefined: it does not let the request pass as it is. */
function decided(version: number, body: Buffer, context: ClientContext): readonly number[] | undefined {
  const value = requestCodec<FetchRequest>(fetch, version).read(body, 0, body.length);
  const outcome = fetchHandler.request(context, { version, clientId: null }, value);
  return outcome.kind === 'pass' ? (outcome.overwritten ?? []).map(([offset]) => offset) : undefined;
}

for (const version of VERSIONS) {
  test(`version ${version}: a consumer that may read everything passes`, () => {
    const { permit, sessionAt } = scanned(version, request(version, PLAIN));
    assert.ok(permit > 0);
    assert.equal(sessionAt >= 0, version >= 7);
  });

  test(`version ${version}: whatever passes is let pass by the full reading, with the session in the same place`, () => {
    const asked = fc.record({
      ids: fc.array(fc.constantFrom(ORDERS, SECRET), { maxLength: 3 }),
      partitions: fc.nat(3),
      replicaId: fc.constantFrom(-1, -1, -2, 0, 5),
      sessionEpoch: fc.constantFrom(-1, 0, 0, 1),
      forgotten: fc.boolean(),
      rackId: fc.constantFrom('', 'r1'),
      directory: fc.boolean(),
    });
    let passed = 0;
    fc.assert(
      fc.property(asked, fc.constantFrom(...ANYBODY), (what, context) => {
        const body = request(version, what);
        const { permit, sessionAt } = scanned(version, body, context);
        if (permit === 0) return;
        passed++;
        const session = version >= 7 ? [sessionAt, sessionAt + 4] : [];
        assert.deepEqual(decided(version, body, context), session);
      }),
      { numRuns: 300 },
    );
    assert.ok(passed > 5, `${passed}`);
  });

  for (const [what, change] of [
    ['no topic', { ids: [] }],
    ['a topic that may not be read', { ids: [ORDERS, SECRET] }],
    ['the replica of a broker', { replicaId: 3 }],
    ...(version >= 7 ? [['a session under way', { sessionEpoch: 2 }] as const] : []),
    ...(version >= 7 ? [['forgotten topics', { forgotten: true }] as const] : []),
    ...(version >= 17 ? [['tagged fields', { directory: true }] as const] : []),
  ] as const) {
    test(`version ${version}: ${what}: decided in full`, () => {
      assert.equal(scanned(version, request(version, { ...PLAIN, ...change })).permit, 0);
    });
  }

  test(`version ${version}: cut anywhere, or with a byte too many, it does not pass`, () => {
    const body = request(version, PLAIN);
    const longer = Buffer.concat([body, Buffer.from([0])]);
    for (let end = 0; end <= longer.length; end++) {
      if (end === body.length) continue;
      const scan = new FetchScan();
      try {
        scan.begin(longer, 0, 0, end).whole(OF_ALL.access, OF_ALL.topology, version);
      } catch (error) {
        assert.ok(error instanceof KafkaError, `${end}`);
        continue;
      }
      assert.equal(scan.permit, 0, `${end}`);
    }
  });
}

test('what passes in shadow only is decided in full: it is to be recorded', () => {
  const tried = new ClientContext({ mode: 'shadow', ids: { orders: ORDERS } });
  assert.equal(scanned(11, request(11, PLAIN), tried).permit, 0);
  assert.equal(decided(11, request(11, PLAIN), tried)?.length, 2, 'it is let through');
});

test('a topic id that is not known, and a rack that is not UTF-8, are decided in full', () => {
  const scan = new FetchScan();
  const byId = request(13, PLAIN);
  scan.begin(byId, 0, 0, byId.length).whole(OF_ALL.access, topologyOf({}), 13);
  assert.equal(scan.permit, 0);
  const rack = request(11, { ...PLAIN, rackId: 'r1' });
  rack[rack.length - 1] = 0xff;
  assert.equal(scanned(11, rack).permit, 0);
});

interface Vector {
  readonly key: number;
  readonly type?: string;
  readonly version: number;
  readonly body: string;
}

const everything = { ...topologyOf({}), nameOf: () => 'orders' };

const MESSAGES = 'kafka-messages.jsonl.gz';
test('Kafka’s own messages: what passes is let pass by the full reading', { skip: withoutVectors(MESSAGES) }, () => {
  const vectors = readVectors<Vector>(MESSAGES).filter(({ key, type }) => key === 1 && type === 'request');
  assert.ok(vectors.length > 40);
  const scan = new FetchScan();
  let passed = 0;
  for (const { version, body } of vectors) {
    const bytes = Buffer.from(body, 'hex');
    scan.begin(bytes, 0, 0, bytes.length).whole(ALL, everything, version);
    if (scan.permit === 0) continue;
    passed++;
    const value = requestCodec<FetchRequest>(fetch, version).read(bytes, 0, bytes.length);
    const context = Object.assign(reader(''), { topology: everything, access: ALL });
    assert.equal(
      fetchHandler.request(context, { version, clientId: null }, value).kind,
      'pass',
      `v${version}: ${body}`,
    );
  }
  assert.ok(passed > 0);
});

test('nothing that is not canonical passes', { skip: withoutMalformed }, () => {
  const scan = new FetchScan();
  assertNoneMalformedPasses(1, (version, body) => {
    scan.begin(body, 0, 0, body.length).whole(ALL, everything, version);
    return scan.permit;
  });
});
