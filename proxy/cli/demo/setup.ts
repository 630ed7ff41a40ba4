import type { ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { BrokerWatcher } from './broker-watcher.ts';
import { type Broker, startAedes, startMqtt5Broker } from './brokers.ts';
import { type Certificates, makeCertificates } from './certificates.ts';
import { START_MS, within } from './deadline.ts';
import type { Version } from './devices.ts';
import { planMqtt5 } from './find-broker.ts';
import { DemoGate } from './gate.ts';
import { type KafkaBroker, startKafka } from './kafka/broker.ts';
import type { KafkaPlan } from './kafka/plan.ts';
import type { Report } from './report.ts';
import { WorkingDirectory } from './working-directory.ts';

/** One MQTT version of the demo: a listener, the broker behind it, and a client that watches the broker. */
export interface MqttSetup {
  readonly version: Version;
  readonly listener: string;
  readonly broker: Broker;
  readonly watcher: BrokerWatcher;
}

/** Everything that runs during the demo. */
export interface Setup {
  readonly dir: string;
  readonly run: string;
  readonly certificates: Certificates;
  readonly gate: DemoGate;
  readonly mqttSetups: readonly MqttSetup[];
  /** Why there is no MQTT 5. */
  readonly without5?: Absence;
  /** Starts while the MQTT steps run; its listener is not up yet. */
  readonly kafka: Promise<KafkaBroker> | Absence;
}

/** Why a part cannot run here. `failure`: it counts as failed. */
export interface Absence {
  readonly reason: string;
  readonly failure: boolean;
}

/** Starts all of it; what was started goes onto `stack`, also when a later part fails. */
export async function startSetup(report: Report, stack: AsyncDisposableStack, kafkaPlan: KafkaPlan): Promise<Setup> {
  const plan = planMqtt5(process.env);
  const run = `demo-${randomBytes(4).toString('hex')}`;
  const workingDirectory = stack.use(new WorkingDirectory());
  const { dir } = workingDirectory;
  const kafka = kafkaPlan.kind === 'none' ? kafkaPlan : beginKafka(kafkaPlan, run, workingDirectory, stack);
  const begin = <T>(name: string, describe: (value: T) => string, start: () => Promise<T>): Promise<T> =>
    report.phase(name, describe, () => within(name, start(), START_MS));

  const certificates = await begin(
    'certificates',
    ({ count }) => `${count}, of the plant's authority and a foreign one, in ${dir}`,
    () => makeCertificates(dir),
  );
  const mqttSetups: MqttSetup[] = [];
  const addVenue = async (version: Version, listener: string, start: () => Promise<Broker>): Promise<void> => {
    const broker = await begin(
      'broker',
      ({ description, host, port }) => `${description}, at ${host}:${port}`,
      async () => stack.use(await start()),
    );
    mqttSetups.push({ version, listener, broker, watcher: stack.use(await BrokerWatcher.watch(broker, run)) });
  };
  await addVenue(4, 'plant-mqtt', startAedes);
  if (plan.kind !== 'none') {
    await addVenue(5, 'plant-mqtt5', () => startMqtt5Broker(plan, dir, (child) => workingDirectory.adopt(child)));
  }
  const gate = await begin(
    'headgate',
    (started) =>
      `2 workers, ${mqttSetups.map(({ listener }) => `${listener} at :${started.port(listener)}`).join(', ')}`,
    async () => stack.use(await DemoGate.start(dir, mqttSetups)),
  );
  return { dir, run, certificates, gate, mqttSetups, kafka, ...(plan.kind === 'none' && { without5: plan }) };
}

/** What it starts ends with `stack`, also halfway. */
function beginKafka(
  plan: Exclude<KafkaPlan, { kind: 'none' }>,
  run: string,
  workingDirectory: WorkingDirectory,
  stack: AsyncDisposableStack,
): Promise<KafkaBroker> {
  const abort = new AbortController();
  const onSpawn = (child: ChildProcess): void => workingDirectory.adopt(child);
  const starting = startKafka(plan, run, { dir: workingDirectory.dir, signal: abort.signal, onSpawn });
  const settled = starting.catch(() => undefined); // reported by whoever waits for it
  stack.defer(async () => {
    abort.abort();
    await (await settled)?.[Symbol.asyncDispose]();
  });
  return starting;
}
