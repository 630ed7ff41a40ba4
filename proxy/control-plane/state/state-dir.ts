/** The directory of what must outlive a restart: admin deny entries, highest CRL numbers. */
import { closeSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, statSync, writeSync } from 'node:fs';
import { join } from 'node:path';

const DIRECTORY_MODE = 0o700;
const FILE_MODE = 0o600;

/** A state file cannot be read or written; the message is for the operator. */
export class StateError extends Error {
  override readonly name = 'StateError';
}

/** One JSON file for each kind of state, replaced whole: a crash leaves the old one or the new one. */
export class StateDir {
  readonly #dir: string;

  private constructor(dir: string) {
    this.#dir = dir;
  }

  /**
   * Makes the directory (0700) where there is none.
   * @throws StateError when it cannot be made, is no directory, or is open to other users
   */
  static open(dir: string): StateDir {
    try {
      mkdirSync(dir, { recursive: true, mode: DIRECTORY_MODE });
    } catch (error) {
      throw new StateError(`state.dir: ${dir} cannot be made (${codeOf(error)})`);
    }
    const stat = statSync(dir);
    if (!stat.isDirectory()) throw new StateError(`state.dir: ${dir} is not a directory`);
    if (process.platform !== 'win32' && (stat.mode & 0o077) !== 0) {
      throw new StateError(`state.dir: ${dir} is open to other users; chmod 700 ${dir}`);
    }
    return new StateDir(dir);
  }

  /**
   * What was written last under this name; undefined: nothing ever was.
   * @throws StateError when the file is there and cannot be read: what it held must not be forgotten silently
   */
  read(name: string): unknown {
    const file = this.#file(name);
    let text: string;
    try {
      text = readFileSync(file, 'utf8');
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return undefined;
      throw new StateError(`${file} cannot be read (${codeOf(error)})`);
    }
    try {
      return JSON.parse(text) as unknown;
    } catch {
      throw new StateError(`${file} is not valid JSON; restore it, or remove it to begin without what it held`);
    }
  }

  /** Durable when it returns. @throws StateError */
  write(name: string, value: unknown): void {
    const file = this.#file(name);
    const fresh = `${file}.new`;
    try {
      const fd = openSync(fresh, 'w', FILE_MODE);
      try {
        writeSync(fd, `${JSON.stringify(value, null, 1)}\n`);
        fsyncSync(fd);
      } finally {
        closeSync(fd);
      }
      renameSync(fresh, file);
      syncDirectory(this.#dir);
    } catch (error) {
      throw new StateError(`${file} cannot be written (${codeOf(error)})`);
    }
  }

  #file(name: string): string {
    return join(this.#dir, `${name}.json`);
  }
}

/** The rename itself must reach the disk; systems that cannot sync a directory do without. */
function syncDirectory(dir: string): void {
  try {
    const fd = openSync(dir, 'r');
    try {
      fsyncSync(fd);
    } finally {
      closeSync(fd);
    }
  } catch (error) {
    if (!['EISDIR', 'EPERM', 'EINVAL', 'ENOTSUP'].includes(codeOf(error))) throw error;
  }
}

function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? 'unknown error';
}
