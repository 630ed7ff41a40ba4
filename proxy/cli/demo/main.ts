import { parseArgs } from 'node:util';
import { HELP, renderHelp } from '../help.ts';
import { EXIT, type Io } from '../io.ts';
import { Account } from './account.ts';
import { byHand, commandName } from './by-hand.ts';
import { within } from './deadline.ts';
import { Interrupted, stopSignal } from './interrupt.ts';
import { setStage } from './stage.ts';
import { askWhy, tellStory } from './story.ts';

/** From the start to the end of the account. */
const OVERALL_MS = 120_000;
const CLEANUP_MS = 20_000;
const INTRODUCTION = [
  'headgate stands before MQTT brokers. Devices with certificates come to it, and some who should not.',
  'BY is the rule of the configuration that decided, or the cause where none was asked; SAW is what the',
  'client itself was answered; DECISION is the id under which the operator finds the refusal.',
];
/** For the last lines to leave the process. */
const LINGER_MS = 2000;

/**
 * `headgate demo`: certificates, brokers, a gate with two workers, clients over mutual TLS, and
 * an account of what became of each. Stays up until Ctrl-C, or with `--exit` ends by itself with
 * one JSON object of counts as the last line. Resolves to 0 only if every expectation held.
 */
export async function demoCommand(argv: string[], io: Io): Promise<number> {
  let values: { exit?: boolean; help?: boolean };
  try {
    const options = { exit: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } } as const;
    ({ values } = parseArgs({ args: argv, options }));
  } catch (error) {
    io.err(`headgate demo: ${(error as Error).message} (see headgate demo --help)`);
    return EXIT.usage;
  }
  if (values.help === true) {
    for (const line of renderHelp('Shows the proxy at work, all on this machine.', HELP.demo)) io.out(line);
    return EXIT.ok;
  }
  const account = new Account(io);
  const code = await perform(account, io, values.exit === true);
  if (values.exit === true) io.out(JSON.stringify({ ok: code === EXIT.ok, ...account.counts }));
  // Whatever a library has left behind must not keep the process.
  setTimeout(() => process.exit(code), LINGER_MS).unref();
  return code;
}

async function perform(account: Account, io: Io, exit: boolean): Promise<number> {
  using stop = stopSignal();
  const stack = new AsyncDisposableStack();
  let code: number = EXIT.failure;
  try {
    await within('the demo', Promise.race([play(account, stack, exit, stop.signal), stop.interrupted]), OVERALL_MS);
    if (!exit) await stop.interrupted;
    code = account.ok ? EXIT.ok : EXIT.failure;
  } catch (error) {
    if (error instanceof Interrupted) code = account.complete && account.ok ? EXIT.ok : error.exitCode;
    else {
      account.counts.failed++;
      io.err(`headgate demo: ${process.env['HEADGATE_DEBUG'] ? (error as Error).stack : (error as Error).message}`);
    }
  }
  stop.cancel();
  try {
    await within('the end', stack.disposeAsync(), CLEANUP_MS);
  } catch (error) {
    io.err(`headgate demo: while ending: ${(error as Error).message}`);
    account.counts.failed++;
    return EXIT.failure;
  }
  return code;
}

async function play(account: Account, stack: AsyncDisposableStack, exit: boolean, signal: AbortSignal): Promise<void> {
  for (const line of INTRODUCTION) account.line(line);
  account.heading('Starting');
  const stage = await setStage(account, stack);
  await tellStory(stage, account, signal);
  const headgate = commandName(process.argv[1], process.cwd());
  await askWhy(stage, account, headgate);
  if (!exit) {
    const { dir, gate, venues } = stage;
    const ports = Object.fromEntries(venues.map(({ version, listener }) => [version, gate.port(listener)]));
    account.heading('Try it by hand');
    for (const line of byHand({ dir, ports, socket: gate.socket, probe: gate.probe, headgate })) account.line(line);
    account.line();
    account.line(`Configuration: ${dir}/headgate.yaml   log: ${gate.logFile}`);
  }
  account.summary();
  account.complete = true;
  if (!exit) account.line('Ctrl-C ends the demo and removes its files.');
}
