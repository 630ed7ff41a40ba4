import { defineCommand, EXITS } from '../command.ts';
import { EXIT, type Io } from '../io.ts';
import { byHand, commandName } from './by-hand.ts';
import { within } from './deadline.ts';
import { Interrupted, stopSignal } from './interrupt.ts';
import { kafkaByHand, writeClientFiles } from './kafka/by-hand.ts';
import { LISTENER, runKafkaSteps } from './kafka/kafka-run.ts';
import { type KafkaPlan, planKafka } from './kafka/plan.ts';
import { withoutTimerWarnings } from './kafka/quiet.ts';
import { fetchKafka } from './kafka-dist.ts';
import { runMqttSteps, showRejections } from './mqtt-run.ts';
import { Report } from './report.ts';
import { type Setup, startSetup } from './setup.ts';

/** Milliseconds from the start to the end of the report. */
const OVERALL_MS = 120_000;
/** For Kafka's jars on a slow network. */
const FETCH_MS = 300_000;
const CLEANUP_MS = 20_000;
const INTRODUCTION = [
  'headgate stands in front of MQTT and Kafka brokers. Clients connect with certificates, and some without.',
  'BY is the rule of the configuration that decided, or the cause where no rule was involved; SAW is what',
  'the client itself got back; DECISION is the id by which the operator finds the refusal.',
];
/** For the last lines to leave the process. */
const LINGER_MS = 2000;

/**
 * `headgate demo`: certificates, brokers, a gate with two workers, clients over mutual TLS, and a report of what each of
 * them observed. Exit code 0 only if every expectation held.
 */
export const demoCommand = defineCommand({
  name: 'demo',
  usage: '[--exit]',
  options: {
    exit: {
      type: 'boolean',
      help: 'end when the report is complete; the last line is one JSON object with the counts',
    },
  },
  notes: [
    'MQTT 5 clients need mosquitto (started by the demo) or a broker at HEADGATE_MQTT=host:port; without either,',
    'their steps are skipped and counted. With CI=true that is a failure. NO_COLOR is respected.',
    'Kafka clients need Java 17 and Maven (Apache Kafka, 54 MB, is downloaded once into a cache: HEADGATE_CACHE)',
    'or a broker at HEADGATE_KAFKA=host:port; without either, their steps are skipped in the same way.',
  ],
  exits: [
    [EXIT.ok, 'every expectation held'],
    [EXIT.failure, 'an expectation did not hold, or a part could not be started'],
    EXITS.usage,
  ],
  async run({ values }, io) {
    const report = new Report(io);
    const code = await runDemo(report, io, values.exit === true);
    if (values.exit === true) io.out(JSON.stringify({ ok: code === EXIT.ok, ...report.counts }));
    // Whatever a library has left behind must not keep the process.
    setTimeout(() => process.exit(code), LINGER_MS).unref();
    return code;
  },
});

async function runDemo(report: Report, io: Io, exit: boolean): Promise<number> {
  using _quiet = withoutTimerWarnings();
  using stop = stopSignal();
  const stack = new AsyncDisposableStack();
  let code: number = EXIT.failure;
  try {
    for (const line of INTRODUCTION) report.line(line);
    report.heading('Starting');
    const plan = await Promise.race([findKafka(report, stack, stop.signal), stop.interrupted]);
    const running = play(report, stack, plan, exit, stop.signal);
    await within('the demo', Promise.race([running, stop.interrupted]), OVERALL_MS);
    if (!exit) await stop.interrupted;
    code = report.ok ? EXIT.ok : EXIT.failure;
  } catch (error) {
    if (error instanceof Interrupted) code = report.complete && report.ok ? EXIT.ok : error.exitCode;
    else {
      report.counts.failed++;
      io.err(`headgate demo: ${process.env['HEADGATE_DEBUG'] ? (error as Error).stack : (error as Error).message}`);
    }
  }
  stop.cancel();
  try {
    await within('the end', stack.disposeAsync(), CLEANUP_MS);
  } catch (error) {
    io.err(`headgate demo: while ending: ${(error as Error).message}`);
    report.counts.failed++;
    return EXIT.failure;
  }
  return code;
}

/** The first time on a machine this fetches Kafka's jars, which has no place in the time of the demo. */
function findKafka(report: Report, stack: AsyncDisposableStack, signal: AbortSignal): Promise<KafkaPlan> {
  const end = AbortSignal.any([signal, AbortSignal.timeout(FETCH_MS)]);
  const finding = planKafka(process.env, () => fetchKafka(process.env, (line) => report.line(`  ${line}`), end));
  stack.defer(async () => void (await finding.catch(() => {}))); // what is half fetched is removed
  return finding;
}

async function play(
  report: Report,
  stack: AsyncDisposableStack,
  plan: KafkaPlan,
  exit: boolean,
  signal: AbortSignal,
): Promise<void> {
  const setup = await startSetup(report, stack, plan);
  await runMqttSteps(setup, report, signal);
  const kafka = await runKafkaSteps(setup, report, signal);
  const headgate = commandName(process.argv[1], process.cwd());
  await showRejections(setup, report, headgate);
  if (!exit) await showCommands(setup, report, headgate, kafka && { plan, suffix: kafka.suffix });
  report.summary();
  report.complete = true;
  if (!exit) report.line('Ctrl-C ends the demo and removes its files.');
}

async function showCommands(
  { dir, gate, mqttSetups, certificates }: Setup,
  report: Report,
  headgate: string,
  kafka: { readonly plan: KafkaPlan; readonly suffix: string } | undefined,
): Promise<void> {
  const ports = Object.fromEntries(mqttSetups.map(({ version, listener }) => [version, gate.port(listener)]));
  report.heading('Try it by hand');
  if (kafka !== undefined) {
    const { plan, suffix } = kafka;
    const address = `localhost:${gate.port(LISTENER)}`;
    const place = { dir, address, suffix, ...(plan.kind === 'node' && { libs: plan.libs }) };
    await writeClientFiles(place, certificates);
    for (const line of kafkaByHand(place)) report.line(line);
  }
  for (const line of byHand({ dir, ports, socket: gate.socket, probe: gate.probe, headgate })) report.line(line);
  report.line();
  report.line(`Configuration: ${dir}/headgate.yaml   log: ${gate.logFile}`);
}
