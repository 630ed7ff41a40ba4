/** `listeners`: where clients connect, what they must show, and which broker stands behind. */
import * as z from 'zod';
import {
  choice,
  count,
  dialAddress,
  duration,
  flag,
  list,
  listenAddress,
  name,
  oneOf,
  oneOrMany,
  path,
  range,
  rate,
  seconds,
  secret,
  section,
  size,
  substituted,
  text,
  together,
} from './fields.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const KIB = 1024;
const MIB = 1024 * KIB;

export const MAX_LISTENERS = 64;

const tls = section({
  profile: choice(['mozilla-modern', 'mozilla-intermediate'])
    .prefault('mozilla-intermediate')
    .describe(
      'TLS versions, cipher suites, groups and signature algorithms offered to clients, as Mozilla recommends. `mozilla-modern` is TLS 1.3 only; `mozilla-intermediate` adds TLS 1.2 with forward secrecy.',
    ),
  certificate: path('a PEM file').describe('The certificate shown to clients, followed by its intermediates.'),
  key: path('a PEM file').describe(
    'The private key of `certificate`. Readable by its owner only, else see `strictPermissions`.',
  ),
  passphrase: secret('a passphrase').exactOptional().describe('Passphrase of an encrypted `key`.'),
  clients: list(name(), 64, 1).describe(
    'Trust stores (names under `trust`) whose clients may connect. A client without a certificate, or with one that chains to none or to several of them, is refused.',
  ),
}).describe('Mutual TLS toward the clients.');

const upstreamTls = together(
  section({
    ca: path('a PEM file').describe(
      'Certificates that the broker’s certificate must chain to. The host name is always verified.',
    ),
    certificate: path('a PEM file').exactOptional().describe('Client certificate shown to the broker. Needs `key`.'),
    key: path('a PEM file').exactOptional().describe('Private key of `certificate`.'),
    passphrase: secret('a passphrase').exactOptional().describe('Passphrase of an encrypted `key`.'),
    serverName: text('a host name', 253)
      .exactOptional()
      .describe('Name to ask for (SNI) and to verify instead of the host in the address.'),
  }),
  'certificate',
  'key',
).describe('TLS toward the broker. Absent: plain TCP.');

const connectTimeout = duration({ min: 100, max: MINUTE })
  .prefault('5s')
  .describe('How long one broker address may take to answer (TCP and TLS) before the next is tried.');

const mqttUpstream = oneOf(
  section({
    address: dialAddress().exactOptional().describe('The broker. Either this or `addresses`.'),
    addresses: list(dialAddress(), 16, 1)
      .exactOptional()
      .describe('Several brokers, tried in order until one answers. Either this or `address`.'),
    username: substituted('a user name')
      .exactOptional()
      .describe('User name shown to the broker in place of the client’s own.'),
    password: secret('a password').exactOptional().describe('Password shown to the broker. Needs `username`.'),
    passthrough: flag()
      .prefault(false)
      .describe('Forward the client’s own user name and password. Otherwise they are always removed.'),
    tls: upstreamTls.exactOptional(),
    connectTimeout,
  }),
  ['address', 'addresses'],
).describe('The broker behind this listener.');

const advertisedPorts = together(
  section({
    host: text('a host name', 253)
      .exactOptional()
      .describe('Host that Kafka clients are told for every broker. Needs `ports`.'),
    ports: z
      .string()
      .regex(/^\d{1,5}-\d{1,5}$/, 'must be a range of ports such as 9094-9193')
      .meta({ type: 'a range of ports such as 9094-9193' })
      .exactOptional()
      .describe('One port for each broker: node id n is told as the first port + n.'),
    sni: text('a name with {node}', 253)
      .exactOptional()
      .describe('Host name of each broker with `{node}` in it, such as `b{node}.kafka.example.com`; one port for all.'),
  }),
  'host',
  'ports',
);

const advertise = oneOf(advertisedPorts, ['ports', 'sni']).describe(
  'The addresses that Kafka clients are told in place of the brokers’ own.',
);

const kafkaUpstream = section({
  bootstrap: list(dialAddress(), 64, 1).describe('Kafka brokers to learn the cluster from.'),
  advertise,
  tls: upstreamTls.exactOptional(),
  connectTimeout,
}).describe('The cluster behind this listener.');

