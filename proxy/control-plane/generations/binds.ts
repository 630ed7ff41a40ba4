import type { Bind } from '../../messages.ts';
import type { HostPort } from '../../shared/listener-plan.ts';
import type { ResolvedListener } from '../config/model.ts';
import { protocolOf } from '../protocols/table.ts';

/**
 * Where a listener listens: its addresses, and where brokers have ports of their own those
 * ports on every host of its addresses. The same address keeps its key over all generations; port 0
 * asks for a new one per listener.
 */
export function bindsOf({ plan, listen }: ResolvedListener): Bind[] {
  const { name } = plan;
  const binds: Bind[] = listen.map((address, i) => ({
    key: address.port === 0 ? `${name}#${i}` : keyOf(address),
    listener: name,
    address,
  }));
  const brokers = protocolOf(plan).brokerPorts(plan);
  if (brokers === undefined) return binds;
  const { ports, firstNodeId } = brokers;
  for (const host of new Set(listen.map((address) => address.host))) {
    for (let port = ports.first; port <= ports.last; port++) {
      const address = { host, port };
      binds.push({ key: keyOf(address), listener: name, address, node: firstNodeId + port - ports.first });
    }
  }
  return binds;
}

function keyOf({ host, port }: HostPort): string {
  return `${host}:${port}`;
}
