/** `listeners`: where clients connect, what they must show, and which broker stands behind. */
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

export const MAX_LISTENERS = 64;

const tls = keysObey(
  section({
    profile: choice(TLS_PROFILE_NAMES)
      .prefault('mozilla-intermediate')
      .describe(
        'TLS versions, cipher suites, groups and signature algorithms offered to clients, after a published guideline: `headgate profile list` tells which and of when. `mozilla-modern` and `cnsa2` are TLS 1.3 only.',
      ),
    pq: choice(POST_QUANTUM_MODES)
      .prefault('prefer')
      .describe(
        'Post-quantum key agreement. `prefer`: with every client that can. `report`: the same, and `headgate pq` tells which clients `require` would refuse. `require`: clients that cannot are refused, and with them TLS 1.2. How many handshakes of each identity are hybrid is in `headgate_key_agreements_total` with each of them.',
      ),
    certificate: path('a PEM file').describe('The certificate shown to clients, followed by its intermediates.'),
    key: path('a PEM file').describe(
      'The private key of `certificate`. Readable by its owner only, else see `strictPermissions`.',
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
        'Further certificates. The one is shown whose DNS names (subject alternative names, `*.` for one label) hold the name that the client asks for (SNI); to all others `certificate` is.',
      ),
    stapling: responder()
      .exactOptional()
      .describe(
        'OCSP answers about the certificates of this listener, shown to the clients that ask for one (RFC 6066, section 8). Whom to ask: `aia`: the responder that each certificate names; or a URL for all of them. Only an answer that holds and says good is shown. The issuer of a certificate must be in its file or in a trust store. Absent: none is shown.',
      ),
    clientAuth: choice(['required', 'optional', 'none'])
      .prefault('required')
      .describe(
        '`required`: a client without a certificate is refused. `optional`: it is known as the first identity with `anonymous: true`. `none`: no certificate is asked for, so every client is. A certificate that is shown is always judged.',
      ),
    eku: choice(['strict', 'any', 'lenient'])
      .prefault('strict')
      .describe(
        'What a client certificate must say of its purpose: `strict`: clientAuth. `any`: that or anyExtendedKeyUsage. `lenient`: also nothing at all.',
      ),
    clockSkew: duration({ min: 0, max: HOUR })
      .prefault('0s')
      .describe('How far the clock may be off when the validity of client certificates is judged.'),
    clients: list(name(), 64, 1)
      .exactOptional()
      .describe(
        'Trust stores (names under `trust`) whose clients may connect. A certificate that chains to none or to several of them is refused. Not with `clientAuth: none`.',
      ),
  }),
  (has) => (has('clients') || has('clientAuth') ? undefined : '"clients" is needed'),
).describe('Mutual TLS toward the clients.');

const admission = section({
  perAddress: rate().prefault('100/s').describe('New connections from one address (IPv4 address, IPv6 /64).'),
  burst: count({ min: 1, max: 1_000_000 })
    .prefault(200)
    .describe('New connections that one address may open at once before `perAddress` holds.'),
  exempt: list(range(), 1024)
    .prefault([])
    .describe('Ranges free of `perAddress` and `halfOpenPerAddress`: NATs, load balancers.'),
  allow: list(range(), 1024).prefault([]).describe('Ranges that may connect at all. Empty: any.'),
  handshakes: count({ min: 1, max: 65_536 })
    .prefault(1024)
    .describe(
      'TLS handshakes under way at once in the whole process; with more, new connections of this listener wait.',
    ),
  queue: count({ min: 0, max: 65_536 })
    .prefault(4096)
    .describe('Connections that may wait for a handshake; with more, new ones are closed.'),
  halfOpen: count({ min: 1, max: 65_536 })
    .prefault(6144)
    .describe(
      'Connections that are not through their handshake, in the whole process; with more, the oldest of them is closed. More than `handshakes` and `queue` together, else those who wait in turn are closed.',
    ),
  halfOpenPerAddress: count({ min: 1, max: 65_536 })
    .prefault(512)
    .describe('The same for one address (IPv4 address, IPv6 /64).'),
})
  .prefault({})
  .describe('Who may begin a TLS handshake, looked at before any cryptography.');

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
      'From the first byte of a packet or request to its last. A large Kafka request has a second more for every 64 KiB.',
    ),
  upstream: duration({ min: 100, max: 2 * MINUTE })
    .prefault('10s')
    .describe(
      'MQTT: for the broker’s answer to the first packet, counted from the connection to the broker. Kafka: for learning the address of the broker that the client connects to.',
    ),
})
  .prefault({})
  .describe('Deadlines; a connection that misses one is closed and counted.');

const common = {
  name: name().describe('Name of the listener in logs, metrics and rejections. Unique.'),
  listen: oneOrMany(listenAddress(), 16).describe(
    'Where to listen; one address or a list, IPv4 and IPv6. `[::]` is IPv6 only. In YAML an address with brackets needs quotes.',
  ),
  mode: mode().describe(
    '`shadow`: no right refuses anything on this listener, denies neither; what would be refused is recorded. Certificates, identities, the protocol and limits hold all the same.',
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
      'Limits of each principal that comes in here, beside those of its roles. Listeners that limit the same share the principal’s bucket: what is used on one is not there on the other.',
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

export const listener = z
  .discriminatedUnion('protocol', Object.values(LISTENERS) as unknown as readonly [Schema, ...Schema[]])
  .describe('One gate: addresses, mutual TLS, a protocol, a broker.');

/** A listener of each protocol as it is written. */
export type ListenerSources = { readonly [P in Protocol]: z.infer<(typeof LISTENERS)[P]> };
export type Listener = ListenerSources[Protocol];
export type MqttListener = ListenerSources['mqtt'];
export type KafkaListener = ListenerSources['kafka'];
