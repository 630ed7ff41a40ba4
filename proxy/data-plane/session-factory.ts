import type { Rejection, Session, SessionHost } from '../../adapters/seam.ts';
import type { Identified, Policy } from '../../policies/types.ts';
import type { Listener } from './listener.ts';
import type { GateSession } from './protocols/entry.ts';
import { protocolOf } from './protocols/table.ts';

/** Makes the protocol side of a connection. Another module in its place can be given to a data plane for measurements. */
export interface SessionFactory {
  session(host: SessionHost, listener: Listener, identified: Identified, policy: Policy): GateSession;
  /** A session that tells a client, in its protocol, that it is refused, and records the rejection once. */
  refusal(host: SessionHost, listener: Listener, rejection: Rejection): Session;
}

/** Sessions by the listener's protocol. */
export const sessions: SessionFactory = {
  session: (host, listener, identified, policy) =>
    protocolOf(listener.plan).session(host, listener, identified, policy),
  refusal: (host, listener, rejection) => protocolOf(listener.plan).refusal(host, listener, rejection),
};
