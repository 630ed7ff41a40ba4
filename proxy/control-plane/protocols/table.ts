import type { Protocol } from '../../../policies/decision.ts';
import type { ControlPlaneProtocol } from './entry.ts';
import { KAFKA } from './kafka.ts';
import { MQTT } from './mqtt.ts';

const TABLE: { readonly [P in Protocol]: ControlPlaneProtocol<P> } = { mqtt: MQTT, kafka: KAFKA };

/** The entry of a listener's protocol. */
export function protocolOf({ protocol }: { readonly protocol: Protocol }): ControlPlaneProtocol<Protocol> {
  return TABLE[protocol];
}
