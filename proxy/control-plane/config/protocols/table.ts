import type { Protocol } from '../../../../policies/decision.ts';
import type { ConfigProtocol } from './entry.ts';
import { KAFKA } from './kafka.ts';
import { MQTT } from './mqtt.ts';

const TABLE: { readonly [P in Protocol]: ConfigProtocol<P> } = { mqtt: MQTT, kafka: KAFKA };

/** The entry of a listener's protocol. */
export function configProtocolOf({ protocol }: { readonly protocol: Protocol }): ConfigProtocol<Protocol> {
  return TABLE[protocol];
}
