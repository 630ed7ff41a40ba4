import { PERMIT_SESSION } from '../../policies/decision.ts';
import { clientPublish, forwardToBroker } from './client-publish.ts';
import { subscribe } from './client-subscribe.ts';
import { TYPE, TYPE_NAMES } from './codec/fixed-header.ts';
import { PROPERTY } from './codec/property-table.ts';
import { property } from './codec/property-write.ts';
import { CODE } from './codec/reason-codes.ts';
import { malformed, protocolError } from './error.ts';
import { chargeControl } from './limits.ts';
import { AckView, encodeAck, parseAck } from './packets/ack.ts';
import { editDisconnect, parseDisconnect } from './packets/disconnect.ts';
import { parseUnsubscribe } from './packets/unsubscribe.ts';
import { endSession } from './session-end.ts';
import { PHASE, type SessionState } from './state.ts';
import { MAX_PENDING } from './subscriptions.ts';

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
      subscribe(s, buf, start, body, end);
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

/** The client's answer to a delivery. */
function acknowledgement(s: SessionState, buf: Buffer, start: number, body: number, end: number): void {
  parseAck(buf, start, body, end, s.version, s.options.maxUserProperties, ack);
  const id = ack.packetId;
  if (!chargeOrEnd(s, end - start, false)) return;
  // A delivery that was dropped here: the client cannot know its id.
  if (s.droppedQos2.has(id)) return;
  forwardToBroker(s, buf, start, body, end);
}

function release(s: SessionState, buf: Buffer, start: number, body: number, end: number): void {
  parseAck(buf, start, body, end, s.version, s.options.maxUserProperties, ack);
  const id = ack.packetId;
  if (!chargeOrEnd(s, end - start, false)) return;
  if (s.refusedQos2.delete(id)) {
    s.pubcomps.answer(encodeAck(TYPE.pubcomp, id));
    return;
  }
  forwardToBroker(s, buf, start, body, end);
  if (s.inFlight.has(id)) s.pubcomps.sent(id);
}

function unsubscribe(s: SessionState, buf: Buffer, start: number, body: number, end: number): void {
  const { maxUserProperties, maxTopicLevels } = s.options;
  const { packetId, filters } = parseUnsubscribe(buf, start, body, end, s.version, maxUserProperties, maxTopicLevels);
  if (s.subscriptions.uses(packetId) || s.inFlight.has(packetId) || s.refusedQos2.has(packetId)) {
    throw protocolError('a packet identifier that is in use');
  }
  if (s.subscriptions.pending >= MAX_PENDING) {
    throw protocolError('too many requests wait for the broker', CODE.quotaExceeded);
  }
  if (!chargeOrEnd(s, end - start, true)) return;
  s.subscriptions.leave(packetId, filters);
  forwardToBroker(s, buf, start, body, end);
}

/** The client says good-bye; the broker hears it, so that it discards the will. */
function disconnect(s: SessionState, buf: Buffer, start: number, body: number, end: number): void {
  const d = parseDisconnect(buf, start, body, end, s.version, s.options.maxUserProperties, true);
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
