import type { Command } from '../../../proxy/cli/command.ts';

export interface CommandRun {
  readonly code: number;
  readonly out: readonly string[];
  readonly err: readonly string[];
}

/** Runs a command in this process and keeps what it prints. */
export async function runCommand(command: Command, ...argv: readonly string[]): Promise<CommandRun> {
  const out: string[] = [];
  const err: string[] = [];
  const code = await command.run(argv, { out: (line) => out.push(line), err: (line) => err.push(line) });
  return { code, out, err };
}
