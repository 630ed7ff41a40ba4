/** A listener's MQTT: its broker and the limits of the protocol. */
import { dialAddress } from './fields/address.ts';
import { count, KIB, MIB, seconds, size } from './fields/quantity.ts';
import { list, oneOf, section } from './fields/section.ts';
import { flag, secret, substituted } from './fields/text.ts';
import { connectTimeout, upstreamTls } from './upstream.ts';

export const mqttUpstream = oneOf(
  section({
    address: dialAddress().exactOptional().describe('The broker. Either this or `addresses`.'),
    addresses: list(dialAddress(), 16, 1)
      .exactOptional()
      .describe('Several brokers, tried in order until one can be reached. Either this or `address`.'),
    username: substituted('a user name')
      .exactOptional()
      .describe('User name sent to the broker in place of the client’s own.'),
    password: secret('a password').exactOptional().describe('Password sent to the broker. Needs `username`.'),
    passthrough: flag()
      .prefault(false)
      .describe('Forward the client’s own user name and password. Otherwise they are always removed.'),
    tls: upstreamTls.exactOptional(),
    connectTimeout,
  }),
  ['address', 'addresses'],
).describe('The broker behind this listener.');

export const mqtt = section({
  maxPacketSize: size({ min: 1 * KIB, max: 64 * MIB })
    .prefault('256KiB')
    .describe('Largest packet, header included, in both directions. Bounds the memory of a connection.'),
  maxConnectSize: size({ min: 256, max: 1 * MIB })
    .prefault('16KiB')
    .describe('Largest CONNECT (will and credentials included). Not above `maxPacketSize`.'),
  maxKeepAlive: seconds({ min: 1, max: 65_535 })
    .prefault('20min')
    .describe('Longest keep-alive. A longer one, or none, is replaced by this.'),
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
    .describe('Longest Session Expiry Interval. A longer one is lowered to this.'),
  maxUserProperties: count({ min: 0, max: 1024 }).prefault(32).describe('User properties in one MQTT 5 packet.'),
  tolerateLongLengths: flag()
    .prefault(false)
    .describe('Accept non-minimal remaining lengths from MQTT 3.1.1 clients; such packets are re-encoded.'),
})
  .prefault({})
  .describe('Limits of the MQTT protocol.');
