import { nodeOfSni } from '../../../adapters/kafka/advertise.ts';
import type { ListenerPlan, UpstreamTarget } from '../../shared/listener-plan.ts';
import type { Listener } from '../generation.ts';
import type { DialFailure } from './dial.ts';

/** Which Kafka broker a client wants: it says so by the address that it dialled, or by the server name. */
export interface NodeHint {
  /** Broker behind the bound address; undefined: any. */
  readonly node: number | undefined;
  /** Server name of the ClientHello. */
  readonly sni: string | undefined;
}

/** Which broker a session of this listener is connected to. */
export function targetOf(
  { plan, kafka }: Listener,
  meant: NodeHint,
): UpstreamTarget | Promise<UpstreamTarget | DialFailure> {
  if (plan.protocol === 'mqtt') return plan.upstream;
  if (kafka === null) throw new Error(`the listener ${plan.name} has no cluster`);
  return kafka.target(nodeOf(plan, meant));
}

function nodeOf(plan: Extract<ListenerPlan, { protocol: 'kafka' }>, { node, sni }: NodeHint): number | undefined {
  if (!('sni' in plan.advertise) || sni === undefined) return node;
  return nodeOfSni(plan.advertise.sni, sni);
}
