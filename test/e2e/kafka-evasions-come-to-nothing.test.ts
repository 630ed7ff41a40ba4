/** Whatever a client tries with the bytes and the words of Kafka: it is refused, and at the broker nothing has changed. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { API, APIS } from '../../adapters/kafka/apis/index.ts';
import { readResponseHeader } from '../../adapters/kafka/codec/header.ts';
import { responseCodec } from '../../adapters/kafka/codec/message.ts';
import type { Api } from '../../adapters/kafka/codec/schema.ts';
import type { FetchResponse } from '../../adapters/kafka/codec/schemas/fetch.ts';
import type { MetadataResponse } from '../../adapters/kafka/codec/schemas/metadata.ts';
import type { Cause } from '../../policies/causes.ts';
import { driveClock } from '../../proxy/shared/tables/index.ts';
import { FakeBroker, fakeCluster } from '../proxy/data-plane/cluster/support/fake-broker.ts';
import { ASKING } from '../scenarios/kafka/asking.ts';
import { BROKEN } from '../scenarios/kafka/broken-broker.ts';
import type { Answer, Evasion, World } from '../scenarios/kafka/evasion.ts';
import { ask } from '../scenarios/kafka/frames.ts';
import { PARSING } from '../scenarios/kafka/parsing.ts';
import { RECORDS } from '../scenarios/kafka/records.ts';
import { type Kafka, startKafka } from '../support/kafka.ts';
import { createTopics, produceDirect, readAll } from '../support/kafka-clients.ts';
import { requireKafka } from '../support/kafka-dist.ts';
import { erp, type KafkaGate, startKafkaGate } from '../support/kafka-gate.ts';
import { type KafkaWire, kafkaWire } from '../support/kafka-wire.ts';
import { type Credentials, testPki } from '../support/pki.ts';
import { without } from '../support/require-tool.ts';
import { waitFor } from '../support/wait.ts';

const skip = requireKafka() || (without('kcat') && without('kafkacat'));
const NOBODY = { name: 'nobody', when: { trust: 'devices', subject: { O: 'Acme', CN: 'nobody' } }, principal: '{CN}' };
const NO_RIGHTS = { kafka: { allow: [{ topic: 'nothing', operations: ['read'] }] } };

let kafka: Kafka;
let gate: KafkaGate;
let direct: KafkaWire;
let world: World;
let tls: Readonly<Record<'erp-1' | 'nobody', Credentials>>;
let topics: readonly string[];
/** Records of orders.a that the cases were to write. */
let written = 0;

before(async () => {
  if (skip) return;
  kafka = await startKafka({ properties: ['auto.create.topics.enable=true'] });
  await createTopics(kafka.port, ['orders.a', 'secret']);
  await produceDirect(kafka.port, 'secret', [{ value: 'seed' }]);
  gate = await startKafkaGate({
    bootstrap: [kafka.port],
    identities: [{ ...NOBODY, roles: ['nothing'] }],
    roles: { nothing: NO_RIGHTS },
  });
  tls = { 'erp-1': await erp('erp-1'), nobody: await (await testPki()).issue({ subject: 'O=Acme,CN=nobody' }) };
  direct = await kafkaWire(kafka.port);
  const all = await listed();
  topics = all.map(({ name }) => String(name)).sort();
  const ids = Object.fromEntries(all.map(({ name, topicId }) => [String(name), String(topicId)]));
  world = { ids, batch: await recorded() };
});

after(async () => {
  await direct?.[Symbol.asyncDispose]();
  await gate?.[Symbol.asyncDispose]();
  await kafka?.[Symbol.asyncDispose]();
});

for (const one of [...PARSING, ...RECORDS, ...ASKING]) {
  test(`${one.row}: ${one.name}`, { skip }, () => run(one));
}

