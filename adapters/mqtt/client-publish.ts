import { PERMIT_SESSION, PERMIT_SHADOW, type Permit } from '../../policies/decision.ts';
import { COUNTER } from '../seam.ts';
import { TYPE } from './codec/fixed-header.ts';
import { CODE } from './codec/reason-codes.ts';
import { packet } from './codec/writer.ts';
import { MqttError, PACKET_ID_IN_USE, protocolError } from './error.ts';
import { charge, excess, pauseFor } from './limits.ts';
import { encodeAck } from './packets/ack.ts';
import { encodeResolved, PublishView, parsePublish, topicOf } from './packets/publish.ts';
import { brokerMayHoldId, denyPublish, refusePublish } from './publish-rejection.ts';
import { awaitSendQuota, overReceiveMaximum } from './receive-maximum.ts';
import { endSession } from './session-end.ts';
import { PHASE, type SessionState } from './state.ts';

const view = new PublishView();

/**
 * A PUBLISH of the client: read, topic alias resolved, charged, authorized, forwarded or refused. Throws MqttError.
 * The hot path: an allowed one without alias makes no string and no object.
 */
export function clientPublish(s: SessionState, buf: Buffer, start: number, body: number, end: number): void {
  parsePublish(buf, start, body, end, s.client, view);
  // Before any decision: the client takes its alias for set whatever becomes of this packet.
  if (view.alias > 0) resolveAlias(s);
  if (view.qos > 0 && (s.version === 5 || s.limits.inFlight !== undefined) && !hasSendQuota(s)) return;
  let wait = charge(s, 'publish', end - start);
  if (wait < 0) {
    refuseExcess(s, 'publish', wait);
    return;
  }
  if (view.qos === 0 || checkPacketId(s)) {
    const size = end - view.payload;
    const permit = authorize(s, size);
    if (permit > 0 && s.limits.topics !== undefined) {
      const slow = s.host.takeTopic(view.topic, view.topicStart, view.topicEnd, s.maxWait.topics);
      if (slow < 0) {
        refuseExcess(s, 'topics', slow);
        return;
      }
      wait = Math.max(wait, slow);
    }
    if (permit > 0) forward(s, buf, start, body, end, permit);
    else denyPublish(s, view, size);
  }
  if (wait > 0 && s.phase === PHASE.open) pauseFor(s, wait);
}

/**
 * `size`: of the payload. A cached permit holds for the sizes that its rule grants; what is in shadow is not
 * cached, as it may be the size alone that is.
 */
function authorize(s: SessionState, size: number): Permit {
  const { topics } = s.client;
  const { topic, topicStart, topicEnd, qos, retain } = view;
  const key = (qos << 1) | (retain ? 1 : 0);
  const known = view.alias > 0 ? topics.find(topic, topicStart, topicEnd) : view.known;
  let permit = known ? topics.permit(key) : 0;
  if (permit > 0 && size <= topics.maxPayload(key)) return permit;
  permit = s.access.publish(topic, topicStart, topicEnd, qos, retain, size);
  if (permit > 0 && permit < PERMIT_SHADOW) {
    topics.store(topic, topicStart, topicEnd, key, permit, s.access.maxPayload(permit));
  }
  return permit;
}

function forward(s: SessionState, buf: Buffer, start: number, body: number, end: number, permit: Permit): void {
  if (s.version === 5 && (view.qos > s.maxQos || (view.retain && !s.retainAvailable))) {
    // Allowed here, but the broker said in its CONNACK that it cannot.
    const qos = view.qos > s.maxQos;
    const code = qos ? CODE.qosNotSupported : CODE.retainNotSupported;
    const cause = qos ? 'qos-not-allowed' : 'retain-not-allowed';
    endSession(s, 'publish', cause, code, 'beyond what the CONNACK offered', { resource: topicOf(view) });
    return;
  }
  if (permit >= PERMIT_SHADOW) {
    s.recordShadow(s.access.explainPublish(topicOf(view), view.qos, view.retain, end - view.payload));
  }
  if (view.alias > 0) {
    const bytes = encodeResolved(buf, start, end, view);
    if (bytes.length > s.brokerMaxPacket) {
      throw new MqttError('packet-too-large', CODE.packetTooLarge, 'too large for the broker with its topic in full');
    }
    s.out.toBroker(bytes, permit);
  } else {
    forwardToBroker(s, buf, start, body, end, permit);
  }
  if (view.qos > 0) trackInFlight(s);
  s.count(COUNTER.publishForwarded);
  if (s.host.sampled()) s.host.trace('publish', topicOf(view), permit, end - start);
}