const admission = section({
  perAddress: rate().prefault('100/s').describe('New connections from one address (IPv4 address, IPv6 /64).'),
  burst: count({ min: 1, max: 1_000_000 })
    .prefault(200)
    .describe('New connections that one address may open at once before `perAddress` holds.'),
  exempt: list(range(), 1024).prefault([]).describe('Ranges free of `perAddress`: NATs, load balancers.'),
  allow: list(range(), 1024).prefault([]).describe('Ranges that may connect at all. Empty: any.'),
  handshakes: count({ min: 1, max: 65_536 })
    .prefault(1024)
    .describe(
      'TLS handshakes under way at once in the whole process; with more, new connections of this listener wait.',
    ),
  queue: count({ min: 0, max: 65_536 })
    .prefault(4096)
    .describe('Connections that may wait for a handshake; with more, new ones are closed.'),
})
  .prefault({})
  .describe('Who may begin a TLS handshake, looked at before any cryptography.');

const timeouts = section({
  handshake: duration({ min: 100, max: 2 * MINUTE })
    .prefault('10s')
    .describe('From accept (or the PROXY header) to the end of the TLS handshake.'),
  connect: duration({ min: 100, max: 2 * MINUTE })
    .prefault('10s')
    .describe('From the handshake to a complete first packet.'),
  packet: duration({ min: 100, max: 10 * MINUTE })
    .prefault('30s')
    .describe('From the first byte of a packet to its last.'),
  upstream: duration({ min: 100, max: 2 * MINUTE })
    .prefault('10s')
    .describe('For the broker’s answer to the first packet, counted from the connection to the broker.'),
})
  .prefault({})
  .describe('Deadlines; a connection that misses one is closed and counted.');

const mqtt = section({
  maxPacketSize: size({ min: 1 * KIB, max: 64 * MIB })
    .prefault('256KiB')
    .describe('Largest packet, header included, in both directions. Bounds the memory of a connection.'),
  maxConnectSize: size({ min: 256, max: 1 * MIB })
    .prefault('16KiB')
    .describe('Largest CONNECT (will and credentials included). Not above `maxPacketSize`.'),
  maxKeepAlive: seconds({ min: 1, max: 65_535 })
    .prefault('20min')
    .describe('Longest keep-alive; a longer one, or none, is replaced by this.'),
  maxFiltersPerSubscribe: count({ min: 1, max: 1024 })
    .prefault(32)
    .describe('Topic filters in one SUBSCRIBE or UNSUBSCRIBE.'),
  maxSubscriptions: count({ min: 1, max: 65_536 }).prefault(128).describe('Subscriptions of one connection.'),
  maxTopicLevels: count({ min: 1, max: 256 }).prefault(32).describe('Levels of a topic or filter.'),
  receiveMaximum: count({ min: 1, max: 65_535 })
    .prefault(64)
    .describe('Messages of QoS 1 and 2 that a client may have in flight.'),
  topicAliasMaximum: count({ min: 0, max: 65_535 })
    .prefault(16)
    .describe('Topic aliases offered to MQTT 5 clients; 0: none.'),
  maxSessionExpiry: seconds({ min: 0, max: 4_294_967_294 })
    .prefault('1d')
    .describe('Longest Session Expiry Interval; a longer one is lowered to this.'),
  maxUserProperties: count({ min: 0, max: 1024 }).prefault(32).describe('User properties in one MQTT 5 packet.'),
  tolerateLongLengths: flag()
    .prefault(false)
    .describe('Accept remaining lengths with needless bytes from MQTT 3.1.1 clients; such packets are written anew.'),
})
  .prefault({})
  .describe('Limits of the MQTT protocol.');

const common = {
  name: name().describe('Name of the listener in logs, metrics and rejections. Unique.'),
  listen: oneOrMany(listenAddress(), 16).describe(
    'Where to listen; one address or a list, IPv4 and IPv6. `[::]` is IPv6 only. In YAML an address with brackets needs quotes.',
  ),
  proxyProtocol: list(range(), 1024)
    .prefault([])
    .describe(
      'Ranges of load balancers that send a PROXY header (v1 or v2): required from them, refused from everyone else.',
    ),
  tls,
  admission,
  timeouts,
};

const mqttListener = section({
  ...common,
  protocol: z.literal('mqtt'),
  upstream: mqttUpstream,
  mqtt,
});

const kafkaListener = section({
  ...common,
  protocol: z.literal('kafka'),
  upstream: kafkaUpstream,
});

export const listener = z
  .discriminatedUnion('protocol', [mqttListener, kafkaListener])
  .describe('One gate: addresses, mutual TLS, a protocol, a broker.');

export type Listener = z.infer<typeof listener>;
export type MqttListener = z.infer<typeof mqttListener>;
export type UpstreamTls = z.infer<typeof upstreamTls>;
