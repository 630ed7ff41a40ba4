import type { Protocol } from '../../policies/decision.ts';
import type { ListenerPlans } from '../shared/listener-plan.ts';
import type { ListenerTrust } from '../shared/trust/listener-trust.ts';
import type { AddressSet, Admission } from './accept/admission.ts';
import type { KafkaGate } from './cluster/kafka-gate.ts';
import type { TlsFront } from './tls/handshake.ts';

/** What the sessions of one listener share in a data plane, beside its plan; null: nothing. */
export interface ListenerResources {
  readonly mqtt: null;
  readonly kafka: KafkaGate;
}

/** A listener as a data plane runs it in one generation; immutable but for the queue of its admission. */
export interface ListenerOf<P extends Protocol> {
  readonly version: string;
  readonly plan: ListenerPlans[P];
  readonly front: TlsFront;
  readonly trust: ListenerTrust;
  /** Peers that must send a PROXY header. */
  readonly proxies: AddressSet;
  readonly admission: Admission;
  readonly resources: ListenerResources[P];
}

/** A listener of any protocol, as a data plane runs it. */
export type Listener = ListenerOf<Protocol>;
