/** What the control plane needs of a protocol, beside its configuration. */
import type { PortRange } from '../../../adapters/kafka/advertise.ts';
import type { Protocol } from '../../../policies/decision.ts';
import type { HostPort, ListenerPlans } from '../../shared/listener-plan.ts';
import type { ListenerConfigs } from '../config/protocols/entry.ts';

/** Ports that stand for one broker each: the first of them for `firstNodeId`. */
export interface BrokerPorts {
  readonly ports: PortRange;
  readonly firstNodeId: number;
}

/** Methods, not properties with functions: so an entry of one protocol is one of any protocol to who looks it up. */
export interface ControlPlaneProtocol<P extends Protocol> {
  /** What is bound on each host beside `listen`; undefined: nothing. */
  brokerPorts(listener: ListenerConfigs[P]): BrokerPorts | undefined;
  /** Addresses of brokers as they are written, tried in order. */
  upstreams(listener: ListenerPlans[P] | ListenerConfigs[P]): readonly HostPort[];
  /** What clients are told in place of the addresses of brokers; undefined: they are told none. */
  advertised(listener: ListenerPlans[P]): string | undefined;
}
