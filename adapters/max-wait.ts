import { TRAFFIC } from '../policies/limits/keys.ts';
import type { LimitKind } from './seam.ts';

/** Longest wait for tokens of each limit in milliseconds, as `SessionHost.take` is given it; 0: refused at once. */
export type MaxWait = Record<LimitKind, number>;

const NONE = Object.fromEntries(TRAFFIC.map((kind) => [kind, 0])) as Readonly<MaxWait>;

/** A session's own, before its limits are known: nothing waits. All have one shape, for they are read for every packet. */
export function noWait(): MaxWait {
  return { ...NONE };
}
