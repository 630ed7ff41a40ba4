/** A gate needs no broker to start; clients are closed while there is none, and all works again when there is one. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { API, APIS } from '../../adapters/kafka/codec/apis.ts';
import { frameRequest } from '../../adapters/kafka/codec/message.ts';
import type { Api } from '../../adapters/kafka/codec/schema.ts';
import { startKafka } from '../support/kafka.ts';
import { createTopics, kafkajsClient, readAll } from '../support/kafka-clients.ts';
import { requireKafka } from '../support/kafka-dist.ts';
import { erp, startKafkaGate } from '../support/kafka-gate.ts';
import { kafkaWire } from '../support/kafka-wire.ts';
import { waitFor } from '../support/wait.ts';

const skip = requireKafka();

test('stopped, started again: closed with a cause, then served, and nothing acknowledged is lost', {
  skip,
  timeout: 110_000,
}, async () => {
  await using kafka = await startKafka();
  await createTopics(kafka.port, ['orders.a']);
  await kafka.stop();
  await using gate = await startKafkaGate({ bootstrap: [kafka.port] });
  const tls = await erp('erp-1');
  const port = gate.gate.port('kafka');

  await using refused = await kafkaWire(port, tls);
  refused.raw(frameRequest(APIS.get(API.apiVersions) as Api, 0, 1, 'c', {}));
  await refused.waitClosed();
  assert.equal((await gate.gate.rejection('upstream-down')).principal, 'erp-1');

  await kafka.restart();
  const producer = kafkajsClient(port, tls).producer({ allowAutoTopicCreation: false });
  const acknowledged: string[] = [];
  const send = async (value: string): Promise<void> => {
    await producer.send({ topic: 'orders.a', acks: -1, messages: [{ value }] });
    acknowledged.push(value);
  };
  const connects = () =>
    producer.connect().then(
      () => true,
      () => false,
    );
  await waitFor('the gate to reach the broker', connects, 40_000);
  try {
    await send('before');
    await kafka.stop();
    await assert.rejects(send('meanwhile'));
    await kafka.restart();
    await waitFor(
      'the producer to go on',
      () =>
        send('after').then(
          () => true,
          () => false,
        ),
      40_000,
    );
  } finally {
    await producer.disconnect();
  }
  const written = await readAll(kafka.port, 'orders.a');
  for (const value of acknowledged) assert.ok(written.includes(`0:=${value}`), value);
});
