import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { EMPTY, exhaustMap, filter, from, map, merge, type Observable, Subject, timer } from 'rxjs';

/** Why a reload is attempted. */
export type Trigger = 'signal' | 'content' | 'admin';

/**
 * When to reload: on request, and when the content of a watched file changes. Polling by content
 * hash survives what file watchers do not: symlink swaps of mounted volumes and network file systems.
 */
export class ReloadTriggers {
  readonly #requests = new Subject<Trigger>();
  #hash = '';
  #files: readonly string[] = [];

  readonly triggers$: Observable<Trigger>;

  /** `interval` in milliseconds; 0: no polling. */
  constructor(interval: number) {
    const poll$ =
      interval === 0
        ? EMPTY
        : timer(interval, interval).pipe(
            exhaustMap(() => from(this.#changed())),
            filter((changed) => changed),
            map((): Trigger => 'content'),
          );
    this.triggers$ = merge(this.#requests, poll$);
  }

  request(trigger: Trigger): void {
    this.#requests.next(trigger);
  }

  /** Watches these files from now on; what they hold now counts as known. */
  async watch(files: readonly string[]): Promise<void> {
    this.#files = files;
    this.#hash = await hashFiles(files);
  }

  async #changed(): Promise<boolean> {
    const hash = await hashFiles(this.#files);
    if (hash === this.#hash) return false;
    // Noted at once: a broken file is tried once, not at every poll.
    this.#hash = hash;
    return true;
  }
}

async function hashFiles(files: readonly string[]): Promise<string> {
  const hash = createHash('sha256');
  for (const file of files) {
    hash.update(`\0${file}\0`);
    try {
      hash.update(await readFile(file));
    } catch (error) {
      hash.update(`unreadable ${(error as NodeJS.ErrnoException).code}`);
    }
  }
  return hash.digest('hex');
}
