/**
 * The scan of a Produce is a second reading of the same bytes. Whatever the bytes are, it lets through only what the
 * full reading and its handler let through, and finds the same in it; everything else it hands over.
 */
import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { rewriteEndpoints } from '../../../../adapters/kafka/addresses.ts';
import { produceHandler } from '../../../../adapters/kafka/apis/produce.ts';
import { requestCodec } from '../../../../adapters/kafka/codec/message.ts';
import { produce } from '../../../../adapters/kafka/codec/schemas/produce.ts';
import { KafkaError } from '../../../../adapters/kafka/error.ts';
import { NEEDS_MORE } from '../../../../adapters/kafka/scan/cursor.ts';
import { ProduceScan } from '../../../../adapters/kafka/scan/produce-scan.ts';
import { encode } from '../codec/support/codecs.ts';
import { batch, TRANSACTIONAL } from '../support/batch.ts';
import { ClientContext, type ClientSource } from '../support/client-context.ts';

const IDS = { orders: 'AQIDBAUGBwgJCgsMDQ4PEA', secret: 'EA8ODQwLCgkIBwYFBAMCAQ', unknown: 'AgICAgICAgICAgICAgICAg' };
const VERSIONS = Array.from({ length: 11 }, (_, i) => 3 + i);
const { unknown: UNKNOWN, ...ids } = IDS;

const CLIENTS: readonly ClientSource[] = [
  {
    allow: [
      { topic: '*', operations: ['write'] },
      { transactionalId: '*', operations: ['write'] },
    ],
  },
  {
    allow: [
      { topic: 'orders', operations: ['write'] },
      { transactionalId: 'tx-1', operations: ['write'] },
    ],
  },
  { mode: 'shadow', allow: [{ topic: 'orders', operations: ['write'] }] },
];

const sound = fc
  .record({ size: fc.integer({ min: 61, max: 200 }), records: fc.integer({ min: 1, max: 1000 }), flag: fc.nat(9) })
  .map(({ size, records, flag }) => batch(size, { records, attributes: flag === 0 ? TRANSACTIONAL : 0 }));
const unsound = fc.constantFrom(
  null,
  Buffer.alloc(0),
  batch().subarray(0, 60),
  Buffer.concat([batch(), batch()]),
  batch(61, { magic: 1 }),
  batch(61, { records: 0 }),
);
const records = fc.oneof({ arbitrary: sound, weight: 9 }, { arbitrary: unsound, weight: 1 });

const asked = fc.record({
  transactionalId: fc.constantFrom(null, 'tx-1', 'tx-2', 'tx-ä'),
  acks: fc.constantFrom(-1, 0, 1),
  topics: fc.array(
    fc.record({
      topic: fc.constantFrom<keyof typeof IDS>('orders', 'orders', 'orders', 'secret', 'unknown'),
      partitions: fc.array(records, { maxLength: 3 }),
    }),
    { maxLength: 3 },
  ),
});
/** A request of one partition: the only kind that is streamed. */
const askedOnce = asked.chain((request) =>
  fc.record({ records, topic: fc.constantFrom<keyof typeof IDS>('orders', 'secret') }).map((one) => ({
    ...request,
    topics: [{ topic: one.topic, partitions: [one.records] }],
  })),
);
type Asked = typeof asked extends fc.Arbitrary<infer T> ? T : never;

function bodyOf(version: number, { topics, transactionalId, acks }: Asked): Buffer {
  return encode(requestCodec(produce, version), {
    transactionalId,
    acks,
    timeoutMs: 1000,
    topicData: topics.map(({ topic, partitions }) => ({
      ...(version >= 13 ? { topicId: IDS[topic] } : { name: topic }),
      partitionData: partitions.map((bytes, index) => ({ index, records: bytes })),
    })),
  });
}

/** What the scan of a whole request lets through; null: it hands over. */
function scanned(version: number, body: Buffer, { access, topology }: ClientContext) {
  const scan = new ProduceScan();
  try {
    scan.begin(body, 0, 0, body.length).whole(access, topology, version);
  } catch (error) {
    assert.ok(error instanceof KafkaError, String(error));
    return null;
  }
  return scan.permit > 0 ? { records: scan.records, acks: scan.acks } : null;
}

