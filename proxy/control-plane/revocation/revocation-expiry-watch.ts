import {
  asyncScheduler,
  expand,
  type Observable,
  of,
  type SchedulerLike,
  type Subscription,
  switchMap,
  timer,
} from 'rxjs';

/** Milliseconds between looks at most: the clock of the machine may be set. */
const LONGEST_PAUSE = 60_000;

export interface RunOutWatchDeps {
  /** Until when each revocation list in force counts, in milliseconds since the epoch; nothing before the first generation. */
  runOuts(): readonly number[];
  /** Something else may be in force now. Emits at once. */
  readonly changes$: Observable<unknown>;
  /** A list counts no more by which sessions were let in. */
  onRunOut(): void;
}

/**
 * Notices the moment at which a revocation list in force runs out, so that sessions are judged without it. One timer
 * for all lists and sessions. A list that had run out before it came into force is no news: sessions were judged by it
 * then. `scheduler` is the clock as well.
 */
export function watchRunOuts(
  { runOuts, changes$, onRunOut }: RunOutWatchDeps,
  scheduler: SchedulerLike = asyncScheduler,
): Subscription {
  let looked = scheduler.now();
  const pause = (): number => {
    const now = scheduler.now();
    // To the millisecond of its end a list still counts.
    const left = runOuts().map((end) => (end < now ? LONGEST_PAUSE : end + 1 - now));
    return Math.min(LONGEST_PAUSE, ...left);
  };
  return changes$.pipe(switchMap(() => of(null).pipe(expand(() => timer(pause(), scheduler))))).subscribe(() => {
    const now = scheduler.now();
    if (runOuts().some((end) => looked <= end && end < now)) onRunOut();
    looked = now;
  });
}
