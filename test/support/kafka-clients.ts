import { Kafka, type KafkaConfig, logLevel, type Message } from 'kafkajs';
import { runChild } from './child.ts';
import { javaArguments } from './kafka-dist.ts';
import type { Credentials } from './pki.ts';
import { findTool } from './require-tool.ts';

const DEADLINE = 40_000;

/** What a command-line client printed and how it ended. */
export interface Ran {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** kafkajs through mutual TLS (PEM texts), quiet, and without patience unless `more` says otherwise. */
export function kafkajsClient(port: number, tls: Credentials, more: Partial<KafkaConfig> = {}): Kafka {
  return new Kafka({
    clientId: 'kafkajs',
    brokers: [`localhost:${port}`],
    ssl: { ca: [tls.ca], cert: tls.cert, key: tls.key },
    logLevel: logLevel.NOTHING,
    retry: { retries: 2, initialRetryTime: 100 },
    ...more,
  });
}

/** kafkajs straight to a broker without TLS. */
export function kafkajsDirect(port: number): Kafka {
  return new Kafka({ clientId: 'direct', brokers: [`127.0.0.1:${port}`], logLevel: logLevel.NOTHING });
}

/** librdkafka's kcat; `files` are PEM files. */
export function kcat(port: number, files: Credentials, args: readonly string[], input?: string): Promise<Ran> {
  const tls = [
    'security.protocol=ssl',
    `ssl.ca.location=${files.ca}`,
    `ssl.certificate.location=${files.cert}`,
    `ssl.key.location=${files.key}`,
  ];
  const all = ['-b', `localhost:${port}`, ...tls.flatMap((option) => ['-X', option]), ...args];
  return runChild(kcatFile(), all, { deadline: DEADLINE, ...(input === undefined ? {} : { input }) });
}

function kcatFile(): string {
  return findTool('kcat') ?? findTool('kafkacat') ?? 'kcat';
}

/** One of Kafka's own command-line tools; its errors are in `stderr`. `config` is a properties file. */
export async function kafkaTool(
  libs: string,
  tool: 'ConsoleProducer' | 'consumer.ConsoleConsumer' | 'ProducerPerformance' | 'TopicCommand',
  port: number,
  config: string,
  args: readonly string[],
  input?: string,
): Promise<Ran> {
  const java = [...(await javaArguments(libs, 128)), `org.apache.kafka.tools.${tool}`];
  const all = [...java, '--bootstrap-server', `localhost:${port}`, '--command-config', config, ...args];
  return runChild('java', all, { deadline: DEADLINE, ...(input === undefined ? {} : { input }) });
}

/** The properties of a Java client; `files` are PEM files, of which `store` holds key and certificate. */
export function javaProperties(files: { readonly store: string; readonly ca: string }): string {
  return [
    'security.protocol=SSL',
    'ssl.keystore.type=PEM',
    `ssl.keystore.location=${files.store}`,
    'ssl.truststore.type=PEM',
    `ssl.truststore.location=${files.ca}`,
    'retries=1',
    'delivery.timeout.ms=10000',
    'request.timeout.ms=9000',
    '',
  ].join('\n');
}

/** Everything in a topic, asked of the broker directly: `partition:key=value`, sorted. */
export async function readAll(port: number, topic: string): Promise<string[]> {
  const args = ['-b', `127.0.0.1:${port}`, '-C', '-q', '-e', '-o', 'beginning', '-t', topic, '-f', '%p:%k=%s\\n'];
  const ran = await runChild(kcatFile(), args, { deadline: DEADLINE });
  if (ran.code !== 0) throw new Error(`kcat could not read ${topic}: ${ran.stderr}`);
  return ran.stdout
    .split('\n')
    .filter((line) => line !== '')
    .sort();
}

/** A record as text; `headers` in their order. */
export interface TextRecord {
  readonly key: string | null;
  readonly value: string | null;
  readonly headers: readonly (readonly [name: string, value: string])[];
}

/** The records of a topic with their headers, asked of the broker directly; in order within a partition. */
export async function readRecords(port: number, topic: string): Promise<TextRecord[]> {
  const args = ['-b', `127.0.0.1:${port}`, '-C', '-q', '-e', '-o', 'beginning', '-t', topic, '-J'];
  const ran = await runChild(kcatFile(), args, { deadline: DEADLINE });
  if (ran.code !== 0) throw new Error(`kcat could not read ${topic}: ${ran.stderr}`);
  const printed = ran.stdout.split('\n').filter((line) => line !== '');
  return printed.map((line) => {
    const { key, payload, headers = [] } = JSON.parse(line);
    return { key, value: payload, headers: headers.flatMap(pairs) };
  });
}

/** kcat prints names and values in turn. */
function pairs(text: string, i: number, all: readonly string[]): [string, string][] {
  return i % 2 === 0 ? [[text, all[i + 1] ?? '']] : [];
}

/** Writes records straight to the broker. */
export async function produceDirect(port: number, topic: string, messages: readonly Message[]): Promise<void> {
  const producer = kafkajsDirect(port).producer();
  await producer.connect();
  try {
    await producer.send({ topic, messages: [...messages] });
  } finally {
    await producer.disconnect();
  }
}

/** Makes topics with one partition, straight at the broker. */
export async function createTopics(port: number, topics: readonly string[], numPartitions = 1): Promise<void> {
  const admin = kafkajsDirect(port).admin();
  await admin.connect();
  try {
    await admin.createTopics({ topics: topics.map((topic) => ({ topic, numPartitions })), waitForLeaders: true });
  } finally {
    await admin.disconnect();
  }
}
