import { mkdtempSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A directory that lives as long as the test: `await using dir = tempDir()`. */
export class TempDir implements AsyncDisposable {
  readonly path = mkdtempSync(join(tmpdir(), 'headgate-test-'));

  file(name: string): string {
    return join(this.path, name);
  }

  /** Writes a file that only the owner may read and returns its path. */
  write(name: string, content: string | Uint8Array): string {
    const file = this.file(name);
    writeFileSync(file, content, { mode: 0o600 });
    return file;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.path, { recursive: true, force: true, maxRetries: 3 });
  }
}

export function tempDir(): TempDir {
  return new TempDir();
}
