import { nodeOfSni } from '../../../adapters/kafka/advertise.ts';
import { createKafkaRefusal } from '../../../adapters/kafka/refusal.ts';
import { createKafkaSession } from '../../../adapters/kafka/session.ts';
import type { KafkaListenerPlan } from '../../shared/listener-plan.ts';
import type { DataPlaneProtocol, NodeHint } from './entry.ts';

export const KAFKA: DataPlaneProtocol<'kafka'> = {
  open: (plan, port, { openKafka }) => openKafka(plan, port),
  session(host, { plan, resources }, identified, policy) {
    const access = policy.kafka(identified, host.peerAddress, plan.mode);
    const client = { access, principal: identified.principal, limits: identified.limits };
    const session = createKafkaSession(host, client, plan.kafka, plan.timeouts, resources.backend());
    return {
      session,
      reauthorize: (next, newPolicy, listener) =>
        session.reauthorize(newPolicy.kafka(next, host.peerAddress, listener.plan.mode), next.limits),
    };
  },
  refusal: (host, _, rejection) => createKafkaRefusal(host, rejection),
  target: ({ plan, resources }, hint) => resources.target(nodeOf(plan, hint)),
};

/** The broker that the client means; undefined: any. */
function nodeOf({ advertise }: KafkaListenerPlan, { node, sni }: NodeHint): number | undefined {
  return 'sni' in advertise && sni !== undefined ? nodeOfSni(advertise.sni, sni) : node;
}
