import { PERMIT_SESSION } from '../../policies/decision.ts';
import { clientPublish, forwardToBroker } from './client-publish.ts';
import { clientSubscribe } from './client-subscribe.ts';
import { TYPE, TYPE_NAMES } from './codec/fixed-header.ts';
import { PROPERTY } from './codec/property-table.ts';
import { property } from './codec/property-write.ts';
import { CODE } from './codec/reason-codes.ts';
import { malformed, PACKET_ID_IN_USE, protocolError } from './error.ts';
import { chargeControl } from './limits.ts';
import { AckView, encodeAck, parseAck } from './packets/ack.ts';
import { editDisconnect, parseDisconnect } from './packets/disconnect.ts';
import { parseUnsubscribe } from './packets/unsubscribe.ts';
import { endSession } from './session-end.ts';
import { PHASE, type SessionState } from './state.ts';
import { TOO_MANY_PENDING } from './subscriptions.ts';

const ack = new AckView();

/** One complete packet of the client in an open session. Throws MqttError. */
export function clientPacket(s: SessionState, buf: Buffer, start: number, body: number, end: number): void {
  switch ((buf[start] as number) >> 4) {
    case TYPE.publish:
      clientPublish(s, buf, start, body, end);
      return;
    case TYPE.puback:
    case TYPE.pubrec:
    case TYPE.pubcomp:
      acknowledgement(s, buf, start, body, end);
      return;
    case TYPE.pubrel:
      release(s, buf, start, body, end);
      return;
    case TYPE.subscribe:
      clientSubscribe(s, buf, start, body, end);
      return;
    case TYPE.unsubscribe:
      unsubscribe(s, buf, start, body, end);
      return;
    case TYPE.pingreq:
      if (end !== body) throw malformed('a PINGREQ with a body', body - start);
      if (chargeOrEnd(s, end - start, true)) forwardToBroker(s, buf, start, body, end);
      return;
    default:
      disconnect(s, buf, start, body, end);
  }
}

/**
 * Types that a client may send in an open session. Throws for all others as soon as the fixed
 * header is there: a second CONNECT, what only servers send, AUTH [MQTT-3.1.0-2].
 */
export function checkClientType(type: number): void {
  if (((CLIENT_TYPES >> type) & 1) === 1) return;
  throw protocolError(`a ${TYPE_NAMES[type]} that is not allowed here`);
}

const CLIENT_TYPES =
  (1 << TYPE.publish) |
  (1 << TYPE.puback) |
  (1 << TYPE.pubrec) |
  (1 << TYPE.pubrel) |
  (1 << TYPE.pubcomp) |
  (1 << TYPE.subscribe) |
  (1 << TYPE.unsubscribe) |
  (1 << TYPE.pingreq) |
  (1 << TYPE.disconnect);

/** Charges a packet that cannot be refused alone. False: the session ended. */
function chargeOrEnd(s: SessionState, size: number, request: boolean): boolean {
  const over = chargeControl(s, size, request);
  if (over === undefined) return true;
  endSession(s, 'session', over.cause, CODE.quotaExceeded, over.message);
  return false;
}

/** The client acknowledges a delivery. */
function acknowledgement(s: SessionState, buf: Buffer, start: number, body: number, end: number): void {
  parseAck(buf, start, body, end, s.client, ack);
  const id = ack.packetId;
  if (!chargeOrEnd(s, end - start, false)) return;
  // The id of a delivery that was dropped here: the client was not sent it.
  if (s.droppedQos2.has(id)) return;
  forwardToBroker(s, buf, start, body, end);
}

function release(s: SessionState, buf: Buffer, start: number, body: number, end: number): void {
  parseAck(buf, start, body, end, s.client, ack);
  const id = ack.packetId;
  if (!chargeOrEnd(s, end - start, false)) return;
  if (s.refusedQos2.delete(id)) {
    s.pubcomps.send(encodeAck(TYPE.pubcomp, id));
    return;
  }
  forwardToBroker(s, buf, start, body, end);
  if (s.inFlight.has(id)) s.pubcomps.expect(id);
}

function unsubscribe(s: SessionState, buf: Buffer, start: number, body: number, end: number): void {
  const { packetId, filters } = parseUnsubscribe(buf, start, body, end, s.client);
  if (s.usesPacketId(packetId)) throw protocolError(PACKET_ID_IN_USE);
  if (s.subscriptions.isFull) throw protocolError(TOO_MANY_PENDING, CODE.quotaExceeded);
  if (!chargeOrEnd(s, end - start, true)) return;
  s.subscriptions.addUnsubscribe(packetId, filters);
  forwardToBroker(s, buf, start, body, end);
}

/** The client disconnects; the broker gets its DISCONNECT, so that it discards the will or keeps it as the client says. */
function disconnect(s: SessionState, buf: Buffer, start: number, body: number, end: number): void {
  const d = parseDisconnect(buf, start, body, end, s.client);
  const expiry = d.properties.number(PROPERTY.sessionExpiry, 0);
  // [MQTT-3.14.2-2 and 3.14.2.2.2]
  if (expiry > 0 && s.sessionExpiry === 0) throw protocolError('a Session Expiry Interval raised from 0');
  const { maxSessionExpiry } = s.options;
  if (expiry > maxSessionExpiry) {
    const clamped = property(PROPERTY.sessionExpiry, maxSessionExpiry);
    s.out.toBroker(editDisconnect(buf, d, d.code, [PROPERTY.sessionExpiry], [clamped]), PERMIT_SESSION);
  } else {
    forwardToBroker(s, buf, start, body, end);
  }
  s.setPhase(PHASE.disconnecting);
  s.out.endBroker();
}
