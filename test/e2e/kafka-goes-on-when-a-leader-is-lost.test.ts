/**
 * Three brokers behind one gate: when the leader of a partition dies, producers and consumers go on with the one that
 * follows, and whatever happens no byte that a client sees tells where a broker really is.
 */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { connect } from 'node:tls';
import type { ISocketFactoryArgs } from 'kafkajs';
import { API } from '../../adapters/kafka/apis/index.ts';
import type { ApiVersionsResponse } from '../../adapters/kafka/codec/schemas/api-versions.ts';
import type { FindCoordinatorResponse } from '../../adapters/kafka/codec/schemas/find-coordinator.ts';
import type { MetadataResponse } from '../../adapters/kafka/codec/schemas/metadata.ts';
import type { ProduceResponse } from '../../adapters/kafka/codec/schemas/produce.ts';
import { firstBatch } from '../support/kafka-batch.ts';
import { kafkajsClient, readAll } from '../support/kafka-clients.ts';
import { type KafkaCluster, startKafkaCluster } from '../support/kafka-cluster.ts';
import { requireKafka } from '../support/kafka-dist.ts';
import { exchange } from '../support/kafka-exchange.ts';
import { erp, type KafkaGate, startKafkaGate } from '../support/kafka-gate.ts';
import { KafkaStream } from '../support/kafka-stream.ts';
import { kafkaWire } from '../support/kafka-wire.ts';
import type { Credentials } from '../support/pki.ts';
import { waitFor } from '../support/wait.ts';

const skip = requireKafka();
const TOPIC = 'orders.three';
const NOT_LEADER = 6;
/** Until leadership has moved, whatever else the machine does. */
const MOVED = 40_000;
/** A broker that was killed is missed soon. */
const SHORT_SESSION = ['broker.session.timeout.ms=3000', 'broker.heartbeat.interval.ms=500'];
const PATIENCE = { retries: 200, initialRetryTime: 100, maxRetryTime: 500 };
/** kafkajs may come back as another member; the group waits for the one that it was for as long as this. */
const SHORT_MEMBERSHIP = { sessionTimeout: 6000, rebalanceTimeout: 6000, heartbeatInterval: 1000 };

let cluster: KafkaCluster;
let gate: KafkaGate;
let tls: Credentials;
/** All that clients were sent. */
const seen: Buffer[] = [];

before(async () => {
  if (skip) return;
  cluster = await startKafkaCluster({ properties: SHORT_SESSION });
  gate = await startKafkaGate({ bootstrap: cluster.ports, nodes: 3 });
  tls = await erp('erp-1');
});

after(async () => {
  await gate?.[Symbol.asyncDispose]();
  await cluster?.[Symbol.asyncDispose]();
});

/** As kafkajs connects by itself, but what it receives is kept. */
function socketFactory({ host, port, ssl, onConnect }: ISocketFactoryArgs) {
  const socket = connect({ host, port, servername: host, ...ssl }, onConnect);
  return socket.on('data', (bytes: Buffer) => seen.push(bytes));
}

/** What a broker's own answers hold of its address, as bytes. */
function traces(): Buffer[] {
  const ports = cluster.ports.map((port) => {
    const bytes = Buffer.alloc(4);
    bytes.writeInt32BE(port);
    return bytes;
  });
  return [...ports, Buffer.from('127.0.0.1')];
}

interface Endpoint {
  readonly node: number;
  readonly host: string;
  readonly port: number;
}

/** Every address in an answer, wherever it stands. */
function endpoints(value: unknown): Endpoint[] {
  if (typeof value !== 'object' || value === null) return [];
  const { host, port, nodeId, brokerId } = value as Record<string, unknown>;
  const node = Number(nodeId ?? brokerId);
  const own = typeof host === 'string' && node >= 0 ? [{ node, host, port: Number(port) }] : [];
  return [...own, ...Object.values(value).flatMap(endpoints)];
}

function assertAdvertised(body: object): number {
  const told = endpoints(body);
  for (const { node, host, port } of told) assert.equal(`${host}:${port}`, `localhost:${gate.nodePort + node - 1}`);
  return told.length;
}

/** Asks where brokers are in every version of every API that tells it; returns how many addresses were told. */
async function askForAddresses(port: number): Promise<number> {
  await using wire = await kafkaWire(port, tls);
  const { body } = await exchange<ApiVersionsResponse>(wire, API.apiVersions, 0, {});
  let told = 0;
  for (const [key, request] of ASKING) {
    const range = body.apiKeys.find(({ apiKey }) => apiKey === key);
    assert.ok(range !== undefined);
    for (let version = range.minVersion; version <= range.maxVersion; version++) {
      const answer = await exchange(wire, key, version, request);
      seen.push(answer.frame);
      told += assertAdvertised(answer.body);
    }
  }
  return told;
}

