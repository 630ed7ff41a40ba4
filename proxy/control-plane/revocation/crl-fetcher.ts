import type { Timing } from '../../shared/timing.ts';
import { failureMessage, readBody } from './http-fetch.ts';

/** Milliseconds for one answer, body included. */
const ANSWER_TIME = 20_000;
/** Bytes of the largest list. */
const MAX_LIST_BYTES = 64 * 1024 * 1024;
/** Bytes of all lists that are kept or being read. */
const MAX_TOTAL_BYTES = 512 * 1024 * 1024;
/** Milliseconds before the second attempt; each further one waits twice as long, up to `refresh`. */
const FIRST_PAUSE = 1000;
/** Milliseconds between requests for a URL whose list expires. A list counts a minute longer than it says. */
const MIN_REFRESH = 30_000;

export interface FetcherOptions {
  readonly timing: Timing;
  /** Milliseconds since the epoch. */
  wallClock(): number;
  /** When something newer than these bytes is due, in milliseconds since the epoch; null: nobody knows. */
  dueAt(bytes: Uint8Array): number | null;
  /** A URL holds something else than before. */
  onChange(): void;
  /** An attempt failed; `again` in milliseconds. */
  onFailure(url: string, message: string, again: number): void;
  /** `fetch` of the platform; tests may put another in its place. */
  readonly fetch?: typeof fetch;
  /** Bytes of all URLs together; default 512 MiB. */
  readonly maxTotal?: number;
}

interface Entry {
  readonly url: string;
  refresh: number;
  bytes: Uint8Array | null;
  dueAt: number | null;
  etag: string | null;
  modified: string | null;
  failures: number;
  cancel: () => void;
  /** The end of the first attempt: did it bring a list? */
  readonly first: PromiseWithResolvers<boolean>;
}

/**
 * Keeps what a number of URLs hold, asked for again after a time each, conditionally (RFC 9110, section 13). A failure
 * keeps what there was and is tried again sooner. Redirects are not followed: which host is asked is for the operator to say.
 */
export class CrlFetcher {
  readonly #options: FetcherOptions;
  readonly #entries = new Map<string, Entry>();
  readonly #abort = new AbortController();
  /** Bytes that are kept or being read. */
  #held = 0;

  constructor(options: FetcherOptions) {
    this.#options = options;
  }

  /** What the URLs hold, as far as it is known. */
  get contents(): ReadonlyMap<string, Uint8Array> {
    return new Map([...this.#entries].flatMap(([url, { bytes }]) => (bytes === null ? [] : [[url, bytes] as const])));
  }

  /** From now on these URLs, by milliseconds after which each is asked again. New ones are asked at once. */
  want(urls: ReadonlyMap<string, number>): void {
    for (const [url, entry] of this.#entries) {
      if (!urls.has(url)) this.#forget(entry);
    }
    for (const [url, refresh] of urls) void this.add(url, refresh);
  }

  /**
   * One URL more, unless it is wanted already. Tells whether there is a list: at once where there is one, else at the
   * end of the first attempt.
   */
  add(url: string, refresh: number): Promise<boolean> {
    const known = this.#entries.get(url);
    if (known !== undefined) {
      known.refresh = refresh;
      return known.bytes === null ? known.first.promise : Promise.resolve(true);
    }
    const first = Promise.withResolvers<boolean>();
    const unread = { bytes: null, dueAt: null, etag: null, modified: null, failures: 0, cancel: () => {} };
    const entry: Entry = { url, refresh, first, ...unread };
    this.#entries.set(url, entry);
    void this.#ask(entry);
    return first.promise;
  }

  close(): void {
    this.#abort.abort();
    for (const entry of this.#entries.values()) this.#forget(entry);
  }

  #forget(entry: Entry): void {
    entry.cancel();
    entry.first.resolve(false);
    this.#held -= entry.bytes?.length ?? 0;
    this.#entries.delete(entry.url);
  }

  async #ask(entry: Entry): Promise<void> {
    let changed = false;
    let message: string | undefined;
    try {
      changed = await this.#load(entry);
      entry.failures = 0;
    } catch (error) {
      message = failureMessage(error);
      entry.failures++;
    }
    // It may be unwanted by now.
    if (this.#entries.get(entry.url) !== entry) return;
    const again =
      message === undefined
        ? this.#pause(entry)
        : Math.min(entry.refresh, FIRST_PAUSE * 2 ** Math.min(entry.failures - 1, 20));
    entry.cancel = this.#options.timing.after(again, () => void this.#ask(entry));
    if (message !== undefined) this.#options.onFailure(entry.url, message, again);
    if (changed) this.#options.onChange();
    entry.first.resolve(entry.bytes !== null);
  }

  /** What is due soon is asked for at half of the time that is left. */
  #pause({ refresh, dueAt }: Entry): number {
    if (dueAt === null) return refresh;
    return Math.min(refresh, Math.max(MIN_REFRESH, (dueAt - this.#options.wallClock()) / 2));
  }

  /** True when the content is another. */
  async #load(entry: Entry): Promise<boolean> {
    const { etag, modified } = entry;
    const response = await (this.#options.fetch ?? fetch)(entry.url, {
      redirect: 'error',
      headers: {
        accept: 'application/pkix-crl, application/x-pem-file, */*;q=0.1',
        ...(etag !== null && { 'if-none-match': etag }),
        ...(modified !== null && { 'if-modified-since': modified }),
      },
      signal: AbortSignal.any([this.#abort.signal, AbortSignal.timeout(ANSWER_TIME)]),
    });
    if (response.status === 304 && entry.bytes !== null) return false;
    if (response.status !== 200) {
      await response.body?.cancel();
      throw new Error(`HTTP status ${response.status}`);
    }
    const bytes = await this.#read(response);
    // It may be unwanted by now.
    if (this.#entries.get(entry.url) !== entry) return false;
    this.#held += bytes.length - (entry.bytes?.length ?? 0);
    entry.etag = response.headers.get('etag');
    entry.modified = response.headers.get('last-modified');
    const changed = entry.bytes === null || Buffer.compare(entry.bytes, bytes) !== 0;
    entry.bytes = bytes;
    if (changed) entry.dueAt = this.#options.dueAt(bytes);
    return changed;
  }

  async #read(response: Response): Promise<Uint8Array> {
    const limit = this.#options.maxTotal ?? MAX_TOTAL_BYTES;
    let taken = 0;
    try {
      return await readBody(response, MAX_LIST_BYTES, (bytes) => {
        taken += bytes;
        this.#held += bytes;
        if (this.#held > limit) throw new Error(`the lists of all URLs have more than ${limit} bytes together`);
      });
    } finally {
      this.#held -= taken;
    }
  }
}
