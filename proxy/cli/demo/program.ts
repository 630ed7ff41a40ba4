import { type ChildProcess, spawn } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';
import { RESPONSE_MS, within } from './deadline.ts';
import { accepts } from './ports.ts';

const LOG_MAX = 1024 * 1024;

/** A server in a process of its own, with what it writes to standard error. */
export class Program implements AsyncDisposable {
  readonly #child: ChildProcess;
  readonly #closed: Promise<void>;
  #log = '';

  /** `onSpawn` gets a process that must end when the demo dies. */
  constructor(file: string, args: readonly string[], onSpawn: (child: ChildProcess) => void) {
    const child = spawn(file, args, { stdio: ['ignore', 'ignore', 'pipe'] });
    this.#child = child;
    onSpawn(child);
    this.#closed = new Promise<void>((resolve) => child.once('close', () => resolve()));
    child.once('error', (error) => {
      this.#log += error.message;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.#log = (this.#log + text).slice(-LOG_MAX);
    });
  }

  get log(): string {
    return this.#log;
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  get alive(): boolean {
    const { pid, exitCode, signalCode } = this.#child;
    return pid !== undefined && exitCode === null && signalCode === null;
  }

  /** Waits until it listens on this port of 127.0.0.1; false when it ends or takes longer than `ms`. */
  async listens(port: number, ms = RESPONSE_MS): Promise<boolean> {
    for (const deadline = performance.now() + ms; !(await accepts('127.0.0.1', port)); ) {
      if (!this.alive || performance.now() > deadline) return false;
      await delay(10);
    }
    // Another program on the port would answer as well, while this one has ended.
    return this.alive;
  }

  /** With SIGTERM it has 3 s to tidy up. */
  async end(signal: 'SIGTERM' | 'SIGKILL' = 'SIGTERM'): Promise<void> {
    if (!this.alive) return;
    this.#child.kill(signal);
    await within('a program to end', this.#closed, 3000).catch(() => this.#child.kill('SIGKILL'));
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.end();
  }
}
