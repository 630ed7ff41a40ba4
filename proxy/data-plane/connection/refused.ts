import type { Cause } from '../../../policies/causes.ts';
import type { Action } from '../../../policies/decision.ts';
import { ChainRefused } from '../../shared/trust/verify-client-chain.ts';

/** A connection that ends before it has a session: the cause and what to tell the operator. */
export class Refused extends Error {
  readonly why: Cause;
  readonly action: Action;

  constructor(why: Cause, reason: string, action: Action) {
    super(reason);
    this.name = 'Refused';
    this.why = why;
    this.action = action;
  }
}

/** The client connected and left without a byte, as load balancers do: a counter, no rejection. */
export class Silent extends Error {
  constructor() {
    super('the client connected and left without a byte');
    this.name = 'Silent';
  }
}

/** What an error on the way to a session means; null: a fault of ours. `timedOut`: the milliseconds, if they were over. */
export function refusedOf(error: unknown, timedOut: number | null): Refused | null {
  const waited = error instanceof Refused && error.why === 'admission-queue';
  if (timedOut !== null && !waited) {
    return new Refused('half-open-timeout', `not finished within ${timedOut} ms`, 'handshake');
  }
  if (error instanceof Refused) return error;
  if (error instanceof ChainRefused) return new Refused(error.why, error.message, 'handshake');
  if (error instanceof Error && error.name === 'X509Error') {
    return new Refused('certificate-unreadable', error.message, 'identify');
  }
  return null;
}
