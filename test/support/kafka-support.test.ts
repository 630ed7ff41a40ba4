/** Proves the tools of the tests themselves: Apache Kafka and its clients without headgate in between. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import kafkajs, { type Kafka as KafkaJs } from 'kafkajs';
import { type Kafka, startKafka } from './kafka.ts';
import {
  createTopics,
  javaProperties,
  kafkajsClient,
  kafkajsDirect,
  kafkaTool,
  kcat,
  produceDirect,
  readAll,
  readRecords,
} from './kafka-clients.ts';
import { kafkaLibs, requireKafka } from './kafka-dist.ts';
import { kafkaWire } from './kafka-wire.ts';
import { type Credentials, type TestPki, testPki, writeCredentials } from './pki.ts';
import { accepts } from './port-open.ts';
import { without } from './require-tool.ts';
import { type TempDir, tempDir } from './temp-dir.ts';
import { waitFor } from './wait.ts';

const skip = requireKafka() || (without('kcat') && without('kafkacat'));

// kafkajs is CommonJS: not all of its names can be imported.
const { AclOperationTypes, AclPermissionTypes, AclResourceTypes, ResourcePatternTypes } = kafkajs;

let libs: string;
let dir: TempDir;
let pki: TestPki;
/** With the authorizer: `alice` may write and read topic `open` and use group `g`. */
let kafka: Kafka;

before(async () => {
  if (skip) return;
  libs = (await kafkaLibs()) as string;
  dir = tempDir();
  pki = await testPki();
  const server = await pki.issue({ subject: 'O=Acme,CN=broker', dns: ['localhost'], ip: ['127.0.0.1'], eku: 'both' });
  kafka = await startKafka({ authorizer: { server, superUsers: ['broker', 'admin', 'ANONYMOUS'] } });
  await createTopics(kafka.port, ['open', 'zipped', 'java', 'secret', 'direct']);
  await allow(kafkajsDirect(kafka.port), 'TOPIC', ['open', 'zipped', 'java']);
  await allow(kafkajsDirect(kafka.port), 'GROUP', ['g', 'newer']);
});

after(async () => {
  await kafka?.[Symbol.asyncDispose]();
  await dir?.[Symbol.asyncDispose]();
});

test('kafkajs writes and reads with a group, and is refused what it may not', { skip }, async () => {
  const client = kafkajsClient(kafka.tlsPort, await alice());
  const producer = client.producer();
  const consumer = client.consumer({ groupId: 'g' });
  await Promise.all([producer.connect(), consumer.connect()]);
  try {
    await producer.send({ topic: 'open', messages: [{ key: 'k', value: 'v', headers: { h: '1' } }] });
    await assert.rejects(producer.send({ topic: 'secret', messages: [{ value: 'no' }] }), /Topic authorization failed/);
    await consumer.subscribe({ topic: 'open', fromBeginning: true });
    const values: string[] = [];
    await consumer.run({ eachMessage: async ({ message }) => void values.push(`${message.value}`) });
    assert.deepEqual(await waitFor('the record', () => values.length > 0 && values), ['v']);
  } finally {
    await Promise.all([producer.disconnect(), consumer.disconnect()]);
  }
  assert.deepEqual(await readRecords(kafka.port, 'open'), [{ key: 'k', value: 'v', headers: [['h', '1']] }]);
  assert.deepEqual(await readAll(kafka.port, 'secret'), []);
  assert.match(kafka.log, /User:alice is Denied operation/);
});

test('kcat writes every compression, and says in its own words what is refused', { skip }, async () => {
  const files = writeCredentials(dir, 'alice', await alice());
  const kinds = ['none', 'gzip', 'snappy', 'lz4', 'zstd'];
  for (const kind of kinds) {
    const written = await kcat(
      kafka.tlsPort,
      files,
      ['-P', '-t', 'zipped', '-z', kind, '-K', '='],
      `${kind}=${kind}\n`,
    );
    assert.equal(written.code, 0, written.stderr);
  }
  assert.deepEqual(await readAll(kafka.port, 'zipped'), kinds.map((kind) => `0:${kind}=${kind}`).sort());
  const read = await kcat(kafka.tlsPort, files, ['-C', '-q', '-e', '-o', 'beginning', '-t', 'zipped', '-p', '0']);
  assert.deepEqual(read.stdout.split('\n').filter(Boolean), kinds);
  assert.match((await kcat(kafka.tlsPort, files, ['-L'])).stdout, /topic "zipped"/);
  const refused = await kcat(kafka.tlsPort, files, ['-P', '-t', 'secret'], 'no\n');
  assert.notEqual(refused.code, 0);
  assert.match(refused.stderr, /Topic authorization failed/);
});

