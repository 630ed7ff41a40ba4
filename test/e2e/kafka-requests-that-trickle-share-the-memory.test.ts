/** Large requests that trickle in take no more than `kafka.memory`, and keep nobody else out. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { API, APIS } from '../../adapters/kafka/apis/index.ts';
import { readResponseHeader } from '../../adapters/kafka/codec/header.ts';
import { frameRequest, responseCodec } from '../../adapters/kafka/codec/message.ts';
import type { Api } from '../../adapters/kafka/codec/schema.ts';
import type { ProduceResponse } from '../../adapters/kafka/codec/schemas/produce.ts';
import { freePort } from '../support/free-port.ts';
import { type Kafka, startKafka } from '../support/kafka.ts';
import { firstBatch } from '../support/kafka-batch.ts';
import { createTopics, kafkajsClient, produceDirect } from '../support/kafka-clients.ts';
import { requireKafka } from '../support/kafka-dist.ts';
import { erp, startKafkaGateProcess } from '../support/kafka-gate.ts';
import type { Credentials } from '../support/pki.ts';
import { connectRaw, type RawClient } from '../support/raw-client.ts';
import { assertGain, residentMemory } from '../support/resident-memory.ts';
import { stands } from '../support/stands.ts';
import { tempDir } from '../support/temp-dir.ts';
import { waitFor } from '../support/wait.ts';

const skip = requireKafka();
const MIB = 1024 * 1024;
const LISTENER = { kafka: { memory: '8MiB', maxFrameSize: '4MiB', maxRequestSize: '1MiB' } };
/** Bytes of memory that the gate may gain while all trickle; what they have sent is 100 MiB. */
const GROWTH = 40 * MIB;
/** Milliseconds for some 100 MiB, whatever else the machine does. */
const SLOW = 40_000;
const PRODUCE = APIS.get(API.produce) as Api<object, ProduceResponse>;
const VERSION = 9;
const CONNECTIONS = 100;
const PRINCIPALS = 5;

let kafka: Kafka;

before(async () => {
  if (skip) return;
  kafka = await startKafka({ properties: [`message.max.bytes=${16 * MIB}`] });
});

after(async () => {
  await kafka?.[Symbol.asyncDispose]();
});

/** A Produce of 1 MiB: to one partition it passes while it arrives, to two it is kept until it is whole. */
function produce(topic: string, batches: readonly Buffer[]): Buffer {
  const partitionData = batches.map((records, index) => ({ index, records }));
  const body = { acks: -1, timeoutMs: 30_000, topicData: [{ name: topic, partitionData }] };
  return frameRequest(PRODUCE, VERSION, 1, 'trickle', body);
}

/** All of a frame but its last byte, its head and its tail byte by byte; `left` is told of each write that has left. */
async function trickle(client: RawClient, frame: Buffer, left: () => void): Promise<void> {
  const [head, tail] = [200, frame.length - 50];
  const write = async (from: number, to: number) => {
    await client.write(frame.subarray(from, to));
    left();
  };
  for (let at = 0; at < head; at++) await write(at, at + 1);
  await write(head, tail);
  for (let at = tail; at < frame.length - 1; at++) await write(at, at + 1);
}

test(`${CONNECTIONS} connections that send 1 MiB byte by byte share kafka.memory, others are served, and all finish`, {
  skip,
}, async () => {
  const topic = 'orders.trickle';
  await createTopics(kafka.port, [topic], 2);
  await createTopics(kafka.port, ['orders.free', 'seed', 'half-seed']);
  await produceDirect(kafka.port, 'seed', [{ value: 'x'.repeat(MIB) }]);
  await produceDirect(kafka.port, 'half-seed', [{ value: 'x'.repeat(MIB / 2) }]);
  const [one, half] = [await firstBatch(kafka.port, 'seed'), await firstBatch(kafka.port, 'half-seed')];
  const [streamed, whole] = [produce(topic, [one]), produce(topic, [half, half])];
  await using dir = tempDir();
  const port = await freePort();
  await using gate = await startKafkaGateProcess(dir, port, { bootstrap: [kafka.port], listener: LISTENER });
  await using stack = new AsyncDisposableStack();
  const clients: RawClient[] = [];
  const names = await Promise.all(Array.from({ length: PRINCIPALS }, (_, n) => erp(`erp-${n}`)));
  for (let n = 0; n < CONNECTIONS; n++) {
    const client = stack.use(await connectRaw({ port, tls: names[n % PRINCIPALS] as Credentials }));
    await client.write(frameRequest(APIS.get(API.apiVersions) as Api, 0, 1, 'trickle', {}));
    clients.push(client);
  }
  await Promise.all(clients.map((client) => waitFor('the first answer', () => frames(client.received).length === 1)));
  const memory = residentMemory(gate.pid);

  const frameFor = (n: number) => (n % 4 === 0 ? streamed : whole);
  let writes = 0;
  const finish = Promise.withResolvers<void>();
  const sent = Promise.all(
    clients.map(async (client, n) => {
      await trickle(client, frameFor(n), () => writes++);
      await finish.promise;
      await client.write(frameFor(n).subarray(-1));
    }),
  );
  await stands('the gate to take no more', () => writes, SLOW);
  assertGain(GROWTH, memory, residentMemory(gate.pid));

  // Meanwhile others are served, with small requests and with one as large.
  const tls = await erp('erp-free');
  const producer = kafkajsClient(port, tls, { requestTimeout: 15_000, retry: { retries: 0 } }).producer();
  await producer.connect();
  try {
    await producer.send({ topic: 'orders.free', acks: -1, messages: [{ value: 'small' }] });
    await producer.send({ topic: 'orders.free', acks: -1, messages: [{ value: 'x'.repeat(MIB - 1000) }] });
  } finally {
    await producer.disconnect();
  }
  assertGain(GROWTH, memory, residentMemory(gate.pid));

  finish.resolve();
  await sent;
  const answers = await Promise.all(
    clients.map((client) => waitFor('the answer', () => frames(client.received)[1] ?? false, SLOW)),
  );
  assert.deepEqual([...new Set(answers.flatMap(codes))], [0]);
});

/** Whole frames without their lengths. */
function frames(bytes: Buffer): Buffer[] {
  const end = bytes.length < 4 ? Number.POSITIVE_INFINITY : 4 + bytes.readInt32BE(0);
  return end > bytes.length ? [] : [bytes.subarray(4, end), ...frames(bytes.subarray(end))];
}

function codes(answer: Buffer): number[] {
  const start = readResponseHeader(PRODUCE, VERSION, answer, 0, answer.length);
  const { responses } = responseCodec(PRODUCE, VERSION).read(answer, start, answer.length);
  return responses.flatMap(({ partitionResponses }) => partitionResponses.map(({ errorCode }) => errorCode));
}
