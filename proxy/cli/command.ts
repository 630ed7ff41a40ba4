/** What a command is: one table of its options, from which parsing, help and usage errors follow. */
import { type ParseArgsConfig, parseArgs } from 'node:util';
import { AdminRefused, AdminUnreachable } from './admin-errors.ts';
import { columns } from './help-text.ts';
import { EXIT, type Io } from './io.ts';
import { UsageError } from './usage-error.ts';

type ParseArgsOption = NonNullable<ParseArgsConfig['options']>[string];

/** One option: what `parseArgs` reads, and its row in the help. */
export type Option = ParseArgsOption & {
  /** Placeholder of its value in the help: `FILE`. */
  readonly value?: string;
  /** Left column of its row; default `--name VALUE`. */
  readonly shown?: string;
  /** Right column of its row. Absent: the row of another option mentions it. */
  readonly help?: string;
};

/** Options by name, in the order of the help. */
export type Options = Readonly<Record<string, Option>>;

/** Values of parsed options, by name. */
export type Values<O extends Options> = ReturnType<typeof parseArgs<{ options: O }>>['values'];

/** A command line, parsed. */
export interface Arguments<O extends Options> {
  readonly values: Values<O>;
  /** Empty unless the command takes positional arguments. */
  readonly positionals: readonly string[];
}

/** Rows of exit code and meaning. */
export type Exits = readonly (readonly [number, string])[];

/** Exit codes that many commands share. */
export const EXITS = {
  ok: [EXIT.ok, 'done'],
  usage: [EXIT.usage, 'wrong usage'],
  admin: [EXIT.failure, 'the admin socket cannot be reached or refused'],
} as const;

interface CommandSpec<O extends Options> {
  /** As it is typed behind `headgate`: `pq`, `pki issue`. */
  readonly name: string;
  /** What may follow the name: `[--config FILE]`; empty: nothing. */
  readonly usage: string;
  readonly options: O;
  /** Whether there are arguments that are no options. Default false. */
  readonly positionals?: boolean;
  /** Further lines of the help. */
  readonly notes?: readonly string[];
  readonly exits: Exits;
  /**
   * Resolves to the exit code. May throw UsageError (exit code 2, with the usage), AdminUnreachable and AdminRefused
   * (exit code 1); any other error is a failure that main.ts reports. An aborted `signal` ends what would go on.
   */
  run(args: Arguments<O>, io: Io, signal?: AbortSignal): Promise<number>;
}

/** A command as main.ts and tests call it. */
export interface Command {
  readonly name: string;
  /** Resolves to the exit code; rejects with faults only. */
  run(argv: readonly string[], io: Io, signal?: AbortSignal): Promise<number>;
  /** Prints the help. `rest`: what was typed besides; a group of commands looks for one of its own there. */
  help(summary: string, rest: readonly string[], io: Io): number;
}

/** Makes a command of its table. */
export function defineCommand<const O extends Options>(spec: CommandSpec<O>): Command {
  const usage = `usage: ${['headgate', spec.name, spec.usage].filter((part) => part !== '').join(' ')}`;
  return {
    name: spec.name,
    async run(argv, io, signal) {
      try {
        return await spec.run(parse(spec, argv), io, signal);
      } catch (error) {
        if (error instanceof UsageError) {
          io.err(`headgate ${spec.name}: ${error.message}`);
          io.err(usage);
          return EXIT.usage;
        }
        if (!(error instanceof AdminUnreachable || error instanceof AdminRefused)) throw error;
        io.err(`headgate ${spec.name}: ${error.message}`);
        return EXIT.failure;
      }
    },
    help(summary, _rest, io) {
      for (const line of helpLines(usage, summary, spec)) io.out(line);
      return EXIT.ok;
    },
  };
}

function parse<O extends Options>({ options, positionals = false }: CommandSpec<O>, argv: readonly string[]) {
  try {
    return parseArgs({ args: [...argv], options, allowPositionals: positionals });
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

function helpLines<O extends Options>(usage: string, summary: string, { options, notes, exits }: CommandSpec<O>) {
  const rows = Object.entries<Option>(options).flatMap(([name, { help, shown, value }]) => {
    return help === undefined ? [] : [[shown ?? `--${name}${value === undefined ? '' : ` ${value}`}`, help] as const];
  });
  return [
    usage,
    '',
    summary,
    ...(rows.length > 0 ? ['', 'options:', ...columns(rows)] : []),
    ...(notes === undefined ? [] : ['', ...notes]),
    '',
    'exit codes:',
    ...columns(exits),
  ];
}
