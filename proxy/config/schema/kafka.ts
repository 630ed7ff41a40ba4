/** A listener's Kafka: the cluster behind it, the addresses that clients are told, the limits of the protocol. */
import * as z from 'zod';
import { KAFKA_API_NAMES } from '../../../adapters/kafka/apis/index.ts';
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
    host: host().exactOptional().describe('Host that clients are told for every broker. Needs `ports`.'),
    ports: portRange(MAX_PORTS)
      .exactOptional()
      .describe('One port for each broker: node id n is told as the first port + n - `firstNodeId`.'),
    bindPorts: portRange(MAX_PORTS)
      .exactOptional()
      .meta({ default: '`ports`' })
      .describe(
        'Where the gate listens for them, on every host of `listen`: as many ports, where something in front of the gate maps others to them.',
      ),
    firstNodeId: count({ min: 0, max: MAX_NODE })
      .exactOptional()
      .meta({ default: '`0`' })
      .describe('Node id behind the first port.'),
    sni: nodeName()
      .exactOptional()
      .describe(
        'Host name that clients are told for each broker, with `{node}` for its id; one port for all. The name that a client asks for in TLS tells whom it means.',
      ),
    port: count({ min: 1, max: 65_535 })
      .exactOptional()
      .meta({ default: 'the port of the first `listen`' })
      .describe('Port that clients are told together with `sni`.'),
  }),
  (has) => {
    if (has('sni')) {
      const other = ['host', 'ports', 'bindPorts', 'firstNodeId'].find(has);
      return other === undefined ? undefined : `"${other}" and "sni" exclude each other`;
    }
    if (!has('host') || !has('ports')) return 'either "host" and "ports" are needed, or "sni"';
    return has('port') ? '"port" belongs to "sni"' : undefined;
  },
).describe('The addresses that clients are told in place of the brokers’ own: a port or a name for each broker.');

export const kafkaUpstream = section({
  bootstrap: list(dialAddress(), 64, 1).describe(
    'Brokers to learn the cluster from; also those that a client is connected to at an address of `listen`. Tried in order.',
  ),
  advertise,
  tls: upstreamTls.exactOptional(),
  connectTimeout,
  localAddress: ipAddress().exactOptional().describe('Address of this machine to connect to the brokers from.'),
  metadataInterval: duration({ min: SECOND, max: HOUR })
    .prefault('30s')
    .describe('How often the brokers of the cluster are asked for.'),
}).describe('The cluster behind this listener.');

/** Without ApiVersions a client learns of no other. */
const HIDEABLE = KAFKA_API_NAMES.filter((name) => name !== 'ApiVersions') as [string, ...string[]];

export const kafka = section({
  maxFrameSize: size({ min: KIB, max: GIB })
    .prefault('100MiB')
    .describe('Largest Produce request, and largest answer of a broker.'),
  maxRequestSize: size({ min: KIB, max: GIB })
    .prefault('8MiB')
    .describe('Largest request of every other API. Not above `maxFrameSize`.'),
  maxInFlight: count({ min: 1, max: 1000 })
    .prefault(256)
    .describe('Requests of one connection that wait for an answer; with more, it is not read.'),
  memory: size({ min: KIB, max: 64 * GIB })
    .prefault('256MiB')
    .describe(
      'Bytes of unfinished requests that are held for the clients of the listener, in the whole process; with more, clients wait. Not below `maxFrameSize`.',
    ),
  maxThrottle: duration({ min: 100, max: 10 * MINUTE })
    .prefault('30s')
    .describe('Longest pause of a connection that is over its limit.'),
  autoCreateTopics: flag()
    .prefault(false)
    .describe('Let the brokers create a topic that a client asks about, where the client may create it.'),
  hideApis: list(choice(HIDEABLE), HIDEABLE.length)
    .prefault([])
    .describe('APIs that clients are not offered; a request of one is refused.'),
})
  .prefault({})
  .describe('Limits of the Kafka protocol.');
