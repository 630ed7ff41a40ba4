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

/** Milliseconds after which expiry is checked at the latest: the clock of the machine may be set. */
const MAX_PAUSE = 60_000;

export interface RevocationExpiryDeps {
  /** Until when each revocation list in force counts, in milliseconds since the epoch; nothing before the first generation. */
  expiries(): readonly number[];
  /** Something else may be in force now. Emits at once. */
  readonly changes$: Observable<unknown>;
  /** A list by which sessions were let in no longer counts. */
  onExpiry(): void;
}

/**
 * Notices the moment at which a revocation list in force expires, so that sessions are reauthorized without it. One
 * timer for all lists and sessions. A list that had expired before it came into force is not reported: sessions were
 * authorized without it then. `scheduler` is the clock as well.
 */
export function watchRevocationExpiry(
  { expiries, changes$, onExpiry }: RevocationExpiryDeps,
  scheduler: SchedulerLike = asyncScheduler,
): Subscription {
  let checked = scheduler.now();
  const pause = (): number => {
    const now = scheduler.now();
    // To the millisecond of its end a list still counts.
    const left = expiries().map((end) => (end < now ? MAX_PAUSE : end + 1 - now));
    return Math.min(MAX_PAUSE, ...left);
  };
  return changes$.pipe(switchMap(() => of(null).pipe(expand(() => timer(pause(), scheduler))))).subscribe(() => {
    const now = scheduler.now();
    if (expiries().some((end) => checked <= end && end < now)) onExpiry();
    checked = now;
  });
}
