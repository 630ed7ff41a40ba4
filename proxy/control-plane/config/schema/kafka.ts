/** A listener's Kafka: the cluster behind it, the advertised addresses, the limits of the protocol. */
import * as z from 'zod';
import { KAFKA_API_NAMES } from '../../../../adapters/kafka/apis/index.ts';
import { isHost } from '../units.ts';
import { dialAddress, host, ipAddress, portRange } from './fields/address.ts';
import { meta, refuse } from './fields/meta.ts';
import { count, duration, GIB, HOUR, KIB, MINUTE, SECOND, size } from './fields/quantity.ts';
import { keysObey, list, section } from './fields/section.ts';
import { choice, flag } from './fields/text.ts';
import { connectTimeout, upstreamTls } from './upstream.ts';

/** Each broker has a listening socket of its own; larger clusters use names. */
const MAX_PORTS = 1024;
/** Node ids are int32. */
const MAX_NODE = 2 ** 31 - 1;

/** A host name with the place of the node id. */
function nodeName() {
  const type = 'a name with {node} such as "b{node}.kafka.example.com"';
  return z
    .string()
    .transform((written, context) => {
      if (written.split('{node}').length !== 2) return refuse(context, 'must hold {node} exactly once');
      const longest = written.replace('{node}', String(MAX_NODE));
      return isHost(longest) ? written : refuse(context, `must be ${type}, and a host name for every node id`);
    })
    .meta(meta({ type }));
}

const advertise = keysObey(
  section({
    host: host().exactOptional().describe('Host advertised to clients for every broker. Needs `ports`.'),
    ports: portRange(MAX_PORTS)
      .exactOptional()
      .describe('One port for each broker: node id n is advertised as the first port + n - `firstNodeId`.'),
    bindPorts: portRange(MAX_PORTS)
      .exactOptional()
      .meta({ default: '`ports`' })
      .describe(
        'Where headgate listens for them, on every host of `listen`: as many ports as in `ports`, for a NAT or load balancer that maps those to these.',
      ),
    firstNodeId: count({ min: 0, max: MAX_NODE })
      .exactOptional()
      .meta({ default: '`0`' })
      .describe('Node id behind the first port.'),
    sni: nodeName()
      .exactOptional()
      .describe(
        'Host name advertised to clients for each broker, with `{node}` for its id; one port for all. The server name (SNI) of the client selects the broker.',
      ),
    port: count({ min: 1, max: 65_535 })
      .exactOptional()
      .meta({ default: 'the port of the first `listen`' })
      .describe('Port advertised to clients together with `sni`.'),
  }),
  (has) => {
    if (has('sni')) {
      const other = ['host', 'ports', 'bindPorts', 'firstNodeId'].find(has);
      return other === undefined ? undefined : `"${other}" and "sni" exclude each other`;
    }
    if (!has('host') || !has('ports')) return 'either "host" and "ports" are needed, or "sni"';
    return has('port') ? '"port" belongs to "sni"' : undefined;
  },
).describe('The addresses advertised to clients in place of the brokers’ own: a port or a name for each broker.');

export const kafkaUpstream = section({
  bootstrap: list(dialAddress(), 64, 1).describe(
    'Brokers from which the cluster is learned. A client that connects to an address of `listen` is connected to one of them. Tried in order.',
  ),
  advertise,
  tls: upstreamTls.exactOptional(),
  connectTimeout,
  localAddress: ipAddress().exactOptional().describe('Local address for connections to the brokers.'),
  metadataInterval: duration({ min: SECOND, max: HOUR })
    .prefault('30s')
    .describe('How often the brokers of the cluster are looked up.'),
}).describe('The cluster behind this listener.');

/** Without ApiVersions a client learns of no other. */
const HIDEABLE = KAFKA_API_NAMES.filter((name) => name !== 'ApiVersions') as [string, ...string[]];

export const kafka = section({
  maxFrameSize: size({ min: KIB, max: GIB })
    .prefault('100MiB')
    .describe('Largest Produce request. Responses of a broker may have 16 MiB more.'),
  maxRequestSize: size({ min: KIB, max: GIB })
    .prefault('8MiB')
    .describe('Largest request of every other API. Not above `maxFrameSize`.'),
  maxInFlight: count({ min: 1, max: 1000 })
    .prefault(256)
    .describe('Requests of one connection that wait for a response; with more, the connection is not read.'),
  memory: size({ min: KIB, max: 64 * GIB })
    .prefault('256MiB')
    .describe(
      'Memory for unfinished requests of the clients of the listener; without room, clients wait. Each worker gets an equal share, but at least `maxFrameSize`. Not below `maxFrameSize`.',
    ),
  maxThrottle: duration({ min: 100, max: 10 * MINUTE })
    .prefault('30s')
    .describe('Longest pause of a connection that is over its limit.'),
  autoCreateTopics: flag()
    .prefault(false)
    .describe(
      'Let the brokers create a missing topic that a Metadata request names, if the client has the right to create it.',
    ),
  hideApis: list(choice(HIDEABLE), HIDEABLE.length)
    .prefault([])
    .describe('APIs that are not offered to clients; such a request closes the connection.'),
})
  .prefault({})
  .describe('Limits of the Kafka protocol.');
