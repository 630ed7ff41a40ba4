/** A consumer that reads slowly stops its broker: the gate keeps next to nothing of what it does not take. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, before, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { API, APIS } from '../../adapters/kafka/apis/index.ts';
import { frameRequest } from '../../adapters/kafka/codec/message.ts';
import type { Api } from '../../adapters/kafka/codec/schema.ts';
import { ask } from '../proxy/control-plane/admin/ask.ts';
import { freePort } from '../support/free-port.ts';
import { type Kafka, startKafka } from '../support/kafka.ts';
import { createTopics, produceDirect } from '../support/kafka-clients.ts';
import { requireKafka } from '../support/kafka-dist.ts';
import { erp, startKafkaGateProcess } from '../support/kafka-gate.ts';
import { kafkaWire } from '../support/kafka-wire.ts';
import { connectRaw, type RawClient } from '../support/raw-client.ts';
import { assertGain, residentMemory } from '../support/resident-memory.ts';
import { stands } from '../support/stands.ts';
import { tempDir } from '../support/temp-dir.ts';
import { waitFor } from '../support/wait.ts';

const skip = requireKafka();
const MIB = 1024 * 1024;
/** Bytes of memory that the gate may gain; without back-pressure it would be some 200 MiB. */
const GROWTH = 40 * MIB;
/** Milliseconds for some 200 MiB, whatever else the machine does. */
const SLOW = 40_000;

let kafka: Kafka;

before(async () => {
  if (skip) return;
  kafka = await startKafka({ properties: [`message.max.bytes=${16 * MIB}`] });
});

after(async () => {
  await kafka?.[Symbol.asyncDispose]();
});

/** Bytes that brokers have sent the gate, as its probe tells. */
async function brokerBytes(probe: number): Promise<number> {
  const { text } = await ask({ port: probe, host: '127.0.0.1', path: '/metrics' });
  const lines = text.matchAll(/^headgate_broker_bytes_total\{[^}]*\} (\d+)$/gm);
  return [...lines].reduce((sum, [, value]) => sum + Number(value), 0);
}

/** What comes is counted and hashed, not kept; once `most` bytes are here nothing more is read. */
class Receiver {
  count = 0;
  most = Number.POSITIVE_INFINITY;
  readonly hash = createHash('sha256');
  readonly client: RawClient;

  constructor(client: RawClient) {
    this.client = client;
    client.socket.removeAllListeners('data');
    client.socket.on('data', (bytes: Buffer) => {
      this.count += bytes.length;
      this.hash.update(bytes);
      if (this.count >= this.most) client.socket.pause();
    });
  }

  /** Reads so many bytes more, and the rest of what came along. */
  async read(bytes: number): Promise<void> {
    const most = this.count + bytes;
    this.most = most;
    this.client.socket.resume();
    await waitFor(`${most} bytes`, () => this.count >= most, SLOW);
  }
}

test('a consumer that reads slowly stops the broker: the gate keeps next to nothing, and all arrives', {
  skip,
}, async () => {
  const topic = 'orders.slow';
  const answers = 6;
  await createTopics(kafka.port, [topic]);
  for (let n = 0; n < 4; n++) await produceDirect(kafka.port, topic, [{ value: `${n}`.repeat(10 * MIB) }]);
  const partitions = [{ partition: 0, fetchOffset: 0n, partitionMaxBytes: 50 * MIB }];
  const request = { maxWaitMs: 0, minBytes: 1, maxBytes: 50 * MIB, topics: [{ topic, partitions }] };
  const fetch = frameRequest(APIS.get(API.fetch) as Api, 11, 1, 'slow', request);
  await using direct = await kafkaWire(kafka.port);
  direct.raw(fetch);
  const frame = await direct.answer();
  assert.ok(frame !== 'closed' && frame.length > 40 * MIB);
  const size = 4 + frame.length;
  const whole = createHash('sha256');
  for (let n = 0; n < answers; n++) whole.update(frameOf(frame));

  await using dir = tempDir();
  const [port, probe] = [await freePort(), await freePort()];
  const more = { probe: { listen: `127.0.0.1:${probe}` }, workers: 1 };
  await using gate = await startKafkaGateProcess(dir, port, { bootstrap: [kafka.port], more });
  await using client = await connectRaw({ port, tls: await erp('erp-slow') });
  // A first answer: what is measured afterwards is not the warming up.
  const warm = new Receiver(client);
  await client.write(fetch);
  await waitFor('the first answer', () => warm.count === size, SLOW);
  const memory = residentMemory(gate.pid);
  const sent = await brokerBytes(probe);

  const slow = new Receiver(client);
  client.socket.pause();
  await client.write(Buffer.concat(Array.from({ length: answers }, () => fetch)));
  const taken = await stands('the broker to be stopped', async () => (await brokerBytes(probe)) - sent, SLOW);
  assert.ok(taken < (answers * size) / 2, `${taken} bytes left the broker`);
  assertGain(GROWTH, memory, residentMemory(gate.pid));
  while (slow.count < size) {
    await slow.read(MIB);
    await pause(10);
    assertGain(GROWTH, memory, residentMemory(gate.pid));
  }
  await slow.read(answers * size - slow.count);
  assert.equal(slow.count, answers * size);
  assert.equal(slow.hash.digest('hex'), whole.digest('hex'));
});

function frameOf(message: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeInt32BE(message.length);
  return Buffer.concat([length, message]);
}
