import { createMqttRefusal } from '../../../adapters/mqtt/refusal.ts';
import { createMqttSession } from '../../../adapters/mqtt/session.ts';
import type { DataPlaneProtocol } from './entry.ts';

/** Milliseconds that a refused client has for the CONNECT that is answered. */
const REFUSAL_TIMEOUT = 3000;

export const MQTT: DataPlaneProtocol<'mqtt'> = {
  open: () => null,
  session(host, { plan }, identified, policy) {
    const { mode, mqtt, timeouts, upstream } = plan;
    const client = { access: policy.mqtt(identified, mode), limits: identified.limits };
    const session = createMqttSession(host, client, { ...mqtt, timeouts }, upstream);
    return {
      session,
      reauthorize: (next, newPolicy, listener) =>
        session.reauthorize(newPolicy.mqtt(next, listener.plan.mode), next.limits),
      wouldEnd: (next, newPolicy, listener) => session.denialReason(newPolicy.mqtt(next, listener.plan.mode)),
    };
  },
  refusal(host, { plan: { mqtt, timeouts } }, rejection) {
    const timeout = Math.min(timeouts.connect, REFUSAL_TIMEOUT);
    return createMqttRefusal(host, rejection, { maxConnectSize: mqtt.maxConnectSize, timeout });
  },
  target: ({ plan }) => plan.upstream,
};