for (const { name, says } of BROKEN) {
  test(`57: ${name} from a broken broker ends both connections`, { skip }, async () => {
    const rig = await startBroken(says);
    await using _broker = rig.broker;
    await using broken = rig.gate;
    await using wire = await kafkaWire(broken.gate.port('kafka'), tls['erp-1']);
    wire.raw(ask(API.metadata, 12, { topics: [] }, 7));
    assert.equal(await wire.answer(5000), 'closed');
    await broken.gate.rejection('upstream-protocol');
  });
}

test('49: every client has a connection to the broker of its own', { skip }, async () => {
  const rig = await startBroken(undefined);
  await using broker = rig.broker;
  await using shared = rig.gate;
  const open = async () => {
    const wire = await kafkaWire(shared.gate.port('kafka'), tls['erp-1']);
    wire.raw(ask(API.metadata, 12, { topics: [] }, 7));
    await wire.answer();
    return wire;
  };
  await using _first = await open();
  const before = broker.connections;
  await using _second = await open();
  assert.equal(broker.connections, before + 1);
});

test('54: a policy that changes while a Fetch waits holds for its answer', { skip }, async () => {
  await using own = await startKafkaGate({ bootstrap: [kafka.port] });
  await createTopics(kafka.port, ['orders.late']);
  await using wire = await kafkaWire(own.gate.port('kafka'), tls['erp-1']);
  const partitions = [{ partition: 0, fetchOffset: 0n, partitionMaxBytes: 65_536 }];
  const waiting = { maxWaitMs: 30_000, minBytes: 1, topics: [{ topic: 'orders.late', partitions }] };
  wire.raw(ask(API.fetch, 12, waiting));
  await waitFor('the Fetch to be passed on', () => own.gate.metric('headgate_client_packets_total') > 0);
  own.configure({ erp: NO_RIGHTS });
  await own.gate.gate.reload();
  await produceDirect(kafka.port, 'orders.late', [{ value: 'late' }]);
  const frame = await wire.answer();
  assert.ok(frame !== 'closed');
  const body = { responses: [{ partitions: [{ errorCode: 29, records: Buffer.alloc(0) }] }] };
  matches(decode(frame, API.fetch, 12), body, 'answer');
  await own.gate.rejection('denied');
});

test('16: a request of which the rest never comes', { skip }, async () => {
  const clock = driveClock(gate.gate.gate.shared);
  await using wire = await kafkaWire(gate.gate.port('kafka'), tls['erp-1']);
  wire.send(ask(API.saslHandshake, 1, { mechanism: 'PLAIN' }).subarray(4));
  await wire.answer();
  const before = gate.gate.rejections('packet-timeout');
  wire.raw(ask(API.metadata, 12, { topics: [{ name: 'orders.a' }] }).subarray(0, 20));
  await waitFor('the half request to be cut', () => {
    clock.advance(1000);
    return wire.closed;
  });
  await recordedAs('packet-timeout', before);
});

test('afterwards the broker holds what it is to hold and nothing else', { skip }, async () => {
  assert.deepEqual(await readAll(kafka.port, 'secret'), ['0:=seed']);
  assert.deepEqual(await readAll(kafka.port, 'orders.a'), Array(written).fill('0:=seed'));
  const now = (await listed()).map(({ name }) => String(name)).sort();
  assert.deepEqual(
    now.filter((name) => name !== 'orders.late'),
    topics,
    'no topic has come into being',
  );
});

