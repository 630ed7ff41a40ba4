/** The command table of `headgate`. Each command's module is loaded when it is called. */
import { nearest } from '../control-plane/config/suggest.ts';
import type { CommandName } from './command-name.ts';
import { columns, HELP, renderHelp } from './help.ts';
import type { Command, Io } from './io.ts';
import { EXIT, terminalIo } from './io.ts';

interface Entry {
  readonly summary: string;
  load(): Promise<Command>;
}

const COMMANDS: Readonly<Record<CommandName, Entry>> = {
  run: {
    summary: 'Starts the proxy.',
    load: async () => (await import('./run.ts')).runCommand,
  },
  check: {
    summary: 'Reads a configuration and prints every error with its place and fix.',
    load: async () => (await import('./check.ts')).checkCommand,
  },
  lint: {
    summary: 'Finds what is valid in a policy and hardly meant: rules that cannot match, limits that cannot bind …',
    load: async () => (await import('./lint.ts')).lintCommand,
  },
  test: {
    summary: 'Holds a policy against what is expected of it.',
    load: async () => (await import('./test.ts')).testCommand,
  },
  schema: {
    summary: 'Prints the JSON Schema of the configuration, for editors.',
    load: async () => (await import('./schema.ts')).schemaCommand,
  },
  demo: {
    summary: 'Shows the proxy at work between real clients and a broker, all on this machine.',
    load: async () => (await import('./demo/main.ts')).demoCommand,
  },
  pki: {
    summary: 'A certificate authority for development and labs: init, issue, revoke, crl, ocsp-responder, list.',
    load: async () => (await import('./pki.ts')).pkiCommand,
  },
  profile: {
    summary: 'Shows the TLS profiles, their sources and their differences.',
    load: async () => (await import('./profile.ts')).profileCommand,
  },
  explain: {
    summary: 'Tells who a client is to the policy, what it may do, and why.',
    load: async () => (await import('./explain.ts')).explainCommand,
  },
  diff: {
    summary: 'Tells whose verdict changes from one configuration to another.',
    load: async () => (await import('./diff.ts')).diffCommand,
  },
  rejections: {
    summary: 'Asks a running proxy why clients were refused.',
    load: async () => (await import('./rejections.ts')).rejectionsCommand,
  },
  inventory: {
    summary: 'Lists listeners, trust stores and brokers with certificates, days left and TLS parameters.',
    load: async () => (await import('./inventory.ts')).inventoryCommand,
  },
  pq: {
    summary: 'Tells which clients `pq: require` would refuse, before it is switched on.',
    load: async () => (await import('./pq.ts')).pqCommand,
  },
  deny: {
    summary: 'Refuses certificates and principals at once, and ends their live sessions.',
    load: async () => (await import('./deny.ts')).denyCommand,
  },
  reload: {
    summary: 'Makes a running proxy read its files anew, or tell what would come of it (--dry-run).',
    load: async () => (await import('./reload.ts')).reloadCommand,
  },
  rollback: {
    summary: 'Brings back the settings that were in force before; what is revoked and denied stays so.',
    load: async () => (await import('./rollback.ts')).rollbackCommand,
  },
  import: {
    summary: 'Makes identities and roles of the access rules of Kafka, Mosquitto or EMQX.',
    load: async () => (await import('./import.ts')).importCommand,
  },
  version: {
    summary: 'Prints the versions of headgate, Node and OpenSSL.',
    load: async () => (await import('./version.ts')).versionCommand,
  },
  help: {
    summary: 'Prints this overview, or the help of one command.',
    load: async () => help,
  },
};

const NAMES = Object.keys(COMMANDS) as CommandName[];

const ALIASES: Readonly<Record<string, CommandName>> = {
  '--help': 'help',
  '-h': 'help',
  '--version': 'version',
  '-V': 'version',
};

/** Runs `headgate ARGV` and resolves to its exit code: 0 done, 1 failed, 2 wrong usage or broken configuration. */
export async function main(argv: readonly string[], io: Io = terminalIo()): Promise<number> {
  const [typed, ...rest] = argv;
  if (typed === undefined) {
    for (const line of overview()) io.err(line);
    return EXIT.usage;
  }
  const name = commandName(typed);
  if (name === undefined) return unknownCommand(typed, io);
  if (asksForHelp(rest) && name !== 'pki') return help([name], io);
  try {
    const command = await COMMANDS[name].load();
    return await command(rest, io);
  } catch (error) {
    const { message, stack } = error as Error;
    io.err(`headgate ${name}: ${process.env['HEADGATE_DEBUG'] ? stack : message}`);
    return EXIT.failure;
  }
}

function commandName(typed: string): CommandName | undefined {
  if (Object.hasOwn(ALIASES, typed)) return ALIASES[typed];
  return Object.hasOwn(COMMANDS, typed) ? (typed as CommandName) : undefined;
}

function asksForHelp(argv: readonly string[]): boolean {
  const end = argv.indexOf('--');
  return (end < 0 ? argv : argv.slice(0, end)).some((arg) => arg === '--help' || arg === '-h');
}

function unknownCommand(typed: string, io: Io): number {
  const near = nearest(typed, NAMES);
  io.err(`headgate: no command ${JSON.stringify(typed)}${near === undefined ? '' : `; did you mean ${near}?`}`);
  io.err('`headgate help` lists the commands.');
  return EXIT.usage;
}

async function help([typed, ...rest]: readonly string[], io: Io): Promise<number> {
  if (typed === undefined) {
    for (const line of overview()) io.out(line);
    return EXIT.ok;
  }
  const name = commandName(typed);
  if (name === undefined) return unknownCommand(typed, io);
  if (name === 'pki') return (await COMMANDS.pki.load())([...rest, '--help'], io);
  for (const line of renderHelp(COMMANDS[name].summary, HELP[name])) io.out(line);
  return EXIT.ok;
}

function overview(): string[] {
  return [
    'usage: headgate COMMAND [OPTIONS]',
    '',
    'A protocol-aware mutual-TLS proxy before MQTT and Kafka brokers.',
    '',
    'commands:',
    ...columns(NAMES.map((name) => [name, COMMANDS[name].summary])),
    '',
    'exit codes:',
    ...columns([
      [EXIT.ok, 'done'],
      [EXIT.failure, 'failed'],
      [EXIT.usage, 'wrong usage, or the configuration has errors'],
    ]),
    '',
    '`headgate COMMAND --help` says more about one command.',
  ];
}
