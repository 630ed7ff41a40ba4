import { createMqttRefusal } from '../adapters/mqtt/refusal.ts';
import { createMqttSession } from '../adapters/mqtt/session.ts';
import type { Rejection, Session, SessionHost } from '../adapters/seam.ts';
import type { Identified, Policy } from '../policies/types.ts';
import type { Listener } from './generation.ts';

/** Milliseconds that a refused client has for the CONNECT that is answered. */
const REFUSAL_TIMEOUT = 3000;

/** A session and how it takes over the rights of a new generation. */
export interface GateSession {
  readonly session: Session;
  /** Ends the session when it no longer may have what it holds. */
  rejudge(who: Identified, policy: Policy): void;
}

/** Makes the protocol side of a connection. */
export interface SessionFactory {
  session(host: SessionHost, listener: Listener, who: Identified, policy: Policy): GateSession;
  /** A session that tells a client, in its protocol, that it is refused, and records the rejection once. */
  refusal(host: SessionHost, listener: Listener, rejection: Rejection): Session;
}

/** Sessions by the listener's protocol. Kafka listeners do not start yet: `run` refuses them. */
export const sessions: SessionFactory = {
  session(host, listener, who, policy) {
    const { mqtt, timeouts, upstream } = listener.plan;
    const access = policy.mqtt(who);
    const session = createMqttSession(
      host,
      { access, principal: who.principal, onExceed: who.limits.onExceed },
      { ...mqtt, timeouts },
      upstream,
    );
    return { session, rejudge: (next, newPolicy) => session.rejudge(newPolicy.mqtt(next), next.limits.onExceed) };
  },
  refusal(host, listener, rejection) {
    const { mqtt, timeouts } = listener.plan;
    const timeout = Math.min(timeouts.connect, REFUSAL_TIMEOUT);
    return createMqttRefusal(host, rejection, { maxConnectSize: mqtt.maxConnectSize, timeout });
  },
};
