import type { Account } from '../account.ts';
import { checkRecord } from '../check-record.ts';
import { START_MS, within } from '../deadline.ts';
import type { Stage } from '../stage.ts';
import type { KafkaBroker } from './broker.ts';
import { lookFromKafka } from './broker-side.ts';
import { KafkaPlayer } from './player.ts';
import { KAFKA_STEPS } from './steps.ts';

/** The name of the Kafka listener. */
export const LISTENER = 'orders-kafka';

/** Plays every Kafka step and looks from the broker's side; gives the broker, where there is one. */
export async function tellKafkaStory(
  stage: Stage,
  account: Account,
  signal: AbortSignal,
): Promise<KafkaBroker | undefined> {
  const { gate, certificates, run, kafka } = stage;
  if (!(kafka instanceof Promise)) {
    account.heading('Kafka');
    account.skip(kafka.reason, KAFKA_STEPS.length, kafka.failure);
    return undefined;
  }
  const broker = await raise(stage, account, kafka);
  account.heading(`Kafka: clients at ${LISTENER} (localhost:${gate.port(LISTENER)})`);
  account.line('Errors 29, 30 and 53 are Kafka’s own: topic, group, transactional id authorization failed.');
  account.columns();
  const { suffix } = broker;
  const player = new KafkaPlayer({ gate, listener: LISTENER, certificates, run, suffix });
  const mark = gate.rejections.mark;
  try {
    for (const step of KAFKA_STEPS) {
      signal.throwIfAborted();
      account.step(await player.play(step));
    }
    const { words, mismatches } = await lookFromKafka(player, broker);
    account.check(`At the broker: ${words}.`, mismatches);
  } finally {
    await player.end();
  }
  checkRecord(account, gate, mark, KAFKA_STEPS.filter(({ cause }) => cause !== undefined).length);
  return broker;
}

/** The broker has started while MQTT was told; now the running gate gets a listener for it. */
async function raise(stage: Stage, account: Account, starting: Promise<KafkaBroker>): Promise<KafkaBroker> {
  const { gate } = stage;
  account.heading('Kafka comes up');
  const broker = await account.phase(
    'broker',
    ({ words, address }) => `${words}, at ${address}`,
    () => within('Kafka', starting, START_MS),
  );
  await account.phase(
    'headgate',
    () => `reloaded with ${LISTENER} at :${gate.port(LISTENER)}; the MQTT listeners go on`,
    () => gate.addKafka({ listener: LISTENER, bootstrap: broker.address, nodes: broker.nodes }),
  );
  if (broker.suffix !== '')
    account.line(`  Names at your broker end in ${broker.suffix}; they are removed at the end.`);
  return broker;
}
