/** `headgate`: finds the command that was typed and runs it. */
import { nearest } from '../control-plane/config/suggest.ts';
import { type Command, defineCommand, EXITS } from './command.ts';
import { COMMANDS, type CommandEntry } from './commands.ts';
import { columns } from './help-text.ts';
import { EXIT, type Io, terminalIo } from './io.ts';

const helpCommand: Command = defineCommand({
  name: 'help',
  usage: '[COMMAND]',
  options: {},
  positionals: true,
  exits: [EXITS.ok, EXITS.usage],
  async run({ positionals: [typed, ...rest] }, io) {
    if (typed !== undefined) return printHelp(typed, rest, io);
    for (const line of overview()) io.out(line);
    return EXIT.ok;
  },
});

const ENTRIES: Readonly<Record<string, CommandEntry>> = {
  ...COMMANDS,
  help: {
    summary: 'Prints this overview, or the help of one command.',
    aliases: ['--help', '-h'],
    load: async () => helpCommand,
  },
};

/** Runs `headgate ARGV` and resolves to its exit code: 0 done, 1 failed, 2 wrong usage or broken configuration. */
export async function main(argv: readonly string[], io: Io = terminalIo()): Promise<number> {
  const [typed, ...rest] = argv;
  if (typed === undefined) {
    for (const line of overview()) io.err(line);
    return EXIT.usage;
  }
  if (asksForHelp(rest)) return printHelp(typed, rest, io);
  const entry = find(typed);
  if (entry === undefined) return unknownCommand(typed, io);
  let name = typed;
  try {
    const command = await entry.load();
    name = command.name;
    return await command.run(rest, io);
  } catch (error) {
    const { message, stack } = error as Error;
    io.err(`headgate ${name}: ${process.env['HEADGATE_DEBUG'] ? stack : message}`);
    return EXIT.failure;
  }
}

function find(typed: string): CommandEntry | undefined {
  if (Object.hasOwn(ENTRIES, typed)) return ENTRIES[typed];
  return Object.values(ENTRIES).find(({ aliases }) => aliases?.includes(typed));
}

function asksForHelp(argv: readonly string[]): boolean {
  const end = argv.indexOf('--');
  return (end < 0 ? argv : argv.slice(0, end)).some((arg) => arg === '--help' || arg === '-h');
}

async function printHelp(typed: string, rest: readonly string[], io: Io): Promise<number> {
  const entry = find(typed);
  if (entry === undefined) return unknownCommand(typed, io);
  return (await entry.load()).help(entry.summary, rest, io);
}

function unknownCommand(typed: string, io: Io): number {
  const near = nearest(typed, Object.keys(ENTRIES));
  io.err(`headgate: no command ${JSON.stringify(typed)}${near === undefined ? '' : `; did you mean ${near}?`}`);
  io.err('`headgate help` lists the commands.');
  return EXIT.usage;
}

function overview(): string[] {
  return [
    'usage: headgate COMMAND [OPTIONS]',
    '',
    'A protocol-aware mutual-TLS proxy in front of MQTT and Kafka brokers.',
    '',
    'commands:',
    ...columns(Object.entries(ENTRIES).map(([name, { summary }]) => [name, summary])),
    '',
    'exit codes:',
    ...columns([
      [EXIT.ok, 'done'],
      [EXIT.failure, 'failed'],
      [EXIT.usage, 'wrong usage, or the configuration has errors'],
    ]),
    '',
    '`headgate COMMAND --help` prints the help of one command.',
  ];
}
