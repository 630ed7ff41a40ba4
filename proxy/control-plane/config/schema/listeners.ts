/** `listeners`: where clients connect, what they must show, and which broker is behind. */
import * as z from 'zod';
import type { Protocol } from '../../../../policies/decision.ts';
import { POST_QUANTUM_MODES } from '../../../shared/tls/profile-options.ts';
import { TLS_PROFILE_NAMES } from '../../../shared/tls/profiles.ts';
import { listenAddress, range } from './fields/address.ts';
import { mode } from './fields/mode.ts';
import { count, duration, HOUR, MINUTE, rate } from './fields/quantity.ts';
import { keysObey, list, oneOrMany, section } from './fields/section.ts';
import { choice, name, path, responder, secret } from './fields/text.ts';
import { kafka, kafkaUpstream } from './kafka.ts';
import { limits } from './limits.ts';
import { mqtt, mqttUpstream } from './mqtt.ts';

/** Listeners of one file. */
export const MAX_LISTENERS = 64;

const tls = keysObey(
  section({
    profile: choice(TLS_PROFILE_NAMES)
      .prefault('mozilla-intermediate')
      .describe(
        'TLS versions, cipher suites, groups and signature algorithms offered to clients, as a published guideline defines them; `headgate profile list` prints the guidelines and their dates. `mozilla-modern` and `cnsa2` are TLS 1.3 only.',
      ),
    pq: choice(POST_QUANTUM_MODES)
      .prefault('prefer')
      .describe(
        'Post-quantum key agreement. `prefer`: with every client that supports it. `report`: the same, and `headgate pq` lists the clients that `require` would refuse. `require`: other clients are refused, and so is TLS 1.2. In every mode `headgate_key_agreements_total` counts the hybrid handshakes of each identity.',
      ),
    certificate: path('a PEM file').describe('The certificate shown to clients, followed by its intermediates.'),
    key: path('a PEM file').describe(
      'The private key of `certificate`. It should be readable by its owner only: see `strictPermissions`.',
    ),
    passphrase: secret('a passphrase').exactOptional().describe('Passphrase of an encrypted `key`.'),
    certificates: list(
      section({
        certificate: path('a PEM file').describe('A certificate for other names, followed by its intermediates.'),
        key: path('a PEM file').describe('Its private key.'),
        passphrase: secret('a passphrase').exactOptional().describe('Passphrase of an encrypted `key`.'),
      }),
      64,
    )
      .prefault([])
      .describe(
        'Further certificates, selected by the server name of the client (SNI): the one whose DNS names (subject alternative names, `*.` for one label) match it is shown, otherwise `certificate`.',
      ),
    stapling: responder()
      .exactOptional()
      .describe(
        'OCSP responses about the certificates of this listener, sent to clients that request one (RFC 6066, section 8). `aia`: fetched from the responder that each certificate names; or a URL for all of them. Only a valid response with the status good is sent. The issuer of a certificate must be in its file or in a trust store. Absent: no stapling.',
      ),
    clientAuth: choice(['required', 'optional', 'none'])
      .prefault('required')
      .describe(
        '`required`: a client without a certificate is refused. `optional`: it gets the first identity with `anonymous: true`. `none`: no certificate is requested, so every client gets that identity. A certificate that is shown is always verified.',
      ),
    eku: choice(['strict', 'any', 'lenient'])
      .prefault('strict')
      .describe(
        'Extended key usage that a client certificate must have. `strict`: clientAuth. `any`: clientAuth or anyExtendedKeyUsage. `lenient`: as `any`, or no extended key usage at all.',
      ),
    clockSkew: duration({ min: 0, max: HOUR })
      .prefault('0s')
      .describe('Tolerated clock error when the validity of client certificates is checked.'),
    clients: list(name(), 64, 1)
      .exactOptional()
      .describe(
        'Trust stores (names under `trust`) whose clients may connect. A certificate that chains to none or to several of them is refused. Not with `clientAuth: none`.',
      ),
  }),
  (has) => (has('clients') || has('clientAuth') ? undefined : '"clients" is needed'),
).describe('Mutual TLS with the clients.');

