import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { waitFor, within } from './wait.ts';

const OUTPUT_MAX = 1024 * 1024;
const running = new Set<ChildProcess>();

// A test that fails half-way must not leave brokers behind.
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** A child process with its output kept (the last MiB of each stream), ended with the test: `await using`. */
export class Child implements AsyncDisposable {
  readonly process: ChildProcess;
  readonly exited: Promise<Exit>;
  /** Standard output and standard error so far. */
  stdout = '';
  stderr = '';
  #ended = false;

  constructor(file: string, args: readonly string[], options: SpawnOptions & { readonly input?: string } = {}) {
    const { input, ...rest } = options;
    this.process = spawn(file, args, { ...rest, stdio: ['pipe', 'pipe', 'pipe'] });
    running.add(this.process);
    this.process.stdin?.on('error', () => {}); // it may end without reading its input
    this.process.stdin?.end(input);
    this.process.stdout?.setEncoding('utf8').on('data', (text: string) => {
      this.stdout = (this.stdout + text).slice(-OUTPUT_MAX);
    });
    this.process.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.stderr = (this.stderr + text).slice(-OUTPUT_MAX);
    });
    this.exited = new Promise((resolve, reject) => {
      this.process.once('error', reject);
      this.process.once('close', (code, signal) => {
        this.#ended = true;
        running.delete(this.process);
        resolve({ code, signal });
      });
    });
    this.exited.catch(() => {}); // whoever waits for it is told
  }

  get pid(): number {
    return this.process.pid ?? -1;
  }

  get alive(): boolean {
    return !this.#ended && this.process.exitCode === null && this.process.signalCode === null;
  }

  /** Lines of standard output so far, without the unfinished last one. */
  get lines(): string[] {
    return this.stdout.split('\n').slice(0, -1);
  }

  /** Waits until either stream holds `text`, and says what it printed instead when it ends before. */
  async printed(text: string | RegExp, deadline?: number): Promise<void> {
    const has = (output: string) => (typeof text === 'string' ? output.includes(text) : text.test(output));
    const found = () => has(this.stdout) || has(this.stderr);
    await waitFor(
      `${this.process.spawnfile} to print ${text}`,
      () => {
        if (found()) return true;
        if (this.#ended) throw new Error(`${this.process.spawnfile} ended without printing ${text}\n${this.stderr}`);
        return false;
      },
      deadline,
    );
  }

  /** Sends a signal and waits for the end. */
  async end(signal: NodeJS.Signals = 'SIGTERM', deadline?: number): Promise<Exit> {
    if (this.alive) this.process.kill(signal);
    return within(`${this.process.spawnfile} to end after ${signal}`, this.exited, deadline);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.alive) {
      this.process.kill('SIGCONT');
      this.process.kill('SIGKILL');
    }
    await within(`${this.process.spawnfile} to end`, this.exited);
  }
}

/** Runs a program to its end. */
export async function runChild(
  file: string,
  args: readonly string[],
  options: SpawnOptions & { readonly input?: string; readonly deadline?: number } = {},
): Promise<Exit & { readonly stdout: string; readonly stderr: string }> {
  const { deadline, ...rest } = options;
  await using child = new Child(file, args, rest);
  const exit = await within(`${file} to end`, child.exited, deadline);
  return { ...exit, stdout: child.stdout, stderr: child.stderr };
}
