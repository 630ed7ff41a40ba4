import { asyncScheduler, EMPTY, filter, type Observable, type SchedulerLike, timer } from 'rxjs';
import { contentHash } from '../config/files.ts';

/**
 * When to reload unasked: when the content of a watched file changes. Polling by content
 * hash survives what file watchers do not: symlink swaps of mounted volumes and network file systems.
 */
export class ContentWatch {
  #hash = '';
  #files: readonly string[] = [];

  /** Fires at every poll that finds other content than `watch` was given last. */
  readonly changes$: Observable<unknown>;

  /** `interval` in milliseconds; 0: no polling. */
  constructor(interval: number, scheduler: SchedulerLike = asyncScheduler) {
    const poll$ = interval === 0 ? EMPTY : timer(interval, interval, scheduler);
    this.changes$ = poll$.pipe(filter(() => contentHash(this.#files) !== this.#hash));
  }

  /**
   * Watches these files from now on; `hash` is the content hash of what was read of them. To be called for
   * what is broken as well, so that it is tried once and not at every poll.
   */
  watch(files: readonly string[], hash: string): void {
    this.#files = files;
    this.#hash = hash;
  }
}
