/**
 * The addresses that Kafka clients are sent in place of the brokers' own. They are arithmetic:
 * whoever answers a client tells the same address for the same node id, without asking anyone.
 */

/** Both ends included. */
export interface PortRange {
  readonly first: number;
  readonly last: number;
}

/** One port for each broker: node id n is advertised as `host:(ports.first + n - firstNodeId)`. */
export interface PortPerBroker {
  readonly host: string;
  readonly ports: PortRange;
  /** Where the gate listens for `ports`, one for one: others where something in between maps ports. */
  readonly bindPorts: PortRange;
  readonly firstNodeId: number;
}

/** One host name for each broker: the TLS server name (SNI) says which one a client means. */
export interface NamePerBroker {
  /** Host name with `{node}` once. */
  readonly sni: string;
  /** Absent: the port of the listener. */
  readonly port?: number;
}

/** The addresses that clients are given for brokers: one port per broker, or one name per broker. */
export type Advertise = PortPerBroker | NamePerBroker;

const PLACEHOLDER = '{node}';
/** Node ids are int32. */
const MAX_NODE = 2 ** 31 - 1;

/** Where clients reach broker `node`; undefined when there is no address for such a node. */
export function advertisedAddress(
  advertise: Advertise,
  node: number,
  defaultPort: number,
): { readonly host: string; readonly port: number } | undefined {
  if (!Number.isInteger(node) || node < 0 || node > MAX_NODE) return undefined;
  if ('sni' in advertise) {
    return { host: advertise.sni.replace(PLACEHOLDER, String(node)), port: advertise.port ?? defaultPort };
  }
  const { host, ports, firstNodeId } = advertise;
  const port = ports.first + node - firstNodeId;
  return port >= ports.first && port <= ports.last ? { host, port } : undefined;
}

/**
 * The node id in a TLS server name; undefined when the name is not of the template's form: such
 * a client asks for any broker. Case does not matter in host names (RFC 4343), leading zeros do:
 * one node has one name.
 */
export function nodeOfSni(template: string, serverName: string): number | undefined {
  const name = serverName.toLowerCase();
  const [before = '', after = ''] = template.toLowerCase().split(PLACEHOLDER);
  if (!name.startsWith(before) || !name.endsWith(after)) return undefined;
  const digits = name.slice(before.length, name.length - after.length);
  if (!/^(?:0|[1-9]\d{0,9})$/.test(digits)) return undefined;
  const node = Number(digits);
  return node <= MAX_NODE ? node : undefined;
}
