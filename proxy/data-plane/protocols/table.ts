import type { Protocol } from '../../../policies/decision.ts';
import { PROTOCOLS, type ProtocolAccess } from '../../../policies/protocols.ts';
import type { Identified, Policy } from '../../../policies/types.ts';
import type { ListenerPlans } from '../../shared/listener-plan.ts';
import type { DataPlaneProtocol } from './entry.ts';
import { KAFKA } from './kafka.ts';
import { MQTT } from './mqtt.ts';

const TABLE: { readonly [P in Protocol]: DataPlaneProtocol<P> } = { mqtt: MQTT, kafka: KAFKA };

/** The entry of a listener's protocol. A look-up, for the set-up of a connection. */
export function protocolOf<P extends Protocol>(plan: ListenerPlans[P]): DataPlaneProtocol<P> {
  return TABLE[plan.protocol as P];
}

/** What a client of a listener may do. @param host The client's address. */
export function accessOf(
  { protocol, mode }: ListenerPlans[Protocol],
  policy: Policy,
  identified: Identified,
  host: string,
): ProtocolAccess[Protocol] {
  return PROTOCOLS[protocol].access(policy, { client: identified, host, mode });
}
