/** Records of many MiB arrive as they were sent, each way and by different clients; what is larger than allowed is closed. */
import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { after, before, test } from 'node:test';
import { Consumer as PlatformaticConsumer, Producer as PlatformaticProducer } from '@platformatic/kafka';
import { API, APIS } from '../../adapters/kafka/apis/index.ts';
import { frameRequest } from '../../adapters/kafka/codec/message.ts';
import type { Api } from '../../adapters/kafka/codec/schema.ts';
import { type Kafka, startKafka } from '../support/kafka.ts';
import { firstBatch } from '../support/kafka-batch.ts';
import { createTopics, kafkajsClient, produceDirect, readAll } from '../support/kafka-clients.ts';
import { requireKafka } from '../support/kafka-dist.ts';
import { erp, type KafkaGate, startKafkaGate } from '../support/kafka-gate.ts';
import { kafkaWire } from '../support/kafka-wire.ts';
import type { Credentials } from '../support/pki.ts';
import { waitFor } from '../support/wait.ts';

const skip = requireKafka();
const MIB = 1024 * 1024;
const CLIENTS = ['kafkajs', 'platformatic'] as const;
type Client = (typeof CLIENTS)[number];
/** What each client writes: 25 MiB. */
const SIZES = [1, 10, 1, 1, 10, 1, 1].map((mib) => mib * MIB);
/** By both clients. */
const TOTAL = CLIENTS.length * SIZES.reduce((sum, size) => sum + size, 0);
/** Milliseconds for some 50 MiB, whatever else the machine does. */
const SLOW = 60_000;

let kafka: Kafka;
let gate: KafkaGate;
let tls: Credentials;

before(async () => {
  if (skip) return;
  kafka = await startKafka({ properties: [`message.max.bytes=${16 * MIB}`] });
  await createTopics(kafka.port, ['orders.large'], 2);
  await createTopics(kafka.port, ['orders.limit', 'seed']);
  gate = await startKafkaGate({ bootstrap: [kafka.port] });
  tls = await erp('erp-1');
});

after(async () => {
  await gate?.[Symbol.asyncDispose]();
  await kafka?.[Symbol.asyncDispose]();
});

function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}

interface Sent {
  readonly key: string;
  readonly value: Buffer;
  readonly partition: number;
}

/** Their keys are the hashes of their values; two partitions in turn. */
function records(): Sent[] {
  return SIZES.map((size, i) => {
    const value = randomBytes(size);
    return { key: sha256(value), value, partition: i % 2 };
  });
}

const platformaticOptions = () => ({
  clientId: 'platformatic',
  bootstrapBrokers: [`localhost:${gate.gate.port('kafka')}`],
  tls: { ca: tls.ca, cert: tls.cert, key: tls.key },
});

/** One request for each of `requests`: with several records it writes to both partitions. */
const SEND: Readonly<Record<Client, (topic: string, requests: readonly Sent[][]) => Promise<void>>> = {
  async kafkajs(topic, requests) {
    const producer = kafkajsClient(gate.gate.port('kafka'), tls).producer();
    await producer.connect();
    for (const messages of requests) await producer.send({ topic, messages, acks: -1 });
    await producer.disconnect();
  },
  async platformatic(topic, requests) {
    const producer = new PlatformaticProducer(platformaticOptions());
    for (const messages of requests) {
      await producer.send({
        acks: -1,
        messages: messages.map(({ key, value, partition }) => ({ topic, key: Buffer.from(key), value, partition })),
      });
    }
    await producer.close();
  },
};

/** Reads until so many records came; answers with key and hash of each. */
const READ: Readonly<Record<Client, (topic: string, count: number) => Promise<[key: string, hash: string][]>>> = {
  async kafkajs(topic, count) {
    const consumer = kafkajsClient(gate.gate.port('kafka'), tls).consumer({ groupId: 'erp-kafkajs' });
    const read: [string, string][] = [];
    await consumer.connect();
    try {
      await consumer.subscribe({ topic, fromBeginning: true });
      await consumer.run({
        eachMessage: async ({ message }) => void read.push([`${message.key}`, sha256(message.value as Buffer)]),
      });
      await waitFor('all records', () => read.length >= count, SLOW);
    } finally {
      await consumer.disconnect();
    }
    return read;
  },
  async platformatic(topic, count) {
    const consumer = new PlatformaticConsumer({ ...platformaticOptions(), groupId: 'erp-platformatic' });
    const read: [string, string][] = [];
    try {
      const stream = await consumer.consume({ topics: [topic], mode: 'earliest' });
      for await (const { key, value } of stream) {
        read.push([`${key}`, sha256(value)]);
        if (read.length >= count) break;
      }
    } finally {
      await consumer.close(true);
    }
    return read;
  },
};

test(`kafkajs and @platformatic/kafka write ${TOTAL / MIB} MiB and each read all of it, equal in every byte`, {
  skip,
}, async () => {
  const expected: [string, string][] = [];
  for (const client of CLIENTS) {
    const sent = records();
    const [first, second, ...rest] = sent;
    // One record in a request passes while it arrives; two partitions in one are kept until they are whole.
    await SEND[client]('orders.large', [[first as Sent], [second as Sent], rest]);
    expected.push(...sent.map(({ key }): [string, string] => [key, key]));
  }
  assert.ok(gate.gate.metric('headgate_client_bytes_total') > TOTAL);
  for (const client of CLIENTS) {
    const before = gate.gate.metric('headgate_broker_bytes_total');
    const read = await READ[client]('orders.large', expected.length);
    assert.deepEqual(read.sort(), [...expected].sort(), client);
    assert.ok(gate.gate.metric('headgate_broker_bytes_total') - before > TOTAL);
  }
  assert.deepEqual(gate.gate.gate.hub.query(), []);
});

test('a Produce as large as maxFrameSize passes, one byte more is closed with a named cause', { skip }, async () => {
  await produceDirect(kafka.port, 'seed', [{ value: 'x'.repeat(MIB / 2) }]);
  const batch = await firstBatch(kafka.port, 'seed');
  const topicData = [{ name: 'orders.limit', partitionData: [{ index: 0, records: batch }] }];
  const request = (clientId: string) =>
    frameRequest(APIS.get(API.produce) as Api, 9, 1, clientId, { acks: 1, timeoutMs: 10_000, topicData });
  const largest = request('x'.repeat(100)).length - 4;
  await using limited = await startKafkaGate({
    bootstrap: [kafka.port],
    listener: { kafka: { maxFrameSize: `${largest}B`, maxRequestSize: '64KiB', memory: '1MiB' } },
  });
  await using wire = await kafkaWire(limited.gate.port('kafka'), tls);
  wire.raw(request('x'.repeat(100)));
  assert.ok((await wire.answer()) !== 'closed');
  wire.raw(request('x'.repeat(101)));
  assert.equal(await wire.answer(), 'closed');
  const { cause, reason, principal } = await limited.gate.rejection('packet-too-large');
  assert.deepEqual([cause, principal], ['packet-too-large', 'erp-1']);
  assert.match(reason, new RegExp(`${largest + 1} bytes, ${largest} are allowed`));
  assert.equal((await readAll(kafka.port, 'orders.limit')).length, 1);
});
