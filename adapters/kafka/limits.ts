import { onExceed } from '../../policies/limits/effective.ts';
import { limitCause } from '../../policies/limits/table.ts';
import { COUNTER, type LimitKind } from '../seam.ts';

import { KafkaError } from './error.ts';
import { ERROR } from './error-codes.ts';
import { HOLD, type KafkaState } from './state.ts';

export type { LimitKind } from '../seam.ts';

/** A limit that a request is over, or the milliseconds that its client is to wait. */
export type Charge = number | LimitKind;

/** Holds a request of `size` bytes against the limits. @throws KafkaError where the client is to be disconnected */
export function chargeRequest(s: KafkaState, size: number): Charge {
  const requests = charge(s, 'requests', 1, s.maxWait.requests);
  if (typeof requests === 'string') return requests;
  const bytes = charge(s, 'bytes', size, s.maxWait.bytes);
  return typeof bytes === 'string' ? bytes : Math.max(requests, bytes);
}

/**
 * Records are charged once their number is known: when the request is allowed. Kafka too tells
 * a client to wait after it has appended.
 */
export function chargeRecords(s: KafkaState, records: number): number {
  return records > 0 ? Math.max(0, s.host.take('publish', records, Number.POSITIVE_INFINITY)) : 0;
}

/** Takes what was refused all the same: there is no code to refuse it with, so the client waits instead. */
export function chargeAnyway(s: KafkaState, size: number): number {
  const requests = s.host.take('requests', 1, Number.POSITIVE_INFINITY);
  return Math.max(0, requests, s.host.take('bytes', size, Number.POSITIVE_INFINITY));
}

/**
 * Charges an answer of the broker, whose size is known before any of it has left: the milliseconds that the client is
 * to wait after it. @throws KafkaError where the client is to be disconnected
 */
export function chargeAnswer(s: KafkaState, size: number): number {
  const wait = charge(s, 'bytesOut', size, s.maxWait.bytesOut);
  return typeof wait === 'string' ? 0 : Math.min(Math.ceil(wait), s.options.maxThrottle);
}

function charge(s: KafkaState, kind: LimitKind, n: number, maxWait: number): Charge {
  const wait = s.host.take(kind, n, maxWait);
  if (wait >= 0) return wait;
  if (onExceed(s.limits, kind) === 'disconnect') throw new KafkaError(limitCause(kind), `over the limit on ${kind}`);
  return kind;
}

/** Records a request that is refused because of a limit. */
export function overLimit(s: KafkaState, kind: LimitKind): void {
  const sent = `${s.api?.name ?? ''} error ${ERROR.throttlingQuotaExceeded}`;
  s.reject('session', limitCause(kind), `over the limit on ${kind}`, { sent });
}

/** Reads the client no more for `ms` (KIP-219: the answer is sent, then the connection is mute). */
export function pauseFor(s: KafkaState, ms: number): void {
  s.resumeAt = Math.max(s.resumeAt, s.now + ms);
  s.hold(HOLD.throttle);
  s.count(COUNTER.throttled, 1);
  s.count(COUNTER.throttledMs, ms);
}
