import type { Cause } from '../policies/causes.ts';
import type { Action } from '../policies/decision.ts';

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
