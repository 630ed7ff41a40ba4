/** What a data plane needs of a protocol. Every part is for the set-up of a connection: frames never come by here. */
import type { Rejection, Session, SessionHost } from '../../../adapters/seam.ts';
import type { Protocol } from '../../../policies/decision.ts';
import type { Identified, Policy } from '../../../policies/types.ts';
import type { KafkaListenerPlan, ListenerPlans, UpstreamTarget } from '../../shared/listener-plan.ts';
import type { KafkaGate } from '../cluster/kafka-gate.ts';
import type { Listener, ListenerOf, ListenerResources } from '../listener.ts';
import type { DialFailure } from '../upstream/dial.ts';

/** A session and how it takes over the rights of a new generation. */
export interface GateSession {
  readonly session: Session;
  /** Ends the session when it is no longer allowed what it holds. */
  reauthorize(identified: Identified, policy: Policy, listener: Listener): void;
  /** Why `reauthorize` would end it, as a sentence; '' where it would go on. Absent: it never ends one. */
  wouldEnd?(identified: Identified, policy: Policy, listener: Listener): string;
}

/** How a client says which broker it means: by the address that it dialled, or by the name. */
export interface NodeHint {
  /** Broker behind the bound address; undefined: any. */
  readonly node: number | undefined;
  /** Server name of the ClientHello. */
  readonly sni: string | undefined;
}

/** Opens what stands behind a Kafka listener; `port` is the listener's own. */
export type OpenKafka = (plan: KafkaListenerPlan, port: number) => KafkaGate;

/** What a data plane has for the listeners of its protocols to open. */
export interface ResourceMeans {
  readonly openKafka: OpenKafka;
}

/** Methods, not properties with functions: so that an entry of one protocol can be looked up as one of any protocol. */
export interface DataPlaneProtocol<P extends Protocol> {
  /** What the sessions of a listener share, until it is released. @param port The listener's own. */
  open(plan: ListenerPlans[P], port: number, means: ResourceMeans): ListenerResources[P];
  session(host: SessionHost, listener: ListenerOf<P>, identified: Identified, policy: Policy): GateSession;
  /** A session that tells a client, in its protocol, that it is refused, and records the rejection once. */
  refusal(host: SessionHost, listener: ListenerOf<P>, rejection: Rejection): Session;
  /** Where a session of this listener is connected to. */
  target(listener: ListenerOf<P>, hint: NodeHint): UpstreamTarget | Promise<UpstreamTarget | DialFailure>;
}
