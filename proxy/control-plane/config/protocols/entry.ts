/** What the configuration of a listener must know of its protocol. */
import type { PortRange } from '../../../../adapters/kafka/advertise.ts';
import type { Protocol } from '../../../../policies/decision.ts';
import type { ListenerPlans } from '../../../shared/listener-plan.ts';
import type { Path, Report } from '../problem.ts';
import type { ListenerSources } from '../schema/listeners.ts';

/** Ports that are bound beside `listen`, on each of its hosts. */
export interface FurtherPorts {
  readonly ports: PortRange;
  /** Where they are written, in the listener. */
  readonly path: Path;
}

/** Methods, not properties with functions: so that an entry of one protocol can be looked up as one of any protocol. */
export interface ConfigProtocol<P extends Protocol> {
  /** Whether limits of its listeners may be averaged as Kafka averages them (`quota: kafka`). */
  readonly quotas: boolean;
  /** Reports what the keys of its own say against each other. @param path Of the listener. */
  check(listener: ListenerSources[P], path: Path, report: Report): void;
  /** Undefined: nothing but `listen` is bound. */
  furtherPorts(listener: ListenerSources[P]): FurtherPorts | undefined;
  /** Levels of topics and filters beyond which its clients are refused; undefined: its topics have none. */
  topicLevels(listener: ListenerSources[P] | ListenerPlans[P]): number | undefined;
}
