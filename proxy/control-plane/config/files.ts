/**
 * The files that a configuration names: each is opened once, without hanging on what is no
 * regular file, and kept, so that what was hashed is what was checked and what will be used.
 */
import { createHash } from 'node:crypto';
import { closeSync, constants, fstatSync, openSync, readdirSync, readSync, statSync } from 'node:fs';
import { dirname, extname, join, resolve } from 'node:path';
import { type Path, quote, type Report } from './problem.ts';

/** Certificates, keys, secrets. */
export const MAX_MATERIAL = 16 * 1024 * 1024;
/** The configuration itself. */
export const MAX_CONFIGURATION = 10 * 1024 * 1024;

/** Read or write for group or others. */
const OTHERS = 0o066;

export type ReadResult =
  | { readonly ok: true; readonly bytes: Buffer; readonly mode: number }
  | { readonly ok: false; readonly message: string; readonly fix?: string };

export interface ReadOptions {
  /** Others must not be able to read it. */
  readonly secret?: boolean;
}

/** Reads files relative to the configuration and remembers them. */
export class FileReader {
  readonly #base: string;
  readonly #read = new Map<string, ReadResult>();
  readonly #loose = new Set<string>();
  /** Directories that were listed, and what was in them. */
  readonly #listed = new Map<string, readonly string[]>();
  /** Whether a secret that others can read is a problem or a warning; known after the schema was applied. */
  strict = false;

  constructor(configuration: string) {
    this.#base = dirname(configuration);
  }

  absolute(name: string): string {
    return resolve(this.#base, name);
  }

  /**
   * The names of the files that `name` means: itself, or those in the directory that it is with one of the
   * `endings` (`.pem`). Hidden files are left out: volumes of Kubernetes keep their earlier versions in such.
   */
  expand(name: string, endings: readonly string[]): readonly string[] {
    const file = this.absolute(name);
    if (statSync(file, { throwIfNoEntry: false })?.isDirectory() !== true) return [name];
    const listed = this.#listed.get(file) ?? listDirectory(file);
    this.#listed.set(file, listed);
    return listed.filter((entry) => endings.includes(extname(entry).toLowerCase())).map((entry) => join(name, entry));
  }

  /** The content, or undefined after a problem was reported. */
  bytes(name: string, path: Path, report: Report, options: ReadOptions = {}): Buffer | undefined {
    const file = this.absolute(name);
    const result = this.#read.get(file) ?? readRegular(file, MAX_MATERIAL);
    this.#read.set(file, result);
    if (!result.ok) {
      report.error(path, `${quote(name)} ${result.message}`, result.fix ?? `looked for ${quote(file)}`);
      return undefined;
    }
    if (options.secret === true) this.#checkMode(file, name, result.mode, path, report);
    return result.bytes;
  }

  /** As `bytes`, decoded. */
  text(name: string, path: Path, report: Report, options: ReadOptions = {}): string | undefined {
    const bytes = this.bytes(name, path, report, options);
    if (bytes === undefined) return undefined;
    const text = decodeUtf8(bytes);
    if (text === undefined) report.error(path, `${quote(name)} is not UTF-8 text`);
    return text;
  }

  /** The content of a file that was read without a problem. @throws Error when it was not: it is to be checked first */
  content(name: string): Buffer {
    const result = this.#read.get(this.absolute(name));
    if (!result?.ok) throw new Error(`${name} was not read with the configuration`);
    return result.bytes;
  }

  /** Absolute names of everything that was looked at, and content of what could be read. */
  get names(): string[] {
    return [...this.#read.keys(), ...this.#listed.keys()];
  }

  get contents(): Map<string, Buffer> {
    const contents = new Map<string, Buffer>();
    for (const [file, result] of this.#read) if (result.ok) contents.set(file, result.bytes);
    return contents;
  }

  #checkMode(file: string, name: string, mode: number, path: Path, report: Report): void {
    if (!isLoose(mode) || this.#loose.has(file)) return;
    this.#loose.add(file);
    const message = `${quote(name)} can be read or written by other users (mode ${(mode & 0o777).toString(8).padStart(4, '0')})`;
    const fix = `chmod 600 ${file}`;
    if (this.strict) report.error(path, message, fix);
    else report.warning(path, message, fix);
  }
}

/** Whether users other than the owner may read or write a file of this mode. */
export function isLoose(mode: number): boolean {
  return process.platform !== 'win32' && (mode & OTHERS) !== 0;
}

/** Reads a regular file of at most `limit` bytes. */
export function readRegular(file: string, limit: number): ReadResult {
  let fd: number;
  try {
    // Without O_NONBLOCK the open of a pipe would wait for a writer for ever.
    fd = openSync(file, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  } catch (error) {
    return { ok: false, message: openError(error) };
  }
  try {
    const stat = fstatSync(fd);
    if (!stat.isFile())
      return { ok: false, message: stat.isDirectory() ? 'is a directory, not a file' : 'is not a regular file' };
    if (stat.size > limit) return { ok: false, message: `is larger than ${limit / 1024 / 1024} MiB` };
    const bytes = Buffer.alloc(stat.size);
    let length = 0;
    while (length < bytes.length) {
      const got = readSync(fd, bytes, length, bytes.length - length, null);
      if (got === 0) break;
      length += got;
    }
    return { ok: true, bytes: bytes.subarray(0, length), mode: stat.mode };
  } catch (error) {
    return { ok: false, message: `cannot be read (${code(error)})` };
  } finally {
    closeSync(fd);
  }
}

/** Names of the visible entries, sorted; none where it cannot be listed. */
function listDirectory(directory: string): string[] {
  try {
    return readdirSync(directory)
      .filter((entry) => !entry.startsWith('.'))
      .sort();
  } catch {
    return [];
  }
}

/** Strict UTF-8; undefined otherwise. A byte order mark stays. */
export function decodeUtf8(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

/**
 * SHA-256 over names and contents, as lower-case hex; of a directory the names in it count. A file that cannot be
 * read counts as such, so that its return is a change too. `known` spares reading what was just read.
 */
export function contentHash(files: readonly string[], known: ReadonlyMap<string, Uint8Array> = new Map()): string {
  const hash = createHash('sha256');
  for (const file of [...new Set(files)].sort()) {
    const read = known.get(file);
    const result = read === undefined ? readRegular(file, MAX_MATERIAL) : { ok: true as const, bytes: read };
    hash.update(`${file}\0${result.ok ? result.bytes.length : 'unreadable'}\0`);
    if (result.ok) hash.update(result.bytes);
    else hash.update(listDirectory(file).join('\0'));
  }
  return hash.digest('hex');
}

function openError(error: unknown): string {
  switch (code(error)) {
    case 'ENOENT':
      return 'does not exist';
    case 'EACCES':
    case 'EPERM':
      return 'cannot be read: permission denied';
    case 'EISDIR':
      return 'is a directory, not a file';
    default:
      return `cannot be opened (${code(error)})`;
  }
}

function code(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : 'unknown error';
}
