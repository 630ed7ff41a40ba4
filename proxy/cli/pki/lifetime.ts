/** How long a certificate is good. */
export interface Lifetime {
  /** Days from now, or from `notBefore` where that is later. Default: 90 for what is issued, 1825 for an intermediate, 3650 for an authority. */
  readonly days?: number;
  /** Default: a minute ago, or a day before a `notAfter` that is past. */
  readonly notBefore?: Date;
  /** Goes before `days`. */
  readonly notAfter?: Date;
}

export const DAY = 86_400_000;

/** So that a peer whose clock is late accepts a new certificate. */
const BACKDATE = 60_000;

/** @throws Error when it would end before it begins. */
export function validity(lifetime: Lifetime, defaultDays: number): { notBefore: Date; notAfter: Date } {
  const now = Date.now();
  const begin = Math.min(now - BACKDATE, (lifetime.notAfter?.getTime() ?? Number.POSITIVE_INFINITY) - DAY);
  const notBefore = lifetime.notBefore ?? new Date(begin);
  const length = (lifetime.days ?? defaultDays) * DAY;
  const notAfter = lifetime.notAfter ?? new Date(Math.max(now, notBefore.getTime()) + length);
  if (notAfter < notBefore) throw new Error('the certificate would end before it begins');
  return { notBefore, notAfter };
}