const admission = section({
  perAddress: rate().prefault('100/s').describe('New connections from one address (IPv4 address, IPv6 /64).'),
  burst: count({ min: 1, max: 1_000_000 })
    .prefault(200)
    .describe('New connections that one address may open at once before `perAddress` holds.'),
  exempt: list(range(), 1024)
    .prefault([])
    .describe('Ranges to which `perAddress` and `halfOpenPerAddress` do not apply: NATs, load balancers.'),
  allow: list(range(), 1024).prefault([]).describe('Ranges that may connect. Empty: any.'),
  handshakes: count({ min: 1, max: 65_536 })
    .prefault(1024)
    .describe('TLS handshakes in progress in the whole process; with more, new connections of this listener wait.'),
  queue: count({ min: 0, max: 65_536 })
    .prefault(4096)
    .describe('Connections that may wait for a handshake; with more, new ones are closed.'),
  halfOpen: count({ min: 1, max: 65_536 })
    .prefault(6144)
    .describe(
      'Connections with an unfinished handshake in the whole process, of which each worker has an equal share; with more, the oldest of them is closed. Set it higher than `handshakes` and `queue` together, otherwise connections in the queue are closed.',
    ),
  halfOpenPerAddress: count({ min: 1, max: 65_536 })
    .prefault(512)
    .describe('The same for one address (IPv4 address, IPv6 /64).'),
})
  .prefault({})
  .describe('Who may begin a TLS handshake; checked before any cryptography.');

const timeouts = section({
  handshake: duration({ min: 100, max: 2 * MINUTE })
    .prefault('10s')
    .describe('From accept (or the PROXY header) to the end of the TLS handshake.'),
  connect: duration({ min: 100, max: 2 * MINUTE })
    .prefault('10s')
    .describe('From the handshake to a complete first packet or request.'),
  packet: duration({ min: 100, max: 10 * MINUTE })
    .prefault('30s')
    .describe(
      'From the first byte of a packet or request to its last. A Kafka request has one more second for every 64 KiB.',
    ),
  upstream: duration({ min: 100, max: 2 * MINUTE })
    .prefault('10s')
    .describe(
      'MQTT: for the broker’s CONNACK, counted from the connection to the broker. Kafka: for learning the address of the broker that the client connects to.',
    ),
})
  .prefault({})
  .describe('Deadlines. A connection that misses one is closed and counted.');

const common = {
  name: name().describe('Name of the listener in logs, metrics and rejections. Unique.'),
  listen: oneOrMany(listenAddress(), 16).describe(
    'Addresses to listen on: one or a list, IPv4 and IPv6. `[::]` is IPv6 only. In YAML an address with brackets needs quotes.',
  ),
  mode: mode().describe(
    '`shadow`: no rule refuses anything on this listener, not even a deny; what would be refused is recorded. Certificates, identities, the protocol and limits stay enforced.',
  ),
  proxyProtocol: list(range(), 1024)
    .prefault([])
    .describe(
      'Ranges of load balancers that send a PROXY header (v1 or v2): required from them, refused from everyone else.',
    ),
  tls,
  admission,
  timeouts,
  limits: limits
    .exactOptional()
    .describe(
      'Limits of each principal that connects to this listener, beside those of its roles. Listeners with a limit on the same kind share the bucket of the principal: what it uses on one is not available on the other.',
    ),
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
  kafka,
});

const LISTENERS = { mqtt: mqttListener, kafka: kafkaListener } as const satisfies Record<Protocol, z.ZodType>;

type Schema = (typeof LISTENERS)[Protocol];

/** The schema of one listener. */
export const listener = z
  .discriminatedUnion('protocol', Object.values(LISTENERS) as unknown as readonly [Schema, ...Schema[]])
  .describe('One listener: addresses, mutual TLS, a protocol, a broker.');

/** A listener of each protocol as it is written. */
export type ListenerSources = { readonly [P in Protocol]: z.infer<(typeof LISTENERS)[P]> };
/** A listener as it is written. */
export type Listener = ListenerSources[Protocol];
/** An MQTT listener as it is written. */
export type MqttListener = ListenerSources['mqtt'];
/** A Kafka listener as it is written. */
export type KafkaListener = ListenerSources['kafka'];
