/**
 * A gate needs no broker to start; clients are closed while there is none, and all works again when there is one:
 * at its old address, or at a new one that the operator tells. Nothing that was acknowledged is lost.
 */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Producer as PlatformaticProducer } from '@platformatic/kafka';
import type { Producer } from 'kafkajs';
import { API, APIS } from '../../adapters/kafka/apis/index.ts';
import { frameRequest } from '../../adapters/kafka/codec/message.ts';
import type { Api } from '../../adapters/kafka/codec/schema.ts';
import type { ProduceResponse } from '../../adapters/kafka/codec/schemas/produce.ts';
import { ask } from '../proxy/control-plane/admin/ask.ts';
import { freePort } from '../support/free-port.ts';
import { type Kafka, startKafka } from '../support/kafka.ts';
import { firstBatch } from '../support/kafka-batch.ts';
import { createTopics, kafkajsClient, produceDirect, readAll } from '../support/kafka-clients.ts';
import { requireKafka } from '../support/kafka-dist.ts';
import { exchange } from '../support/kafka-exchange.ts';
import { erp, startKafkaGate, startKafkaGateProcess } from '../support/kafka-gate.ts';
import { KafkaStream } from '../support/kafka-stream.ts';
import { kafkaWire } from '../support/kafka-wire.ts';
import type { Credentials } from '../support/pki.ts';
import { connectRaw } from '../support/raw-client.ts';
import { tempDir } from '../support/temp-dir.ts';
import { waitFor } from '../support/wait.ts';

const skip = requireKafka();
const TOPICS = ['orders.late', 'orders.killed', 'orders.moved', 'orders.empty', 'orders.seed', 'secret'];
/** Longer than a broker takes to be back, whatever else the machine does. */
const BACK = 40_000;
/** A broker that was killed is let in again when its session is over. */
const SHORT_SESSION = ['broker.session.timeout.ms=3000', 'broker.heartbeat.interval.ms=500'];
/** Clients that try again for as long as it takes. */
const PATIENCE = { retries: 200, initialRetryTime: 100, maxRetryTime: 500 };

let kafka: Kafka;
let tls: Credentials;

before(async () => {
  if (skip) return;
  kafka = await startKafka({ properties: SHORT_SESSION });
  await createTopics(kafka.port, TOPICS);
  await produceDirect(kafka.port, 'orders.seed', [{ value: 'half allowed' }]);
  tls = await erp('erp-1');
});

after(async () => {
  await kafka?.[Symbol.asyncDispose]();
});

/** Tries until a producer is connected. */
async function connect(producer: Producer): Promise<Producer & AsyncDisposable> {
  const connects = () =>
    producer.connect().then(
      () => true,
      () => false,
    );
  await waitFor('the gate to reach the broker', connects, BACK);
  return Object.assign(producer, { [Symbol.asyncDispose]: () => producer.disconnect() });
}

/** One request that is refused by half, sent again until the broker has taken the other half. */
async function produceRefused(port: number, allowed: string, batch: Buffer): Promise<void> {
  const topicData = [allowed, 'secret'].map((name) => ({ name, partitionData: [{ index: 0, records: batch }] }));
  const body = { acks: -1, timeoutMs: 10_000, topicData };
  const isTaken = async () => {
    await using wire = await kafkaWire(port, tls);
    const answer = await exchange<ProduceResponse>(wire, API.produce, 9, body).catch(() => undefined);
    if (answer === undefined) return false;
    const code = (topic: string) =>
      answer.body.responses.find(({ name }) => name === topic)?.partitionResponses[0]?.errorCode;
    assert.equal(code('secret'), 29);
    return code(allowed) === 0;
  };
  await waitFor('an answer', isTaken, BACK);
}

test('headgate run without Kafka is ready and says that it is down; clients get in when there is one', {
  skip,
}, async () => {
  await kafka.stop();
  await using dir = tempDir();
  const [port, probe] = [await freePort(), await freePort()];
  const more = { probe: { listen: `127.0.0.1:${probe}` } };
  await using _gate = await startKafkaGateProcess(dir, port, { bootstrap: [kafka.port], more });
  const facts = async () => (await ask({ port: probe, host: '127.0.0.1', path: '/readyz' })).json;
  const down = await waitFor('the broker to be told as down', async () => {
    const told = await facts();
    return told.upstreams[0].up === false && told;
  });
  assert.deepEqual([down.ready, down.missing], [true, []]);
  await using refused = await kafkaWire(port, tls);
  refused.raw(frameRequest(APIS.get(API.apiVersions) as Api, 0, 1, 'c', {}));
  assert.equal(await refused.answer(), 'closed');

  await kafka.restart();
  await using producer = await connect(kafkajsClient(port, tls).producer({ allowAutoTopicCreation: false }));
  await producer.send({ topic: 'orders.late', acks: -1, messages: [{ value: 'in' }] });
  assert.deepEqual(await readAll(kafka.port, 'orders.late'), ['0:=in']);
  await waitFor('the broker to be told as up', async () => (await facts()).upstreams[0].up === true);
  const metrics = (await ask({ port: probe, host: '127.0.0.1', path: '/metrics' })).text;
  assert.match(metrics, new RegExp(`^headgate_upstream_up\\{[^}]*:${kafka.port}"\\} 1$`, 'm'));
});

