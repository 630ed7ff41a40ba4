import { nodeOfSni } from '../../../adapters/kafka/advertise.ts';
import type { ListenerPlan } from '../../messages.ts';
import type { Listener } from '../generation.ts';
import type { DialFailure, UpstreamTarget } from './dial.ts';

/** How a client says which Kafka broker it means: by the address that it dialled, or by the name. */
export interface Meant {
  /** Broker behind the bound address; undefined: any. */
  readonly node: number | undefined;
  /** Server name of the ClientHello. */
  readonly sni: string | undefined;
}

/** Whom a session of this listener is connected to. */
export function targetOf(
  { plan, kafka }: Listener,
  meant: Meant,
): UpstreamTarget | Promise<UpstreamTarget | DialFailure> {
  if (plan.protocol === 'mqtt') return plan.upstream;
  if (kafka === null) throw new Error(`the listener ${plan.name} has no cluster`);
  return kafka.target(nodeOf(plan, meant));
}

function nodeOf(plan: Extract<ListenerPlan, { protocol: 'kafka' }>, { node, sni }: Meant): number | undefined {
  if (!('sni' in plan.advertise) || sni === undefined) return node;
  return nodeOfSni(plan.advertise.sni, sni);
}
