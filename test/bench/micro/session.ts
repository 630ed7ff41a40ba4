/** An MQTT session past its CONNACK, over a host that only counts. */
import { createMqttSession, type MqttOptions, type MqttSession } from '../../../adapters/mqtt/session.ts';
import { CONNACK, connectPacket } from '../load/packets.ts';
import { type CountingOut, countingHost, type Take } from './host.ts';
import { benchClient } from './policy.ts';

const OPTIONS: MqttOptions = {
  maxPacketSize: 262_144,
  maxConnectSize: 65_536,
  maxKeepAlive: 3600,
  maxFiltersPerSubscribe: 64,
  maxSubscriptions: 1024,
  maxTopicLevels: 64,
  receiveMaximum: 1024,
  topicAliasMaximum: 16,
  maxSessionExpiry: 3600,
  maxUserProperties: 32,
  tolerateLongLengths: false,
  timeouts: { connect: 10_000, packet: 10_000, upstream: 10_000 },
};

/** `take` is what limits and clock cost; by default nothing. */
export function openSession(take?: Take): { session: MqttSession; out: CountingOut } {
  const { host, out } = countingHost(take);
  const { who, access } = benchClient();
  const client = { access, limits: who.limits };
  const session = createMqttSession(host, client, OPTIONS, { passthrough: false });
  const connect = connectPacket('bench');
  session.fromClient(connect, 0, connect.length);
  session.brokerReady();
  session.fromBroker(CONNACK, 0, CONNACK.length);
  return { session, out };
}
