import { type Arguments, defineCommand, EXITS, type Options } from '../command.ts';
import { EXIT, type Io } from '../io.ts';
import { UsageError } from '../usage-error.ts';
import { PkiError } from './index-file.ts';

interface PkiCommandSpec<O extends Options> {
  /** Without the `pki` in front. */
  readonly name: string;
  readonly usage: string;
  readonly options: O;
  readonly notes?: readonly string[];
  /** May throw UsageError, PkiError, and what the file system throws. */
  run(args: Arguments<O>, io: Io): Promise<void>;
}

/** A command of `headgate pki`: all of them have positional arguments, the same exit codes and the same errors. */
export function definePkiCommand<const O extends Options>({ name, run, ...spec }: PkiCommandSpec<O>) {
  return defineCommand<O>({
    ...spec,
    name: `pki ${name}`,
    positionals: true,
    exits: [EXITS.ok, [EXIT.failure, 'failed'], EXITS.usage],
    async run(args, io) {
      try {
        await run(args, io);
        return EXIT.ok;
      } catch (error) {
        if (error instanceof UsageError || !(error instanceof Error)) throw error;
        // Errors of the file system have a code and name the file; others need a word of ours.
        const expected = error instanceof PkiError || 'code' in error;
        io.err(`headgate pki ${name}: ${expected ? '' : 'failed: '}${error.message}`);
        return EXIT.failure;
      }
    },
  });
}
