import { PERMIT_SESSION } from '../../policies/decision.ts';
import { brokerConnack } from './broker-connack.ts';
import { brokerPublish } from './broker-publish.ts';
import { brokerSuback, brokerUnsuback } from './broker-suback.ts';
import { TYPE, TYPE_NAMES } from './codec/fixed-header.ts';
import { PROPERTY } from './codec/property-table.ts';
import { CODE, hex, isFailure, isRedirect } from './codec/reason-codes.ts';
import { malformed, protocolError } from './error.ts';
import { AckView, encodeAck, parseAck } from './packets/ack.ts';
import { editDisconnect, parseDisconnect } from './packets/disconnect.ts';
import { sendQuotaFreed } from './receive-maximum.ts';
import { close } from './session-end.ts';
import { PHASE, type SessionState } from './state.ts';

const ack = new AckView();

/** One complete packet of the broker. Throws MqttError, which is then the broker's fault. */
export function brokerPacket(s: SessionState, buf: Buffer, start: number, body: number, end: number): void {
  const type = (buf[start] as number) >> 4;
  if (s.phase !== PHASE.open) {
    if (type !== TYPE.connack) throw protocolError(`${TYPE_NAMES[type]} before CONNACK`); // [MQTT-3.2.0-1]
    brokerConnack(s, buf, start, body, end);
    return;
  }
  switch (type) {
    case TYPE.publish:
      brokerPublish(s, buf, start, body, end);
      return;
    case TYPE.puback:
    case TYPE.pubrec:
    case TYPE.pubcomp:
      acknowledgement(s, type, buf, start, body, end);
      return;
    case TYPE.pubrel:
      release(s, buf, start, body, end);
      return;
    case TYPE.suback:
      brokerSuback(s, buf, start, body, end);
      return;
    case TYPE.unsuback:
      brokerUnsuback(s, buf, start, body, end);
      return;
    case TYPE.pingresp:
      if (end !== body) throw malformed('a PINGRESP with a body', body - start);
      s.out.forward(start, end, PERMIT_SESSION);
      return;
    case TYPE.disconnect:
      disconnect(s, buf, start, body, end);
      return;
    default:
      throw protocolError(`an unexpected ${TYPE_NAMES[type]}`);
  }
}

/** The broker acknowledges a message of the client; acknowledgements that are queued behind it follow. */
function acknowledgement(s: SessionState, type: number, buf: Buffer, start: number, body: number, end: number): void {
  parseAck(buf, start, body, end, s.broker, ack);
  const { packetId, code } = ack;
  s.out.forward(start, end, PERMIT_SESSION);
  if (!s.inFlight.has(packetId)) return;
  // A refusing PUBREC ends the flow [MQTT5 4.3.3]; any other waits for PUBCOMP.
  if (type !== TYPE.pubrec || isFailure(code)) s.inFlight.delete(packetId);
  if (type === TYPE.puback) s.pubacks.acked(packetId);
  else if (type === TYPE.pubrec) s.pubrecs.acked(packetId);
  else s.pubcomps.acked(packetId);
  sendQuotaFreed(s);
}

function release(s: SessionState, buf: Buffer, start: number, body: number, end: number): void {
  parseAck(buf, start, body, end, s.broker, ack);
  if (s.droppedQos2.delete(ack.packetId)) {
    s.out.toBroker(encodeAck(TYPE.pubcomp, ack.packetId), PERMIT_SESSION);
    return;
  }
  s.out.forward(start, end, PERMIT_SESSION);
}

/** The broker ends an MQTT 5 session; a redirection to another server becomes "server shutting down". */
function disconnect(s: SessionState, buf: Buffer, start: number, body: number, end: number): void {
  if (s.version === 4) throw protocolError('a DISCONNECT of a 3.1.1 broker');
  const d = parseDisconnect(buf, start, body, end, s.broker);
  const code = isRedirect(d.code) ? CODE.serverShuttingDown : d.code;
  const cause = code === CODE.sessionTakenOver ? 'taken-over' : 'upstream-closed';
  s.reject('session', cause, `the broker disconnected the client with ${hex(d.code)}`, {
    sent: `DISCONNECT ${hex(code)}`,
  });
  if (code !== d.code || d.properties.has(PROPERTY.serverReference)) {
    s.out.toClient(editDisconnect(buf, d, code, [PROPERTY.serverReference]));
  } else {
    s.out.forward(start, end, PERMIT_SESSION);
  }
  close(s);
}
