import { createKafkaRefusal } from '../../adapters/kafka/refusal.ts';
import { createKafkaSession } from '../../adapters/kafka/session.ts';
import { createMqttRefusal } from '../../adapters/mqtt/refusal.ts';
import { createMqttSession } from '../../adapters/mqtt/session.ts';
import type { Rejection, Session, SessionHost } from '../../adapters/seam.ts';
import type { Identified, Policy } from '../../policies/types.ts';
import type { Listener } from './generation.ts';

/** Milliseconds that a refused client has for the CONNECT that is answered. */
const REFUSAL_TIMEOUT = 3000;

/** A session and how it takes over the rights of a new generation. */
export interface GateSession {
  readonly session: Session;
  /** Ends the session when it no longer may have what it holds. */
  reauthorize(identified: Identified, policy: Policy, listener: Listener): void;
  /** Why `reauthorize` would end it; '' where it would go on. Absent: it never ends one. */
  wouldEnd?(identified: Identified, policy: Policy, listener: Listener): string;
}

/** Makes the protocol side of a connection. */
export interface SessionFactory {
  session(host: SessionHost, listener: Listener, identified: Identified, policy: Policy): GateSession;
  /** A session that tells a client, in its protocol, that it is refused, and records the rejection once. */
  refusal(host: SessionHost, listener: Listener, rejection: Rejection): Session;
}

/** Sessions by the listener's protocol. */
export const sessions: SessionFactory = {
  session(host, listener, identified, policy) {
    const { plan } = listener;
    if (plan.protocol === 'kafka') {
      const backend = listener.kafka?.backend();
      if (backend === undefined) throw new Error(`the listener ${plan.name} has no cluster`);
      const access = policy.kafka(identified, host.peerAddress, plan.mode);
      const client = { access, principal: identified.principal, limits: identified.limits };
      const session = createKafkaSession(host, client, plan.kafka, plan.timeouts, backend);
      return {
        session,
        reauthorize: (next, newPolicy, { plan: { mode } }) =>
          session.reauthorize(newPolicy.kafka(next, host.peerAddress, mode), next.limits),
      };
    }
    const { mqtt, timeouts, upstream } = plan;
    const access = policy.mqtt(identified, plan.mode);
    const session = createMqttSession(host, { access, limits: identified.limits }, { ...mqtt, timeouts }, upstream);
    return {
      session,
      reauthorize: (next, newPolicy, { plan: { mode } }) =>
        session.reauthorize(newPolicy.mqtt(next, mode), next.limits),
      wouldEnd: (next, newPolicy, { plan: { mode } }) => session.denialReason(newPolicy.mqtt(next, mode)),
    };
  },
  refusal(host, listener, rejection) {
    if (listener.plan.protocol === 'kafka') return createKafkaRefusal(host, rejection);
    const { mqtt, timeouts } = listener.plan;
    const timeout = Math.min(timeouts.connect, REFUSAL_TIMEOUT);
    return createMqttRefusal(host, rejection, { maxConnectSize: mqtt.maxConnectSize, timeout });
  },
};
