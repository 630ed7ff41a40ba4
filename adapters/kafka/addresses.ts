import type { Context } from './handler.ts';

/** Where a client would go: the address of a broker, or '' and some port for none. */
interface Endpoint {
  host: string;
  port: number;
}

/**
 * Puts this gate's address for broker `node` into `endpoint`. False: there is none, so nothing of
 * the endpoint may be sent. A response's "no node" (-1 and '') holds no address and stays.
 */
export function advertise(context: Context, endpoint: Endpoint, node: number): boolean {
  if (node < 0 && endpoint.host === '') return true;
  const address = context.advertised(node);
  if (address === undefined) return false;
  endpoint.host = address.host;
  endpoint.port = address.port;
  return true;
}

/** The brokers as clients reach them: those without an address here are left out. */
export function advertiseAll<E extends Endpoint>(
  context: Context,
  endpoints: readonly E[],
  nodeOf: (endpoint: E) => number,
): E[] {
  return endpoints.filter((endpoint) => advertise(context, endpoint, nodeOf(endpoint)));
}

/** The leaders that Produce and Fetch responses name (KIP-951). A `Rewrite`. */
export function rewriteEndpoints<R extends { nodeEndpoints?: readonly (Endpoint & { nodeId: number })[] }>(
  context: Context,
  response: R,
): R | 'same' {
  const { nodeEndpoints = [] } = response;
  if (nodeEndpoints.length === 0) return 'same';
  response.nodeEndpoints = advertiseAll(context, nodeEndpoints, ({ nodeId }) => nodeId);
  return response;
}