/** Forwards a client's packet: its own bytes, unless its remaining length is non-minimal. */
export function forwardToBroker(
  s: SessionState,
  buf: Buffer,
  start: number,
  body: number,
  end: number,
  permit: Permit = PERMIT_SESSION,
): void {
  if (s.nonMinimal) s.out.toBroker(packet(buf[start] as number, buf.subarray(body, end)), permit);
  else s.out.forward(start, end, permit);
}

/** Puts the topic of the alias in the view, or sets the alias to the topic that came with it (MQTT 5.0, 3.3.2.3.4). */
function resolveAlias(s: SessionState): void {
  const { aliases } = s;
  if (aliases === undefined) throw protocolError('a topic alias, but none is offered', CODE.topicAliasInvalid);
  const { alias, topic, topicStart, topicEnd } = view;
  view.topic = topicStart === topicEnd ? aliases.get(alias) : aliases.set(alias, topic, topicStart, topicEnd);
  view.topicStart = 0;
  view.topicEnd = view.topic.length;
}

/**
 * Holds a message against the Receive Maximum [MQTT-3.3.4-7]; acknowledgements that are queued here count as in
 * flight. Some clients do not count QoS 1 at all, and brokers that acknowledge at once never notice:
 * where an acknowledgement of the broker will free send quota, the packet waits for it unread (false).
 * Where only the client could free it, it is in error. Clients of 3.1.1 have such a bound only by their limits.
 */
function hasSendQuota(s: SessionState): boolean {
  const queued = s.pubacks.queued + s.pubrecs.queued;
  if (s.inFlight.size + queued < s.receiveMaximum || s.inFlight.has(view.packetId)) return true;
  if (!s.pubacks.pending) throw overReceiveMaximum(s);
  s.retry = true;
  awaitSendQuota(s);
  return false;
}

/** Holds the packet id against those in use. False: the packet was acknowledged. */
function checkPacketId(s: SessionState): boolean {
  const { packetId, qos, dup } = view;
  if (s.version === 5) {
    if (!s.subscriptions.usesPacketId(packetId)) return true;
    const message = 'the packet identifier waits for a SUBACK or UNSUBACK';
    refusePublish(s, view, { cause: 'protocol-error', code: CODE.packetIdInUse, message });
    return false;
  }
  if (s.refusedQos2.has(packetId)) {
    if (!dup || qos !== 2) throw protocolError(PACKET_ID_IN_USE); // [MQTT-2.3.1-2]
    // A repetition of what was refused: the same PUBREC again.
    s.pubrecs.send(encodeAck(TYPE.pubrec, packetId));
    return false;
  }
  if (s.subscriptions.usesPacketId(packetId)) throw protocolError(PACKET_ID_IN_USE);
  return true;
}

/** Counts a QoS 1 or 2 message as in flight until the broker has finished it; beyond the bound (3.1.1 only) it is not. */
function trackInFlight(s: SessionState): void {
  const { packetId, qos } = view;
  if (s.inFlight.size >= s.receiveMaximum || !s.inFlight.add(packetId)) return;
  if (qos === 1) s.pubacks.expect(packetId);
  else s.pubrecs.expect(packetId);
}

function refuseExcess(s: SessionState, kind: 'publish' | 'topics', outcome: number): void {
  const { cause, message, ends } = excess(s, kind, outcome);
  if (ends) {
    const code = cause === 'limit-publish' ? CODE.messageRateTooHigh : CODE.quotaExceeded;
    endSession(s, 'publish', cause, code, message, { resource: topicOf(view) });
    return;
  }
  if (view.qos === 2 && brokerMayHoldId(s, view)) {
    endSession(s, 'publish', cause, CODE.quotaExceeded, message, { resource: topicOf(view) });
    return;
  }
  refusePublish(s, view, { cause, code: CODE.quotaExceeded, message });
}