async function run({ who = 'erp-1', ...one }: Evasion): Promise<void> {
  const causes = [...(one.rejected ?? []), ...(one.closed === undefined ? [] : [one.closed])];
  const counted = causes.map((cause) => gate.gate.rejections(cause));
  await using wire = await kafkaWire(gate.gate.port('kafka'), tls[who]);
  wire.raw(Buffer.concat([...one.sends(world)]));
  const { answers = [] } = one;
  for (const answer of typeof answers === 'function' ? answers(world) : answers) await answered(wire, answer, one);
  if (one.closed === undefined) {
    // Whatever else came would stand before this answer.
    wire.send(ask(API.saslHandshake, 1, { mechanism: 'PLAIN' }, LAST).subarray(4));
    const last = await wire.answer();
    assert.ok(last !== 'closed' && last.readInt32BE(0) === LAST, 'the connection goes on');
  } else {
    assert.equal(await wire.answer(), 'closed');
  }
  for (const [n, cause] of causes.entries()) await recordedAs(cause, counted[n] as number);
  written += one.written ?? 0;
  assert.deepEqual([await end('orders.a'), await end('secret')], [BigInt(written), 1n], 'records at the broker');
}

const LAST = 0x1a57;

async function answered(wire: KafkaWire, { key, version, body }: Answer, { hides = [] }: Evasion): Promise<void> {
  const frame = await wire.answer();
  assert.ok(frame !== 'closed', 'there is an answer');
  for (const word of hides) assert.ok(!frame.includes(word), `an answer holds "${word}"`);
  matches(decode(frame, key, version), body, 'answer');
}

/** Every field of `expected` is in `actual`; lists have the same length. */
function matches(actual: unknown, expected: unknown, where: string): void {
  if (typeof expected !== 'object' || expected === null || expected instanceof Uint8Array) {
    assert.deepEqual(actual, expected, where);
    return;
  }
  assert.ok(typeof actual === 'object' && actual !== null, `${where} is missing`);
  if (Array.isArray(expected)) assert.equal((actual as unknown[]).length, expected.length, `${where}: how many`);
  for (const [key, value] of Object.entries(expected)) {
    matches((actual as Record<string, unknown>)[key], value, `${where}.${key}`);
  }
}

function decode<T extends object>(frame: Buffer, key: number, version: number): T {
  const api = APIS.get(key) as Api;
  const at = readResponseHeader(api, version, frame, 0, frame.length);
  return responseCodec(api as Api<object, T>, version).read(frame, at, frame.length);
}

/** A gate before a broker that answers the evader with `says`, and everybody else as it should. */
async function startBroken(says: Buffer | undefined): Promise<{ broker: FakeBroker; gate: KafkaGate }> {
  const broker = await FakeBroker.start(fakeCluster(), 1);
  broker.script = ({ clientId }) => (clientId === 'evader' ? says : undefined);
  return { broker, gate: await startKafkaGate({ bootstrap: [broker.port] }) };
}

async function recordedAs(cause: Cause, before: number): Promise<void> {
  await waitFor(`a rejection with cause ${cause}`, () => gate.gate.rejections(cause) > before);
}

/** Asks the broker itself. */
async function askDirect<T extends object>(key: number, version: number, body: object): Promise<T> {
  direct.send(ask(key, version, body).subarray(4));
  const frame = await direct.answer();
  assert.ok(frame !== 'closed');
  return decode<T>(frame, key, version);
}

async function listed(): Promise<MetadataResponse['topics']> {
  return (await askDirect<MetadataResponse>(API.metadata, 12, { topics: null })).topics;
}

/** The offset behind the last record of a topic. */
async function end(topic: string): Promise<bigint | undefined> {
  return (await fetchDirect(topic)).highWatermark;
}

/** The batch of the seed as the broker keeps it. */
async function recorded(): Promise<Buffer> {
  return Buffer.from((await fetchDirect('secret')).records as Uint8Array);
}

async function fetchDirect(topic: string): Promise<FetchResponse['responses'][number]['partitions'][number]> {
  const partitions = [{ partition: 0, fetchOffset: 0n, partitionMaxBytes: 65_536 }];
  const body = { maxWaitMs: 0, minBytes: 0, topics: [{ topic, partitions }] };
  const { responses } = await askDirect<FetchResponse>(API.fetch, 12, body);
  const partition = responses[0]?.partitions[0];
  assert.ok(partition !== undefined);
  return partition;
}