test('Java’s console tools write and read, by both group protocols, and name what is refused', { skip }, async () => {
  const config = await javaConfig();
  const tool = (name: Parameters<typeof kafkaTool>[1], args: readonly string[], input?: string) =>
    kafkaTool(libs, name, kafka.tlsPort, config, args, input);
  const idempotent = ['--command-property', 'enable.idempotence=true'];
  const load = ['--topic', 'java', '--num-records', '10', '--record-size', '5', '--throughput', '-1'];
  const [written, refused, measured] = await Promise.all([
    tool('ConsoleProducer', ['--topic', 'java', ...idempotent], 'one\ntwo\n'),
    tool('ConsoleProducer', ['--topic', 'secret'], 'no\n'),
    tool('ProducerPerformance', load),
  ]);
  assert.equal(written.code, 0, written.stderr);
  assert.match(refused.stderr, /TopicAuthorizationException/);
  assert.match(measured.stdout, /^10 records sent/);
  assert.equal((await readAll(kafka.port, 'java')).length, 12);
  const consume = (group: string, ...more: string[]) => {
    const args = ['--topic', 'java', '--group', group, '--from-beginning', '--max-messages', '12', ...more];
    return tool('consumer.ConsoleConsumer', [...args, '--timeout-ms', '20000']);
  };
  const [classic, newer, stranger] = await Promise.all([
    consume('g'),
    consume('newer', '--command-property', 'group.protocol=consumer'),
    consume('other'),
  ]);
  for (const { stdout, stderr } of [classic, newer]) {
    const values = stdout.split('\n').filter((line) => line === 'one' || line === 'two');
    assert.deepEqual(values, ['one', 'two'], stderr);
  }
  assert.match(stranger.stderr, /GroupAuthorizationException/);
});

test('frames as they are: an answer, and a connection that the broker closes', { skip }, async () => {
  /** ApiVersions v0: header only. */
  const apiVersions = Buffer.from('0012' + '0000' + '00000007' + 'ffff', 'hex');
  for (const tls of [undefined, await alice()]) {
    await using wire = await kafkaWire(tls === undefined ? kafka.port : kafka.tlsPort, tls);
    wire.send(apiVersions);
    const answer = await wire.answer();
    assert.ok(answer !== 'closed');
    assert.deepEqual([answer.readInt32BE(0), answer.readInt16BE(4)], [7, 0], 'correlation id and error code');
    wire.send(Buffer.from('7fff0000', 'hex'));
    assert.equal(await wire.answer(), 'closed', 'an API that nobody knows');
  }
});

test('what was written directly outlives a stop and a restart on the same ports', { skip }, async () => {
  await produceDirect(kafka.port, 'direct', [{ key: null, value: 'kept' }]);
  await kafka.stop();
  assert.equal(await accepts(kafka.port), false);
  await kafka.restart();
  assert.deepEqual(await readRecords(kafka.port, 'direct'), [{ key: null, value: 'kept', headers: [] }]);
});

test('a Kafka that cannot start says why', { skip }, async () => {
  const impossible = startKafka({ properties: ['authorizer.class.name=no.such.Authorizer'] });
  await assert.rejects(impossible, ({ message }: Error) => {
    assert.match(message, /^Kafka did not start/);
    assert.match(message, /no\.such\.Authorizer/);
    return true;
  });
});

let issued: Promise<Credentials> | undefined;

function alice(): Promise<Credentials> {
  issued ??= pki.issue({ subject: 'O=Acme,CN=alice' });
  return issued;
}

async function javaConfig(): Promise<string> {
  const { cert, key, ca } = await alice();
  const store = dir.write('alice.store.pem', `${key}${cert}`);
  return dir.write('alice.properties', javaProperties({ store, ca: dir.write('ca.pem', ca) }));
}

async function allow(client: KafkaJs, resource: 'TOPIC' | 'GROUP', names: readonly string[]): Promise<void> {
  const admin = client.admin();
  await admin.connect();
  try {
    const acl = names.map((resourceName) => ({
      resourceName,
      resourceType: AclResourceTypes[resource],
      resourcePatternType: ResourcePatternTypes.LITERAL,
      principal: 'User:alice',
      host: '*',
      operation: AclOperationTypes.ALL,
      permissionType: AclPermissionTypes.ALLOW,
    }));
    await admin.createAcls({ acl });
  } finally {
    await admin.disconnect();
  }
}