test('killed amid kafkajs and @platformatic/kafka: closed cleanly, they go on by themselves, nothing acknowledged is lost', {
  skip,
}, async () => {
  await using gate = await startKafkaGate({ bootstrap: [kafka.port] });
  const port = gate.gate.port('kafka');
  const topic = 'orders.killed';
  await using kafkajs = await connect(kafkajsClient(port, tls, { retry: PATIENCE }).producer());
  await using platformatic = closing(
    new PlatformaticProducer({
      clientId: 'platformatic',
      bootstrapBrokers: [`localhost:${port}`],
      tls: { ca: tls.ca, cert: tls.cert, key: tls.key },
      retries: 200,
      retryDelay: 250,
    }),
  );
  const batch = await firstBatch(kafka.port, 'orders.seed');
  const streams = [
    new KafkaStream('kafkajs', 4, (value) => kafkajs.send({ topic, acks: -1, messages: [{ value }] })),
    new KafkaStream('platformatic', 4, (value) =>
      platformatic.send({ acks: -1, messages: [{ topic, value: Buffer.from(value) }] }),
    ),
    new KafkaStream('refused', 1, () => produceRefused(port, topic, batch)),
  ];
  await using waiting = await connectRaw({ port, tls });
  const partitions = [{ partition: 0, fetchOffset: 0n, partitionMaxBytes: 1000 }];
  const fetch = { maxWaitMs: 60_000, minBytes: 1, topics: [{ topic: 'orders.empty', partitions }] };
  await waiting.write(frameRequest(APIS.get(API.fetch) as Api, 11, 1, 'waiting', fetch));
  await Promise.all(streams.map((stream) => stream.more(20)));
  assert.equal(gate.gate.metric('headgate_upstream_up'), 1);

  await kafka.kill();
  assert.deepEqual([await waiting.waitClosed(), waiting.ended, waiting.error], [Buffer.alloc(0), true, undefined]);
  assert.equal((await gate.gate.rejection('upstream-closed')).principal, 'erp-1');
  await waitFor('the broker to be told as down', () => gate.gate.metric('headgate_upstream_up') === 0);

  await kafka.restart();
  await Promise.all(streams.map((stream) => stream.more(20, BACK)));
  await Promise.all(streams.map((stream) => stream.stop()));
  await waitFor('the broker to be told as up', () => gate.gate.metric('headgate_upstream_up') === 1);
  const written = new Set(await readAll(kafka.port, topic));
  for (const { acknowledged } of streams.slice(0, 2)) {
    assert.deepEqual(
      acknowledged.filter((value) => !written.has(`0:=${value}`)),
      [],
    );
  }
  assert.deepEqual(await readAll(kafka.port, 'secret'), []);
});

test('back on another port: closed with a cause until the operator tells it by a reload, then clients go on', {
  skip,
}, async () => {
  await using gate = await startKafkaGate({ bootstrap: [kafka.port] });
  const client = kafkajsClient(gate.gate.port('kafka'), tls, { retry: PATIENCE });
  await using producer = await connect(client.producer());
  const topic = 'orders.moved';
  const stream = new KafkaStream('moved', 4, (value) => producer.send({ topic, acks: -1, messages: [{ value }] }));
  await stream.more(10);
  const old = kafka.port;
  await kafka.move();
  assert.notEqual(kafka.port, old);
  const up = () => gate.gate.metric('headgate_upstream_up');
  await waitFor('the broker to be told as down', () => up() === 0);
  await using refused = await kafkaWire(gate.gate.port('kafka'), tls);
  refused.raw(frameRequest(APIS.get(API.apiVersions) as Api, 0, 1, 'c', {}));
  assert.equal(await refused.answer(), 'closed');
  assert.equal((await gate.gate.rejection('upstream-down')).principal, 'erp-1');

  gate.configure({ bootstrap: [kafka.port] });
  assert.equal((await gate.gate.gate.reload()).ok, true);
  await stream.more(10, BACK);
  await stream.stop();
  const written = new Set(await readAll(kafka.port, topic));
  assert.deepEqual(
    stream.acknowledged.filter((value) => !written.has(`0:=${value}`)),
    [],
  );
  await waitFor('the broker to be told as up', () => up() === 1);
});

function closing<C extends { close(): Promise<void> }>(client: C): C & AsyncDisposable {
  return Object.assign(client, { [Symbol.asyncDispose]: () => client.close() });
}
