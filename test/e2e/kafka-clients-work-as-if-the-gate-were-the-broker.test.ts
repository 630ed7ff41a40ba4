/** Real producers and consumers through mutual TLS to a real Apache Kafka: allowed, denied by their own errors, and nothing of it arrives. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Consumer as PlatformaticConsumer, Producer as PlatformaticProducer } from '@platformatic/kafka';
import type { Kafka as KafkaJs } from 'kafkajs';
import { type Kafka, startKafka } from '../support/kafka.ts';
import {
  createTopics,
  javaProperties,
  kafkajsClient,
  kafkaTool,
  kcat,
  type Ran,
  readAll,
} from '../support/kafka-clients.ts';
import { kafkaLibs, requireKafka } from '../support/kafka-dist.ts';
import { erp, type KafkaGate, startKafkaGate } from '../support/kafka-gate.ts';
import { type Credentials, writeCredentials } from '../support/pki.ts';
import { without } from '../support/require-tool.ts';
import { waitFor } from '../support/wait.ts';

const TOPICS = ['kcat', 'java', 'idempotent', 'kafkajs', 'platformatic'].map((name) => `orders.${name}`);
const skip = requireKafka() || (without('kcat') && without('kafkacat'));

let kafka: Kafka;
let gate: KafkaGate;
let tls: Credentials;
let files: Credentials;
let config: string;
let libs: string;

before(async () => {
  if (skip) return;
  libs = (await kafkaLibs()) as string;
  kafka = await startKafka();
  await createTopics(kafka.port, [...TOPICS, 'secret']);
  gate = await startKafkaGate({ bootstrap: [kafka.port] });
  tls = await erp('erp-1');
  const { dir } = gate.gate;
  files = writeCredentials(dir, 'erp', tls);
  const store = dir.write('erp.store.pem', `${tls.key}${tls.cert}`);
  config = dir.write('client.properties', javaProperties({ store, ca: files.ca }));
});

after(async () => {
  await gate?.[Symbol.asyncDispose]();
  await kafka?.[Symbol.asyncDispose]();
});

const port = () => gate.gate.port('kafka');

for (const compression of ['none', 'gzip', 'snappy', 'lz4', 'zstd']) {
  test(`kcat writes with compression ${compression}`, { skip }, async () => {
    const args = ['-P', '-t', 'orders.kcat', '-z', compression, '-K', '='];
    const ran = await kcat(port(), files, args, `${compression}=value of ${compression}\n`);
    assert.equal(ran.code, 0, ran.stderr);
    assert.ok((await readAll(kafka.port, 'orders.kcat')).includes(`0:${compression}=value of ${compression}`));
  });
}

test('kcat reads by partition and as a group, and lists only what it may see', { skip }, async () => {
  const expected = (await readAll(kafka.port, 'orders.kcat')).map((line) => line.split('=')[1]);
  const read = await kcat(port(), files, ['-C', '-q', '-e', '-o', 'beginning', '-t', 'orders.kcat', '-p', '0']);
  assert.deepEqual(lines(read).sort(), [...expected].sort());
  const group = ['-q', '-c', `${expected.length}`, '-X', 'auto.offset.reset=earliest', '-G', 'erp-kcat', 'orders.kcat'];
  assert.deepEqual(lines(await kcat(port(), files, group)).sort(), [...expected].sort());
  const listed = await kcat(port(), files, ['-L']);
  assert.match(listed.stdout, new RegExp(`broker 1 at localhost:${gate.nodePort}`));
  assert.ok(!listed.stdout.includes(`:${kafka.port}`), 'no address of a broker');
  assert.ok(!listed.stdout.includes('secret'));
  for (const topic of TOPICS) assert.ok(listed.stdout.includes(topic), topic);
});

test('kcat is refused a topic and a group in librdkafka’s own words', { skip }, async () => {
  const written = await kcat(port(), files, ['-P', '-t', 'secret'], 'no\n');
  assert.match(written.stderr, /Topic authorization failed/);
  const read = await kcat(port(), files, ['-C', '-q', '-e', '-t', 'secret', '-p', '0']);
  assert.match(read.stderr, /Topic authorization failed/);
  const group = await kcat(port(), files, ['-q', '-c', '1', '-G', 'other', 'orders.kcat']);
  assert.match(group.stderr, /Group authorization failed/);
});

test('Java’s console producer and consumer, classic and with the newer group protocol', { skip }, async () => {
  const parse = ['--reader-property', 'parse.key=true', '--reader-property', 'key.separator=:'];
  const input = 'k1:one\nk2:two\n';
  const written = await kafkaTool(libs, 'ConsoleProducer', port(), config, ['--topic', 'orders.java', ...parse], input);
  assert.equal(written.code, 0, written.stderr);
  assert.deepEqual(await readAll(kafka.port, 'orders.java'), ['0:k1=one', '0:k2=two']);
  const consume = (group: string, ...more: string[]): Promise<Ran> => {
    const args = ['--topic', 'orders.java', '--group', group, '--from-beginning', '--max-messages', '2', ...more];
    return kafkaTool(libs, 'consumer.ConsoleConsumer', port(), config, [...args, '--timeout-ms', '20000']);
  };
  const [classic, newer] = await Promise.all([
    consume('erp-classic'),
    consume('erp-newer', '--command-property', 'group.protocol=consumer'),
  ]);
  assert.deepEqual(lines(classic).slice(-2), ['one', 'two'], classic.stderr);
  assert.deepEqual(lines(newer).slice(-2), ['one', 'two'], newer.stderr);
});

test('Java’s idempotent producer', { skip }, async () => {
  const more = ['--command-property', 'enable.idempotence=true', '--command-property', 'acks=all'];
  const args = ['--topic', 'orders.idempotent', ...more];
  const ran = await kafkaTool(libs, 'ConsoleProducer', port(), config, args, 'a\nb\nc\n');
  assert.equal(ran.code, 0, ran.stderr);
  assert.deepEqual(await readAll(kafka.port, 'orders.idempotent'), ['0:=a', '0:=b', '0:=c']);
});

test('Java is refused a topic and a group, and sees only its own topics', { skip }, async () => {
  const listed = await kafkaTool(libs, 'TopicCommand', port(), config, ['--list']);
  assert.deepEqual(lines(listed).sort(), [...TOPICS].sort());
  await kafkaTool(libs, 'ConsoleProducer', port(), config, ['--topic', 'secret'], 'no\n');
  const group = ['--topic', 'orders.java', '--group', 'other', '--max-messages', '1', '--timeout-ms', '15000'];
  const read = await kafkaTool(libs, 'consumer.ConsoleConsumer', port(), config, group);
  assert.deepEqual(lines(read), []);
  const told = await waitFor('the rejection', () =>
    gate.gate.gate.hub.query({ cause: 'denied' }).find(({ resource }) => resource === 'group:other'),
  );
  assert.equal(told.sent, 'FindCoordinator error 30');
});

test('kafkajs: a producer, a group and an admin, allowed and refused', { skip }, async () => {
  const client = kafkajsClient(port(), tls);
  await using producer = await connected(client.producer({ idempotent: true, allowAutoTopicCreation: false }));
  await producer.client.send({ topic: 'orders.kafkajs', messages: [{ key: 'k', value: 'v' }] });
  await assert.rejects(producer.client.send({ topic: 'secret', messages: [{ value: 'no' }] }), /authoriz|authoris/i);
  assert.deepEqual(await consumed(client, 'erp-kafkajs', 'orders.kafkajs', 1), ['v']);
  await assert.rejects(
    consumed(client, 'other', 'orders.kafkajs', 1),
    /group coordinator|[Gg]roup authorization failed/,
  );
  await using admin = await connected(client.admin());
  assert.deepEqual((await admin.client.listTopics()).sort(), [...TOPICS].sort());
  await assert.rejects(
    admin.client.createTopics({ topics: [{ topic: 'mine' }] }),
    ({ errors }: { errors: readonly Error[] }) => /authorization failed/.test(errors[0]?.message ?? ''),
  );
  assert.equal(await admin.client.createTopics({ topics: [{ topic: 'orders.mine' }] }), true);
  await admin.client.deleteTopics({ topics: ['orders.mine'] });
});

test('@platformatic/kafka: topic ids and the newest versions', { skip }, async () => {
  const options = {
    clientId: 'platformatic',
    bootstrapBrokers: [`localhost:${port()}`],
    tls: { ca: tls.ca, cert: tls.cert, key: tls.key },
    retries: 1,
  };
  const producer = new PlatformaticProducer(options);
  const message = { key: Buffer.from('k'), value: Buffer.from('v') };
  await producer.send({ messages: [{ topic: 'orders.platformatic', ...message }] });
  await assert.rejects(producer.send({ messages: [{ topic: 'secret', ...message }] }));
  await producer.close();
  const consumer = new PlatformaticConsumer({ ...options, groupId: 'erp-platformatic' });
  const stream = await consumer.consume({ topics: ['orders.platformatic'], mode: 'earliest' });
  for await (const { value } of stream) {
    assert.equal(`${value}`, 'v');
    break;
  }
  await consumer.close(true);
});

test('nothing that was refused has reached the broker', { skip }, async () => {
  assert.deepEqual(await readAll(kafka.port, 'secret'), []);
  const causes = new Set(gate.gate.gate.hub.query({}).map(({ cause }) => cause));
  // A client that is done may drop a connection that it is still opening.
  causes.delete('aborted-by-client');
  assert.deepEqual([...causes], ['denied']);
});

function lines({ stdout }: Ran): string[] {
  return stdout.split('\n').filter((line) => line !== '' && !line.startsWith('The consumer rebalance protocol'));
}

interface Connectable {
  connect(): Promise<void>;
  disconnect(): Promise<void>;
}

async function connected<C extends Connectable>(client: C): Promise<{ client: C } & AsyncDisposable> {
  await client.connect();
  return { client, [Symbol.asyncDispose]: () => client.disconnect() };
}

/** The first values that a new group gets of a topic. */
async function consumed(client: KafkaJs, groupId: string, topic: string, n: number): Promise<string[]> {
  await using consumer = await connected(client.consumer({ groupId }));
  const values: string[] = [];
  let crash: Error | undefined;
  consumer.client.on('consumer.crash', ({ payload }) => {
    // A coordinator that is still loading is tried again.
    if (!payload.restart) crash = payload.error;
  });
  await consumer.client.subscribe({ topic, fromBeginning: true });
  await consumer.client.run({ eachMessage: async ({ message }) => void values.push(`${message.value}`) });
  return await waitFor(
    `${n} messages`,
    () => {
      if (crash !== undefined) throw crash;
      return values.length >= n && values;
    },
    20_000,
  );
}
