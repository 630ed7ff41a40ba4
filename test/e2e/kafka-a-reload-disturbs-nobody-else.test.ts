/** What a reload takes from one principal costs no other one a request or a connection, and no port is bound anew. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { API } from '../../adapters/kafka/apis/index.ts';
import type { Section } from '../support/gate-config.ts';
import { type Kafka, startKafka } from '../support/kafka.ts';
import { createTopics, kafkajsClient, readAll } from '../support/kafka-clients.ts';
import { requireKafka } from '../support/kafka-dist.ts';
import { exchange } from '../support/kafka-exchange.ts';
import { erp, type KafkaGate, type KafkaGateOptions, startKafkaGate } from '../support/kafka-gate.ts';
import { KafkaStream } from '../support/kafka-stream.ts';
import { kafkaWire } from '../support/kafka-wire.ts';
import { testPki } from '../support/pki.ts';
import { connectRaw } from '../support/raw-client.ts';
import { waitFor } from '../support/wait.ts';

const skip = requireKafka();
const TURNS = 10;
/** For a consumer that joins a group, whatever else the machine does. */
const PATIENCE = 30_000;
const OTHER = { name: 'other', when: { trust: 'devices', subject: { O: 'Acme', CN: 'other' } }, principal: '{CN}' };
const OTHER_RIGHTS: Section = {
  kafka: {
    allow: [
      { topic: 'free-', prefix: true, operations: ['read', 'write'] },
      { group: 'free', operations: ['read'] },
    ],
  },
};

let kafka: Kafka;

before(async () => {
  if (skip) return;
  kafka = await startKafka();
  await createTopics(kafka.port, ['free-0', 'free-2', 'orders.a']);
});

after(async () => {
  await kafka?.[Symbol.asyncDispose]();
});

/** The rights of erp-… change with every turn. */
function turned(turn: number): Partial<KafkaGateOptions> {
  const operations = turn % 2 === 0 ? ['read', 'write'] : ['read'];
  return { erp: { kafka: { allow: [{ topic: 'orders.', prefix: true, operations }] } } };
}

async function reload(gate: KafkaGate, changed: Partial<KafkaGateOptions>): Promise<void> {
  gate.configure(changed);
  const { ok, changed: swapped } = await gate.gate.gate.reload();
  assert.deepEqual([ok, swapped], [true, true]);
}

for (const workers of [0, 2]) {
  test(`another principal produces and consumes through ${TURNS} reloads as if there were none, workers: ${workers}`, {
    skip,
  }, async () => {
    const roles = { other: OTHER_RIGHTS };
    const identities = [{ ...OTHER, roles: ['other'] }];
    await using gate = await startKafkaGate({ bootstrap: [kafka.port], roles, identities, more: { workers } });
    const tls = await (await testPki()).issue({ subject: 'O=Acme,CN=other' });
    const client = kafkajsClient(gate.gate.port('kafka'), tls, { retry: { retries: 5 } });
    // A failure is not mended by the client.
    const producer = client.producer({ retry: { retries: 0 } });
    const consumer = client.consumer({ groupId: 'free', maxWaitTimeInMs: 200 });
    await Promise.all([producer.connect(), consumer.connect()]);
    const topic = `free-${workers}`;
    const consumed: string[] = [];
    let joined = 0;
    consumer.on('consumer.group_join', () => {
      joined++;
    });
    try {
      await consumer.subscribe({ topic, fromBeginning: true });
      await consumer.run({ eachMessage: async ({ message }) => void consumed.push(`${message.value}`) });
      const stream = new KafkaStream('n', 4, (value) => producer.send({ topic, messages: [{ value }] }));
      await stream.more(20);
      await waitFor('the consumer', () => consumed.length > 0, PATIENCE);
      const connections = () => gate.gate.metric('headgate_connections_accepted_total');
      const before = connections();
      for (let turn = 1; turn <= TURNS; turn++) {
        await reload(gate, turned(turn));
        await stream.more(10);
      }
      await stream.stop();
      await waitFor('all records', () => consumed.length >= stream.acknowledged.length, PATIENCE);
      const all = [...stream.acknowledged].sort();
      assert.deepEqual([...consumed].sort(), all, 'each once');
      assert.deepEqual(
        await readAll(kafka.port, topic),
        all.map((value) => `0:=${value}`),
      );
      assert.deepEqual([connections(), joined], [before, 1], 'nobody had to begin again');
      assert.deepEqual(gate.gate.gate.hub.query(), []);
    } finally {
      await Promise.all([producer.disconnect(), consumer.disconnect()]);
    }
  });
}

/** Inode of the socket that listens on a loopback port: another socket has another one. undefined where it cannot be asked. */
function listeningSocket(port: number): string | undefined {
  const address = `0100007F:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  try {
    const rows = readFileSync('/proc/net/tcp', 'utf8').split('\n');
    const row = rows
      .map((line) => line.trim().split(/\s+/))
      .find(([, local, , state]) => local === address && state === '0A');
    return row?.[9];
  } catch {
    return undefined;
  }
}

test('ports of the listener and of brokers are those that were bound at the start, and always accept', {
  skip,
}, async () => {
  await using gate = await startKafkaGate({ bootstrap: [kafka.port], nodes: 3, more: { workers: 2 } });
  const tls = await erp('erp-1');
  const ports = [gate.gate.port('kafka'), ...[0, 1, 2].map((n) => gate.nodePort + n)];
  const sockets = ports.map(listeningSocket);
  let storming = true;
  const shaken = ports.map(() => 0);
  const storm = Promise.all(
    ports.map(async (port, i) => {
      while (storming) {
        await using _client = await connectRaw({ port, tls });
        shaken[i] = (shaken[i] ?? 0) + 1;
      }
    }),
  );
  // A connection of before the reloads: it serves after them.
  await using old = await kafkaWire(gate.nodePort, tls);
  await exchange(old, API.apiVersions, 0, {});
  for (let turn = 1; turn <= TURNS; turn++) {
    const before = [...shaken];
    await reload(gate, { ...turned(turn), listener: { kafka: { maxInFlight: 100 + turn } } });
    const goOn = () => shaken.every((count, i) => count > (before[i] ?? 0) + 1);
    await Promise.race([storm, waitFor('connections on every port', goOn)]);
  }
  storming = false;
  await storm;
  assert.equal(gate.gate.port('kafka'), ports[0]);
  assert.deepEqual(ports.map(listeningSocket), sockets);
  await exchange(old, API.metadata, 9, { topics: [] });
});
