import { HELP } from './help.ts';
import { EXIT, type Io } from './io.ts';

/** Says what is wrong with the command line and how the command is used; the exit code for it. */
export function wrongUsage(command: keyof typeof HELP, message: string, io: Io): number {
  io.err(`headgate ${command}: ${message}`);
  io.err(`usage: ${HELP[command].usage}`);
  return EXIT.usage;
}
