import type { ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * The temporary folder (mode 0700) and the child processes of the demo. Gone when it is disposed
 * of, and also when the process ends in any other way that runs its exit handlers.
 */
export class WorkingDirectory implements AsyncDisposable {
  readonly dir = mkdtempSync(join(tmpdir(), 'headgate-demo-'));
  readonly #children = new Set<ChildProcess>();
  readonly #atExit = (): void => {
    for (const child of this.#children) child.kill('SIGKILL');
    rmSync(this.dir, { recursive: true, force: true });
  };

  #gone = false;

  constructor() {
    process.on('exit', this.#atExit);
  }

  adopt(child: ChildProcess): void {
    // Started while the demo was already ending.
    if (this.#gone) child.kill('SIGKILL');
    this.#children.add(child);
    child.once('close', () => this.#children.delete(child));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#gone = true;
    for (const child of this.#children) child.kill('SIGKILL');
    await rm(this.dir, { recursive: true, force: true, maxRetries: 3 });
    if (this.#children.size === 0) process.off('exit', this.#atExit);
  }
}
