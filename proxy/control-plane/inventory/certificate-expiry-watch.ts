import { asyncScheduler, merge, type Observable, type SchedulerLike, type Subscription, timer } from 'rxjs';
import { type CertificateUse, certificateUses } from '../api/certificate-uses.ts';
import type { Inventory } from '../api/inventory.ts';
import type { Logger } from '../telemetry/log.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** Days before its end on which a certificate is warned of; the last is the end itself. */
const THRESHOLDS = [30, 7, 1, 0];

export interface ExpiryWatchDeps {
  inventory(): Inventory;
  /** Something else may be in force now. */
  readonly changes$: Observable<unknown>;
  readonly logger: Pick<Logger, 'warn' | 'error'>;
}

/**
 * Warns of certificates in force that end soon, each once for every threshold that it passes. Looks
 * every hour and after every change, the first time at once. `scheduler` is the clock as well.
 */
export function watchExpiry(
  { inventory, changes$, logger }: ExpiryWatchDeps,
  scheduler: SchedulerLike = asyncScheduler,
): Subscription {
  /** SHA-256 of the certificate -> thresholds passed when it was reported last. */
  let reported = new Map<string, number>();
  return merge(timer(0, HOUR, scheduler), changes$).subscribe(() => {
    const now = scheduler.now();
    const passed = new Map<string, number>();
    for (const [sha256, uses] of Map.groupBy(certificateUses(inventory()), (use) => use.certificate.sha256)) {
      const count = thresholdsPassed(uses, now);
      passed.set(sha256, count);
      if (count > (reported.get(sha256) ?? 0)) report(uses, THRESHOLDS[count - 1] as number, logger);
    }
    reported = passed;
  });
}

function thresholdsPassed([use]: readonly CertificateUse[], now: number): number {
  const left = Date.parse(use?.certificate.notAfter ?? '') - now;
  return THRESHOLDS.filter((days) => left < days * DAY).length;
}

function report(uses: readonly CertificateUse[], days: number, logger: ExpiryWatchDeps['logger']): void {
  const { subject, serial, sha256, notAfter } = (uses[0] as CertificateUse).certificate;
  const usedBy = uses.map(({ kind, name, role }) => `${kind} ${name} (${role})`);
  const facts = { subject, serial, sha256, notAfter, usedBy };
  if (days === 0) logger.error(facts, 'a certificate in use has expired');
  else logger.warn(facts, `a certificate in use expires in less than ${days === 1 ? 'a day' : `${days} days`}`);
}
