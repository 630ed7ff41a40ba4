import type { Cause } from '../../policies/causes.ts';
import { onExceed } from '../../policies/limits/effective.ts';
import { limitCause } from '../../policies/limits/table.ts';
import { COUNTER, type LimitKind } from '../seam.ts';
import { CODE } from './codec/reason-codes.ts';
import { endSession } from './session-end.ts';
import { PHASE, type SessionState } from './state.ts';

/** The outcome of `charge`: 0 granted, > 0 granted after so many ms, or one of these. */
export const OVER_COUNT = -1;
export const OVER_BYTES = -2;

/**
 * Takes one token of `kind` and `size` bytes. The larger of two waits counts, as both buckets
 * refill at the same time.
 */
export function charge(s: SessionState, kind: LimitKind, size: number): number {
  const count = s.host.take(kind, 1, s.maxWait[kind]);
  if (count < 0) return OVER_COUNT;
  const bytes = s.host.take('bytes', size, s.maxWait.bytes);
  if (bytes < 0) return OVER_BYTES;
  return Math.max(bytes, count);
}

export interface Excess {
  readonly cause: Cause;
  readonly message: string;
  /** The client is not to be refused but disconnected. */
  readonly ends: boolean;
}

/** What a refused charge means. */
export function excess(s: SessionState, kind: LimitKind, outcome: number): Excess {
  const over = outcome === OVER_BYTES ? 'bytes' : kind;
  return {
    cause: limitCause(over),
    message: `over the limit on ${over}`,
    ends: onExceed(s.limits, over) === 'disconnect',
  };
}

/** Reads the client no more for `ms`: back-pressure instead of buffering. */
export function pauseFor(s: SessionState, ms: number): void {
  s.held = true;
  s.resumeAt = s.now + ms;
  s.packetSince = 0;
  s.out.hold();
  countPause(s, ms);
}

/**
 * Charges what the broker sent and the client got: over the limit the broker is not read until the bucket has made up
 * for it, or the client is disconnected.
 */
export function chargeOut(s: SessionState, size: number): void {
  const wait = s.host.take('bytesOut', size, s.maxWait.bytesOut);
  if (wait === 0 || s.phase !== PHASE.open) return;
  if (wait < 0) {
    endSession(s, 'session', limitCause('bytesOut'), CODE.quotaExceeded, 'over the limit on bytes to the client');
    return;
  }
  s.brokerResumeAt = s.now + wait;
  s.out.holdBroker();
  countPause(s, wait);
}

function countPause(s: SessionState, ms: number): void {
  const counters = s.host.counters;
  counters[COUNTER.throttled] = (counters[COUNTER.throttled] as number) + 1;
  counters[COUNTER.throttledMs] = (counters[COUNTER.throttledMs] as number) + ms;
}

/** Shortest pause of a client whose packet cannot be refused. */
const SLOW_DOWN = 1000;

/**
 * Charges a packet that has no refusal of its own (acknowledgements, pings, UNSUBSCRIBE):
 * holding it back would break the protocol, so what is over the limit slows the client down.
 * Returned is for what the client is to be disconnected, if it is.
 */
export function chargeControl(s: SessionState, size: number, request: boolean): Excess | undefined {
  const kind = request ? 'requests' : 'bytes';
  const outcome = request ? charge(s, kind, size) : s.host.take(kind, size, s.maxWait.bytes);
  if (outcome === 0) return undefined;
  if (outcome < 0) {
    const over = excess(s, kind, outcome);
    if (over.ends) return over;
  }
  pauseFor(s, outcome > 0 ? outcome : Math.min(SLOW_DOWN, s.pause));
  return undefined;
}
