/** What is measured: an mTLS terminator in front of the sink. */
import { type ChildProcess, spawnSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Material } from '../pki.ts';
import { freePort, startServer, stopProcess } from '../processes.ts';
import type { Protocol } from '../protocol.ts';

/** Where a system finds what it needs. */
export interface Site {
  /** Scratch directory of this run. */
  readonly dir: string;
  readonly material: Material;
  /** What clients and sink speak. */
  readonly protocol: Protocol;
  readonly sinkPort: number;
}

export interface RunningSystem {
  readonly name: string;
  readonly port: number;
  /** Root of its process tree. */
  readonly pid: number;
  /** Path of its configuration file. */
  readonly config: string;
  stop(): Promise<void>;
}

export interface System {
  readonly name: string;
  /** Left out by `--quick`. */
  readonly slow?: boolean;
  /** Version in words, or why it cannot run here. */
  available(): { readonly version: string } | { readonly missing: string };
  start(site: Site): Promise<RunningSystem>;
}

/** First line that a command prints, on either stream; undefined when there is no such command. */
export function firstLine(command: string, args: readonly string[], pattern = /.+/): string | undefined {
  const { error, stdout, stderr } = spawnSync(command, args, { encoding: 'utf8', timeout: 10_000 });
  return error === undefined ? pattern.exec(stdout + stderr)?.[0] : undefined;
}

/** Writes a configuration file whose text depends on the port, starts the command and waits for the port. */
export async function startConfigured(
  name: string,
  site: Site,
  config: { readonly file: string; text(port: number): string },
  command: (file: string) => readonly [string, ...string[]],
): Promise<RunningSystem> {
  const port = await freePort();
  const file = join(site.dir, `${port}-${config.file}`);
  await writeFile(file, config.text(port), { mode: 0o600 });
  const [program, ...args] = command(file);
  const { child, pid } = await startServer(program, args, port);
  return running(name, port, pid, file, child);
}

function running(name: string, port: number, pid: number, config: string, child: ChildProcess): RunningSystem {
  return { name, port, pid, config, stop: () => stopProcess(child) };
}
