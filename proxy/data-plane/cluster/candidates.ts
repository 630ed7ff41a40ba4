import type { HostPort } from '../../shared/listener-plan.ts';

/**
 * Brokers to try, in order: the bootstrap list, then the brokers that were learned beyond it; the
 * broker whose connection was lost last comes after all others.
 */
export function candidates(
  bootstrap: readonly HostPort[],
  learned: Iterable<HostPort>,
  lost: HostPort | null,
): readonly HostPort[] {
  const distinct = new Map([...bootstrap, ...learned].map(({ host, port }) => [`${host}:${port}`, { host, port }]));
  const last = lost === null ? '' : `${lost.host}:${lost.port}`;
  const late = distinct.get(last);
  if (late !== undefined) {
    distinct.delete(last);
    distinct.set(last, late);
  }
  return [...distinct.values()];
}
