import { EMPTY, filter, type Observable, timer } from 'rxjs';
import { contentHash } from './config/files.ts';

/**
 * When to reload unasked: when the content of a watched file changes. Polling by content
 * hash survives what file watchers do not: symlink swaps of mounted volumes and network file systems.
 */
export class ContentWatch {
  #hash = '';
  #files: readonly string[] = [];

  readonly changes$: Observable<unknown>;

  /** `interval` in milliseconds; 0: no polling. */
  constructor(interval: number) {
    const poll$ = interval === 0 ? EMPTY : timer(interval, interval);
    this.changes$ = poll$.pipe(filter(() => this.#changed()));
  }

  /** Watches these files from now on; `hash` is the content hash of what was read of them. */
  watch(files: readonly string[], hash: string): void {
    this.#files = files;
    this.#hash = hash;
  }

  #changed(): boolean {
    const hash = contentHash(this.#files);
    if (hash === this.#hash) return false;
    // Noted at once: a broken file is tried once, not at every poll.
    this.#hash = hash;
    return true;
  }
}