const ASKING: readonly (readonly [key: number, request: object])[] = [
  [API.metadata, { topics: [{ name: TOPIC }], allowAutoTopicCreation: false }],
  [API.findCoordinator, { key: 'erp-any', keyType: 0, coordinatorKeys: ['erp-any'] }],
  [API.describeCluster, { includeClusterAuthorizedOperations: false }],
];

/** Waits until a broker leads the partition, another one than `old`. */
function leader(port: number, old?: number): Promise<number> {
  const ask = async () => {
    await using wire = await kafkaWire(port, tls);
    const { body } = await exchange<MetadataResponse>(wire, API.metadata, 9, { topics: [{ name: TOPIC }] });
    return body.topics[0]?.partitions[0]?.leaderId ?? -1;
  };
  const isAnother = async () => {
    // The broker that the gate tries first may be the one that is gone.
    const now = await ask().catch(() => -1);
    return now > 0 && now !== old && now;
  };
  return waitFor('a leader', isAnother, MOVED);
}

/** A group that this node coordinates. */
async function groupOf(port: number, node: number): Promise<string> {
  await using wire = await kafkaWire(port, tls);
  let n = 0;
  const isThere = async () => {
    const key = `erp-${n++}`;
    const { body } = await exchange<FindCoordinatorResponse>(wire, API.findCoordinator, 3, { key, keyType: 0 });
    return body.nodeId === node && key;
  };
  return await waitFor(`a group on node ${node}`, isThere, MOVED);
}

test('the leader, also the coordinator, is killed amid a producer and a consumer: both go on, no address of a broker is told', {
  skip,
}, async () => {
  const port = gate.gate.port('kafka');
  const client = kafkajsClient(port, tls, { retry: PATIENCE, socketFactory });
  const admin = client.admin();
  await admin.connect();
  await admin.createTopics({ topics: [{ topic: TOPIC, numPartitions: 1, replicationFactor: 3 }] });
  await admin.disconnect();
  const producer = client.producer({ allowAutoTopicCreation: false });
  const first = await leader(port);
  const groupId = await groupOf(port, first);
  const consumer = client.consumer({ groupId, maxWaitTimeInMs: 500, ...SHORT_MEMBERSHIP });
  await Promise.all([producer.connect(), consumer.connect()]);
  const stream = new KafkaStream('n', 2, (value) => producer.send({ topic: TOPIC, acks: -1, messages: [{ value }] }));
  const consumed = new Set<string>();
  try {
    await consumer.subscribe({ topic: TOPIC, fromBeginning: true });
    await consumer.run({ eachMessage: async ({ message }) => void consumed.add(`${message.value}`) });
    await stream.more(20);
    await waitFor('the consumer', () => consumed.size >= 20, MOVED);
    await assertNotLeaderIsTold(first);
    await using inside = await kafkaWire(cluster.ports[first - 1] as number);
    const { frame } = await exchange(inside, API.metadata, 9, { topics: [] });
    for (const trace of traces()) assert.ok(frame.includes(trace), 'a trace is found where it is');
    assert.ok((await askForAddresses(port)) > 50);

    await cluster.nodes[first - 1]?.kill();
    const second = await leader(port, first);
    await stream.more(20, MOVED);
    await stream.stop();
    const goes = () => stream.acknowledged.every((value) => consumed.has(value));
    await waitFor('all that was acknowledged to be consumed', goes, MOVED);
    assert.ok((await askForAddresses(port)) > 35);
    assert.ok((await askForAddresses(gate.nodePort + second - 1)) > 35, 'a broker that is named by its port');
    const written = new Set(await readAll(cluster.ports[second - 1] as number, TOPIC));
    for (const value of stream.acknowledged) assert.ok(written.has(`0:=${value}`), value);
  } finally {
    await Promise.all([producer.disconnect(), consumer.disconnect()]);
  }
  const all = Buffer.concat(seen);
  for (const trace of traces()) assert.equal(all.indexOf(trace), -1, `${trace.toString('hex')} was told`);
});

/** A follower that is written to says who leads, and where (KIP-951). */
async function assertNotLeaderIsTold(first: number): Promise<void> {
  const follower = (first % 3) + 1;
  const batch = await firstBatch(cluster.ports[first - 1] as number, TOPIC);
  await using wire = await kafkaWire(gate.nodePort + follower - 1, tls);
  const topicData = [{ name: TOPIC, partitionData: [{ index: 0, records: batch }] }];
  const request = { acks: -1, timeoutMs: 10_000, topicData };
  const { frame, body } = await exchange<ProduceResponse>(wire, API.produce, 12, request);
  seen.push(frame);
  assert.equal(body.responses[0]?.partitionResponses[0]?.errorCode, NOT_LEADER);
  assert.equal(assertAdvertised(body), 1);
}
