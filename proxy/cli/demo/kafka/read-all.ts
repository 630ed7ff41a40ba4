import { randomUUID } from 'node:crypto';
import type { Kafka } from 'kafkajs';
import { within } from '../deadline.ts';

/**
 * Everything in a topic of one partition, past the gate. A record of its own that comes back says
 * that all before it was read; it stays in the topic.
 */
export async function readAll(kafka: Kafka, topic: string, groupId: string): Promise<string[]> {
  const fence = `fence ${randomUUID()}`;
  const [producer, consumer] = [kafka.producer(), kafka.consumer({ groupId })];
  await Promise.all([producer.connect(), consumer.connect()]);
  try {
    await producer.send({ topic, messages: [{ value: fence }] });
    const values: string[] = [];
    const done = Promise.withResolvers<void>();
    consumer.on('consumer.crash', ({ payload }) => {
      if (!payload.restart) done.reject(payload.error);
    });
    await consumer.subscribe({ topic, fromBeginning: true });
    await consumer.run({
      eachMessage: async ({ message }) => {
        if (`${message.value}` === fence) done.resolve();
        else values.push(`${message.value}`);
      },
    });
    await within(`the broker’s records of ${topic}`, done.promise);
    return values;
  } finally {
    await Promise.all([producer.disconnect(), consumer.disconnect()]);
  }
}
