import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';

const DEFAULT_MAX_RECORDS = 10_000;
const DEFAULT_MAX_BYTES = 8 * 1024 * 1024;
const DEFAULT_RETRY_MS = 1000;
/** Bytes of one write. */
const BATCH_BYTES = 256 * 1024;
const NEWLINE = 0x0a;
const FULL = new Set<string | undefined>(['ENOSPC', 'EDQUOT']);

/** What the sink needs of an open file; a seam for tests of full disks. */
export interface AuditHandle {
  write(bytes: Uint8Array, offset: number, length: number): Promise<{ bytesWritten: number }>;
  close(): Promise<void>;
}

export interface FileSinkOptions {
  /** Absolute. Created with mode 0600; the mode of a file that exists is left to its owner. */
  readonly path: string;
  /** Records that may wait. Default 10,000. */
  readonly maxRecords?: number;
  /** Bytes that may wait. Default 8 MiB. */
  readonly maxBytes?: number;
  /** Milliseconds between attempts while the file cannot be written. Default 1000. */
  readonly retryMs?: number;
  /** Told of each failed attempt. */
  readonly onError?: (error: Error) => void;
  readonly openFile?: (path: string) => Promise<AuditHandle>;
}

export interface FileSinkStats {
  readonly written: number;
  readonly dropped: number;
  readonly errors: number;
  /** Records that wait, the ones being written included. */
  readonly queued: number;
}

/**
 * Appends records as JSON lines. `write` never blocks and never throws: records wait in a bounded
 * queue, one task writes them in batches, and what finds no place is dropped and counted. A file
 * that cannot be opened or written (ENOSPC, EACCES, a missing folder) is tried again for ever;
 * a line that was half written before the fault is completed, or begun anew in a new file.
 */
export class FileSink {
  readonly #options: FileSinkOptions;
  readonly #maxRecords: number;
  readonly #maxBytes: number;
  #queue: string[] = [];
  #queuedBytes = 0;
  #batch: Buffer = Buffer.alloc(0);
  #offset = 0;
  #batchRecords = 0;
  #written = 0;
  #dropped = 0;
  #errors = 0;
  #handle: AuditHandle | undefined;
  #reopen = false;
  #closing = false;
  #closed = false;
  #task: Promise<void> | undefined;
  #wake: (() => void) | undefined;

  constructor(options: FileSinkOptions) {
    this.#options = options;
    this.#maxRecords = options.maxRecords ?? DEFAULT_MAX_RECORDS;
    this.#maxBytes = options.maxBytes ?? DEFAULT_MAX_BYTES;
  }

  get stats(): FileSinkStats {
    const queued = this.#queue.length + this.#batchRecords;
    return { written: this.#written, dropped: this.#dropped, errors: this.#errors, queued };
  }

  /** Queues a record; false when it was dropped. */
  write(record: object): boolean {
    const line = `${JSON.stringify(record)}\n`;
    const bytes = Buffer.byteLength(line);
    if (
      this.#closing ||
      this.#queue.length + this.#batchRecords >= this.#maxRecords ||
      this.#queuedBytes + bytes > this.#maxBytes
    ) {
      this.#dropped++;
      return false;
    }
    this.#queue.push(line);
    this.#queuedBytes += bytes;
    this.#run();
    return true;
  }

  /** After the file was renamed by log rotation: what comes next goes to a new file of the old name. */
  reopen(): void {
    this.#reopen = true;
    this.#wake?.();
    this.#run();
  }

  /** Writes what waits, for at most `deadlineMs`; what is left then counts as dropped. Idempotent. */
  async close(deadlineMs = 2000): Promise<void> {
    if (this.#closed) return;
    this.#closing = true;
    this.#wake?.();
    const deadline = Promise.withResolvers<void>();
    const timer = setTimeout(deadline.resolve, deadlineMs);
    await Promise.race([this.#task, deadline.promise]);
    clearTimeout(timer);
    this.#closed = true;
    this.#wake?.();
    this.#dropped += this.#queue.length + this.#batchRecords;
    this.#queue = [];
    this.#batchRecords = 0;
    await Promise.race([this.#closeHandle(), deadline.promise]);
  }

  #run(): void {
    this.#task ??= this.#drain();
  }

  /** The one task that touches the file. Ends when nothing waits. */
  async #drain(): Promise<void> {
    await undefined; // lets records of the same turn gather into one batch
    while (!this.#closed && (this.#reopen || this.#fill())) {
      try {
        if (this.#reopen) await this.#rotate();
        if (this.#fill()) await this.#writeBatch();
      } catch (error) {
        this.#errors++;
        this.#options.onError?.(error as Error);
        // A full disk leaves the file open, so that a half-written line can be completed there.
        if (!FULL.has((error as NodeJS.ErrnoException).code)) await this.#closeHandle();
        await this.#pause();
      }
    }
    // In the turn of the last look at the queue: a record that comes later starts a new task.
    this.#task = undefined;
  }

  /** Makes the next batch unless one is being written. False when nothing waits. */
  #fill(): boolean {
    if (this.#batchRecords > 0) return true;
    if (this.#queue.length === 0) return false;
    let count = 0;
    for (let bytes = 0; count < this.#queue.length && bytes < BATCH_BYTES; count++) {
      bytes += this.#queue[count]?.length ?? 0;
    }
    this.#batch = Buffer.from(this.#queue.splice(0, count).join(''));
    this.#batchRecords = count;
    this.#offset = 0;
    return true;
  }

  async #writeBatch(): Promise<void> {
    const handle = this.#handle ?? (await this.#open());
    while (!this.#closed && this.#offset < this.#batch.length) {
      const { bytesWritten } = await handle.write(this.#batch, this.#offset, this.#batch.length - this.#offset);
      if (bytesWritten === 0) throw new Error('the audit file takes no bytes');
      this.#offset += bytesWritten;
    }
    if (this.#closed) return;
    this.#written += this.#batchRecords;
    this.#queuedBytes -= this.#batch.length;
    this.#batchRecords = 0;
    this.#batch = Buffer.alloc(0);
  }

  async #rotate(): Promise<void> {
    this.#reopen = false;
    await this.#closeHandle();
  }

  async #open(): Promise<AuditHandle> {
    const handle = await (this.#options.openFile ?? openForAppend)(this.#options.path);
    this.#handle = handle;
    // Another descriptor may be another file: a line that was cut begins anew.
    if (this.#offset > 0) this.#offset = this.#batch.lastIndexOf(NEWLINE, this.#offset - 1) + 1;
    return handle;
  }

  async #closeHandle(): Promise<void> {
    const handle = this.#handle;
    this.#handle = undefined;
    await handle?.close().catch(() => {});
  }

  async #pause(): Promise<void> {
    if (this.#closed) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, this.#closing ? 50 : (this.#options.retryMs ?? DEFAULT_RETRY_MS));
    this.#wake = resolve;
    await promise;
    this.#wake = undefined;
    clearTimeout(timer);
  }
}

/** Opens for appending; a last line without its end (a crash) is ended first. */
async function openForAppend(path: string): Promise<FileHandle> {
  const handle = await open(path, constants.O_RDWR | constants.O_APPEND | constants.O_CREAT, 0o600);
  try {
    const stat = await handle.stat();
    if (stat.isFile() && stat.size > 0) {
      const last = Buffer.alloc(1);
      await handle.read(last, 0, 1, stat.size - 1);
      if (last[0] !== NEWLINE) await handle.write('\n');
    }
  } catch (error) {
    await handle.close();
    throw error;
  }
  return handle;
}
