import { checkRecord } from '../check-record.ts';
import { START_MS, within } from '../deadline.ts';
import type { Report } from '../report.ts';
import type { Setup } from '../setup.ts';
import type { KafkaBroker } from './broker.ts';
import { checkKafkaBroker } from './broker-side.ts';
import { KafkaStepRunner } from './step-runner.ts';
import { KAFKA_STEPS } from './steps.ts';

/** The name of the Kafka listener. */
export const LISTENER = 'orders-kafka';

/** Runs every Kafka step and checks what reached the broker; resolves to the broker, where there is one. */
export async function runKafkaSteps(
  setup: Setup,
  report: Report,
  signal: AbortSignal,
): Promise<KafkaBroker | undefined> {
  const { gate, certificates, run, kafka } = setup;
  if (!(kafka instanceof Promise)) {
    report.heading('Kafka');
    report.skip(kafka.reason, KAFKA_STEPS.length, kafka.failure);
    return undefined;
  }
  const broker = await raise(setup, report, kafka);
  report.heading(`Kafka: clients at ${LISTENER} (localhost:${gate.port(LISTENER)})`);
  report.line('Errors 29, 30 and 53 are Kafka’s own: topic, group, transactional id authorization failed.');
  report.columns();
  const { suffix } = broker;
  const runner = new KafkaStepRunner({ gate, listener: LISTENER, certificates, run, suffix });
  const mark = gate.rejections.mark;
  try {
    for (const step of KAFKA_STEPS) {
      signal.throwIfAborted();
      report.step(await runner.play(step));
    }
    const { description, mismatches } = await checkKafkaBroker(runner, broker);
    report.check(`At the broker: ${description}.`, mismatches);
  } finally {
    await runner.end();
  }
  checkRecord(report, gate, mark, KAFKA_STEPS.filter(({ cause }) => cause !== undefined).length);
  return broker;
}

/** The broker has started while the MQTT steps ran; now the running gate gets a listener for it. */
async function raise(setup: Setup, report: Report, starting: Promise<KafkaBroker>): Promise<KafkaBroker> {
  const { gate } = setup;
  report.heading('Starting Kafka');
  const broker = await report.phase(
    'broker',
    ({ description, address }) => `${description}, at ${address}`,
    () => within('Kafka', starting, START_MS),
  );
  await report.phase(
    'headgate',
    () => `reloaded with ${LISTENER} at :${gate.port(LISTENER)}; the MQTT listeners go on`,
    () => gate.addKafka({ listener: LISTENER, bootstrap: broker.address, nodes: broker.nodes }),
  );
  if (broker.suffix !== '') report.line(`  Names at your broker end in ${broker.suffix}; they are removed at the end.`);
  return broker;
}
