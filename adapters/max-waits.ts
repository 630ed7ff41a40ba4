import { onExceed } from '../policies/limits/effective.ts';
import { TRAFFIC } from '../policies/limits/keys.ts';
import type { EffectiveLimits } from '../policies/types.ts';
import type { LimitKind } from './seam.ts';

/** Longest wait for tokens of each limit in milliseconds; 0: a client over it does not wait. */
export type MaxWaits = Record<LimitKind, number>;

const NO_WAITS = Object.fromEntries(TRAFFIC.map((kind) => [kind, 0])) as MaxWaits;

/** Nobody waits, until `setMaxWaits`. */
export function noWaits(): MaxWaits {
  return { ...NO_WAITS };
}

/**
 * Clients wait where their limits say `throttle`.
 *
 * @param pause milliseconds for which a client may go unread; Infinity: as long as it takes
 */
export function setMaxWaits(waits: MaxWaits, limits: EffectiveLimits, pause: number): void {
  for (const kind of TRAFFIC) waits[kind] = onExceed(limits, kind) === 'throttle' ? pause : 0;
  // The broker sends on its own and waits as long as it takes.
  if (waits.bytesOut > 0) waits.bytesOut = Number.POSITIVE_INFINITY;
}