/** What the full reading lets through as it is, without recording anything; null: something else comes of it. */
function decided(version: number, body: Buffer, client: ClientSource) {
  const context = clientOf(client);
  let value: ReturnType<typeof read>;
  try {
    value = read(version, body);
  } catch (error) {
    assert.ok(error instanceof KafkaError, String(error));
    return null;
  }
  const outcome = produceHandler.request(context, { version, clientId: null }, value);
  if (outcome.kind !== 'pass' || context.refusals.length + context.shadows.length > 0) return null;
  assert.ok(outcome.permit > 0);
  assert.equal(outcome.rewrite, version >= 10 ? rewriteEndpoints : undefined);
  const partitions = value.topicData.reduce((sum, { partitionData }) => sum + partitionData.length, 0);
  return { partitions, found: { records: outcome.records, acks: value.acks } };
}

function read(version: number, body: Buffer) {
  return requestCodec(produce, version).read(body, 0, body.length);
}

function clientOf(client: ClientSource): ClientContext {
  return new ClientContext({ ...client, ids, unknown: [UNKNOWN] });
}

/** Cuts a request short, or makes it longer, or changes bytes of it. */
const mutation = fc.oneof(
  fc.record({ cut: fc.nat(), hits: fc.constant([]) }),
  fc.record({
    cut: fc.constant(-1),
    hits: fc.array(fc.tuple(fc.nat(), fc.oneof(fc.nat(255), fc.constantFrom(0, 1, 0x7f, 0x80, 0xff))), {
      minLength: 1,
      maxLength: 2,
    }),
  }),
);
type Mutation = typeof mutation extends fc.Arbitrary<infer T> ? T : never;

function mutated(body: Buffer, { cut, hits }: Mutation): Buffer {
  // Zeros behind the end are what a tag section or an empty array begins with.
  if (cut >= 0) return Buffer.concat([body, Buffer.alloc(3)]).subarray(0, cut % (body.length + 4));
  const changed = Buffer.from(body);
  // The grammar is in the first bytes; records would take most of the hits.
  for (const [where, byte] of hits) changed[where % Math.min(changed.length, where % 2 === 0 ? 40 : 1 << 20)] = byte;
  return changed;
}

for (const version of VERSIONS) {
  test(`property: version ${version}: a well-formed request passes the scan exactly when it passes in full`, () => {
    let passed = 0;
    fc.assert(
      fc.property(asked, fc.constantFrom(...CLIENTS), (request, client) => {
        const body = bodyOf(version, request);
        const full = decided(version, body, client);
        // One that writes nothing has nothing to be permitted.
        const expected = full === null || full.partitions === 0 ? null : full.found;
        assert.deepEqual(scanned(version, body, clientOf(client)), expected);
        if (expected !== null) passed++;
      }),
      { numRuns: 400 },
    );
    assert.ok(passed > 20, `${passed}`);
  });

  test(`property: version ${version}: whatever happens to a request, what passes the scan passes in full`, () => {
    let passed = 0;
    fc.assert(
      fc.property(asked, mutation, fc.constantFrom(...CLIENTS), (request, change, client) => {
        const body = mutated(bodyOf(version, request), change);
        const found = scanned(version, body, clientOf(client));
        if (found === null) return;
        passed++;
        assert.deepEqual(decided(version, body, client)?.found, found);
      }),
      { numRuns: 1500 },
    );
    assert.ok(passed > 10, `${passed}`);
  });

  test(`property: version ${version}: what goes on while it arrives passes in full, or its end is not let go`, () => {
    let streamed = 0;
    const property = fc.property(
      askedOnce,
      fc.option(mutation, { nil: undefined }),
      fc.nat(),
      fc.constantFrom(...CLIENTS),
      (request, change, cut, client) => {
        const original = bodyOf(version, request);
        const body = change === undefined ? original : mutated(original, change);
        const { access, topology } = clientOf(client);
        const scan = new ProduceScan();
        const arrived = cut % (body.length + 1);
        try {
          if (!scan.begin(body, 0, 0, arrived, body.length).head(access, topology, version)) return;
          scan.tail(version, body, scan.recordsEnd, body.length);
        } catch (error) {
          assert.ok(error === NEEDS_MORE || error instanceof KafkaError, String(error));
          return;
        }
        streamed++;
        assert.ok(scan.recordsEnd <= body.length);
        const found = { records: scan.records, acks: scan.acks };
        assert.deepEqual(decided(version, body, client)?.found, found);
      },
    );
    fc.assert(property, { numRuns: 1500 });
    assert.ok(streamed > 10, `${streamed}`);
  });
}
