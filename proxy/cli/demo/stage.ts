import type { ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import type { Account } from './account.ts';
import { type Broker, startAedes, startMqtt5Broker } from './brokers.ts';
import { type Certificates, makeCertificates } from './certificates.ts';
import { START_MS, within } from './deadline.ts';
import type { Version } from './devices.ts';
import { planMqtt5 } from './find-broker.ts';
import { DemoGate } from './gate.ts';
import { type KafkaBroker, startKafka } from './kafka/broker.ts';
import type { KafkaPlan } from './kafka/plan.ts';
import { Witness } from './witness.ts';
import { Workplace } from './workplace.ts';

/** One protocol version of the story: a listener, and the broker behind it with its witness. */
export interface Venue {
  readonly version: Version;
  readonly listener: string;
  readonly broker: Broker;
  readonly witness: Witness;
}

/** Everything that runs during the story. */
export interface Stage {
  readonly dir: string;
  readonly run: string;
  readonly certificates: Certificates;
  readonly gate: DemoGate;
  readonly venues: readonly Venue[];
  /** Why there is no MQTT 5. */
  readonly without5?: Absence;
  /** Starts while MQTT is told; its listener is not up yet. */
  readonly kafka: Promise<KafkaBroker> | Absence;
}

/** Why a part cannot be told here. `failure`: it counts as failed. */
export interface Absence {
  readonly reason: string;
  readonly failure: boolean;
}

/** Starts all of it; what was started goes onto `stack`, also when a later part fails. */
export async function setStage(account: Account, stack: AsyncDisposableStack, kafkaPlan: KafkaPlan): Promise<Stage> {
  const plan = planMqtt5(process.env);
  const run = `demo-${randomBytes(4).toString('hex')}`;
  const workplace = stack.use(new Workplace());
  const { dir } = workplace;
  const kafka = kafkaPlan.kind === 'none' ? kafkaPlan : beginKafka(kafkaPlan, run, workplace, stack);
  const begin = <T>(name: string, describe: (value: T) => string, start: () => Promise<T>): Promise<T> =>
    account.phase(name, describe, () => within(name, start(), START_MS));

  const certificates = await begin(
    'certificates',
    ({ count }) => `${count}, of the plant's authority and a foreign one, in ${dir}`,
    () => makeCertificates(dir),
  );
  const venues: Venue[] = [];
  const addVenue = async (version: Version, listener: string, start: () => Promise<Broker>): Promise<void> => {
    const broker = await begin(
      'broker',
      ({ words, host, port }) => `${words}, at ${host}:${port}`,
      async () => stack.use(await start()),
    );
    venues.push({ version, listener, broker, witness: stack.use(await Witness.watch(broker, run)) });
  };
  await addVenue(4, 'plant-mqtt', startAedes);
  if (plan.kind !== 'none') {
    await addVenue(5, 'plant-mqtt5', () => startMqtt5Broker(plan, dir, (child) => workplace.adopt(child)));
  }
  const gate = await begin(
    'headgate',
    (started) => `2 workers, ${venues.map(({ listener }) => `${listener} at :${started.port(listener)}`).join(', ')}`,
    async () => stack.use(await DemoGate.start(dir, venues)),
  );
  return { dir, run, certificates, gate, venues, kafka, ...(plan.kind === 'none' && { without5: plan }) };
}

/** What it starts ends with `stack`, also halfway. */
function beginKafka(
  plan: Exclude<KafkaPlan, { kind: 'none' }>,
  run: string,
  workplace: Workplace,
  stack: AsyncDisposableStack,
): Promise<KafkaBroker> {
  const abort = new AbortController();
  const onSpawn = (child: ChildProcess): void => workplace.adopt(child);
  const starting = startKafka(plan, run, { dir: workplace.dir, signal: abort.signal, onSpawn });
  const settled = starting.catch(() => undefined); // told by whoever waits for it
  stack.defer(async () => {
    abort.abort();
    await (await settled)?.[Symbol.asyncDispose]();
  });
  return starting;
}
