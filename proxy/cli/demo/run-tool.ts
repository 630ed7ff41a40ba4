import { spawn } from 'node:child_process';

export interface RunOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd?: string;
  readonly signal?: AbortSignal | undefined;
  /** Both output streams as they come. */
  readonly onOutput?: (text: string) => void;
}

export interface RunResult {
  /** Exit code; `absent` when there is no such program, null when a signal ended it. */
  readonly code: number | 'absent' | null;
  /** The last 64 KiB of both output streams. */
  readonly output: string;
}

const OUTPUT_MAX = 64 * 1024;

/** Runs a program of the PATH to its end; rejects only when `signal` ends it. */
export function runTool(file: string, args: readonly string[], options: RunOptions): Promise<RunResult> {
  const { env, cwd, signal, onOutput } = options;
  const child = spawn(file, args, {
    env: { ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(cwd === undefined ? {} : { cwd }),
    ...(signal === undefined ? {} : { signal }),
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output = (output + text).slice(-OUTPUT_MAX);
      onOutput?.(text);
    });
  }
  return new Promise((resolve, reject) => {
    let ended: Error | undefined;
    child.once('error', (error) => {
      if (child.pid === undefined && !signal?.aborted) resolve({ code: 'absent', output });
      else if (child.pid === undefined) reject(error);
      // It may go on writing files until it is gone.
      else ended = error;
    });
    child.once('close', (code) => {
      if (ended !== undefined) reject(ended);
      else resolve({ code, output });
    });
  });
}
