/** What the control plane needs of a protocol, beside its configuration. */
import type { PortRange } from '../../../adapters/kafka/advertise.ts';
import type { Protocol } from '../../../policies/decision.ts';
import type { HostPort, ListenerPlans } from '../../shared/listener-plan.ts';

/** Ports that stand for one broker each: the first of them for `firstNodeId`. */
export interface BrokerPorts {
  readonly ports: PortRange;
  readonly firstNodeId: number;
}

/** Methods, not properties with functions: so that an entry of one protocol can be looked up as one of any protocol. */
export interface ControlPlaneProtocol<P extends Protocol> {
  /** What is bound on each host beside `listen`; undefined: nothing. */
  brokerPorts(listener: ListenerPlans[P]): BrokerPorts | undefined;
  /** Addresses of brokers as they are written, tried in order. */
  upstreams(listener: ListenerPlans[P]): readonly HostPort[];
  /** What clients are told in place of the addresses of brokers; undefined: they are told none. */
  advertised(listener: ListenerPlans[P]): string | undefined;
}
