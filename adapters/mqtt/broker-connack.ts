import { PERMIT_SESSION } from '../../policies/decision.ts';
import { firstByte, TYPE } from './codec/fixed-header.ts';
import { PROPERTY } from './codec/property-table.ts';
import { property, rebuildProperties } from './codec/property-write.ts';
import { CODE, hex, isRedirect } from './codec/reason-codes.ts';
import { packet } from './codec/writer.ts';
import { protocolError } from './error.ts';
import { type Connack, parseConnack } from './packets/connack.ts';
import { connackName } from './rejection-codes.ts';
import { close } from './session-end.ts';
import { PHASE, type SessionState } from './state.ts';
import { TopicAliases } from './topic-aliases.ts';

/** The broker's CONNACK: opens the session or ends it. Throws MqttError. */
export function brokerConnack(s: SessionState, buf: Buffer, start: number, body: number, end: number): void {
  const ack = parseConnack(buf, start, body, end, s.broker);
  // [MQTT-3.2.2-1] of 3.1.1, [MQTT-3.2.2-2] of 5.0
  if (ack.sessionPresent && s.clean) throw protocolError('Session Present after a clean start');
  if (ack.code !== CODE.success) {
    refused(s, buf, start, end, ack);
    return;
  }
  const p = ack.properties;
  if (p.has(PROPERTY.authenticationMethod) || p.has(PROPERTY.authenticationData)) {
    throw protocolError('enhanced authentication that the client did not ask for');
  }
  s.resumed = ack.sessionPresent;
  if (s.version === 4) s.out.forward(start, end, PERMIT_SESSION);
  else s.out.toClient(accepted(s, buf, ack));
  s.setPhase(PHASE.open);
  s.lastClient = s.now;
  s.held = false;
  s.out.resume();
}

function refused(s: SessionState, buf: Buffer, start: number, end: number, ack: Connack): void {
  const code = isRedirect(ack.code) ? CODE.serverUnavailable : ack.code;
  const facts = { resource: s.clientId, sent: connackName(s.version, code) };
  s.reject(
    'connect',
    'upstream-refused',
    `the broker refused the CONNECT with code ${s.version === 5 ? hex(code) : code}`,
    facts,
  );
  if (s.version === 4) s.out.forward(start, end, PERMIT_SESSION);
  else s.out.toClient(editConnack(s, buf, ack, code, [PROPERTY.serverReference, PROPERTY.responseInformation], []));
  close(s);
}

/** Properties that are decided here, or that would lead the client past the proxy. */
const EDITED = [
  PROPERTY.sessionExpiry,
  PROPERTY.receiveMaximum,
  PROPERTY.maximumQos,
  PROPERTY.retainAvailable,
  PROPERTY.topicAliasMaximum,
  PROPERTY.maximumPacketSize,
  PROPERTY.serverKeepAlive,
  PROPERTY.assignedClientId,
  PROPERTY.serverReference,
  PROPERTY.responseInformation,
];

/** The CONNACK for an MQTT 5 client: the narrower of what the broker and the policy offer. */
function accepted(s: SessionState, buf: Buffer, ack: Connack): Uint8Array {
  const { options, access, will } = s;
  const p = ack.properties;
  const add: Uint8Array[] = [];

  const granted = Math.min(p.number(PROPERTY.sessionExpiry, s.sessionExpiry), s.sessionExpiry);
  s.sessionExpiry = granted;
  if (granted !== s.requestedSessionExpiry) add.push(property(PROPERTY.sessionExpiry, granted));

  s.receiveMaximum = Math.min(p.number(PROPERTY.receiveMaximum, 65535), options.receiveMaximum);
  if (s.receiveMaximum < 65535) add.push(property(PROPERTY.receiveMaximum, s.receiveMaximum));

  // An accepted will must not be beyond what is advertised, or the client would have to be refused [MQTT-3.2.2-12].
  const allowedQos = Math.max(access.maxPublishQos, will?.qos ?? 0);
  s.maxQos = Math.min(p.number(PROPERTY.maximumQos, 2), allowedQos);
  if (s.maxQos < 2) add.push(property(PROPERTY.maximumQos, s.maxQos));

  const retain = access.retainAvailable || (will?.retain ?? false);
  s.retainAvailable = p.number(PROPERTY.retainAvailable, 1) === 1 && retain;
  if (!s.retainAvailable) add.push(property(PROPERTY.retainAvailable, 0));

  if (options.topicAliasMaximum > 0) {
    s.aliases = new TopicAliases(options.topicAliasMaximum);
    add.push(property(PROPERTY.topicAliasMaximum, options.topicAliasMaximum));
  }

  s.brokerMaxPacket = p.number(PROPERTY.maximumPacketSize, Number.POSITIVE_INFINITY);
  add.push(property(PROPERTY.maximumPacketSize, Math.min(s.brokerMaxPacket, options.maxPacketSize)));

  s.setKeepAlive(p.number(PROPERTY.serverKeepAlive, s.keepAlive));
  if (s.keepAlive !== s.requestedKeepAlive) add.push(property(PROPERTY.serverKeepAlive, s.keepAlive));

  if (s.assignedId) add.push(property(PROPERTY.assignedClientId, s.clientId ?? ''));
  return editConnack(s, buf, ack, CODE.success, EDITED, add);
}

const FIRST = firstByte(TYPE.connack);

/** The CONNACK with edited properties; texts of the broker go first when the client takes only small packets. */
function editConnack(
  s: SessionState,
  buf: Buffer,
  ack: Connack,
  code: number,
  drop: readonly number[],
  add: readonly Uint8Array[],
): Uint8Array {
  const head = Buffer.of(ack.sessionPresent ? 1 : 0, code);
  const full = packet(FIRST, head, rebuildProperties(buf, ack.properties, drop, add));
  if (full.length <= s.clientMaxPacket) return full;
  const texts = [PROPERTY.reasonString, PROPERTY.userProperty];
  const short = packet(FIRST, head, rebuildProperties(buf, ack.properties, [...drop, ...texts], add));
  if (short.length > s.clientMaxPacket) throw protocolError('no CONNACK fits the client’s Maximum Packet Size');
  return short;
}
