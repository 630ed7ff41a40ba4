import type { Protocol } from '../../decision.ts';
import { type PolicyRequest, protocolOf } from '../policy-test/request.ts';
import type { ProtocolAnalysis } from './entry.ts';
import { KAFKA } from './kafka.ts';
import { MQTT } from './mqtt.ts';

/** The entry of each protocol. */
export const ANALYSIS: { readonly [P in Protocol]: ProtocolAnalysis<P> } = { mqtt: MQTT, kafka: KAFKA };

/** The entry of the protocol that a request is of. */
export function analysisOf(request: PolicyRequest): ProtocolAnalysis<Protocol> {
  return ANALYSIS[protocolOf(request)];
}
