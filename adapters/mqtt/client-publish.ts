import { PERMIT_SESSION, PERMIT_SHADOW, type Permit } from '../../policies/decision.ts';
import { COUNTER } from '../seam.ts';
import { TYPE } from './codec/fixed-header.ts';
import { CODE } from './codec/reason-codes.ts';
import { packet } from './codec/writer.ts';
import { MqttError } from './error.ts';
import { charge, excess, pauseFor } from './limits.ts';
import { encodeAck } from './packets/ack.ts';
import { encodeResolved, PublishView, parsePublish, topicOf } from './packets/publish.ts';
import { brokerMayHoldId, denyPublish, refusePublish } from './publish-rejection.ts';
import { awaitSendQuota, overReceiveMaximum } from './receive-maximum.ts';
import { endSession } from './session-end.ts';
import { PHASE, type SessionState } from './state.ts';

const view = new PublishView();

/**
 * A PUBLISH of the client: read, topic alias resolved, charged, decided, forwarded or answered.
 * The hot path: an allowed one without alias makes no string and no object.
 */
export function clientPublish(s: SessionState, buf: Buffer, start: number, body: number, end: number): void {
  parsePublish(buf, start, body, end, s.upRules, s.publishCache, view);
  let topic: Uint8Array = buf;
  let topicStart = view.topicStart;
  let topicEnd = view.topicEnd;
  if (view.alias > 0) {
    // Before any verdict: the client believes in its alias whatever becomes of this packet.
    topic = resolveAlias(s, buf);
    topicStart = 0;
    topicEnd = topic.length;
  }
  if (view.qos > 0 && (s.version === 5 || s.limits.inFlight !== undefined) && !hasSendQuota(s)) return;
  let wait = charge(s, 'publish', end - start);
  if (wait < 0) {
    refuseExcess(s, 'publish', wait, topicOf(topic, topicStart, topicEnd));
    return;
  }
  if (view.qos === 0 || checkPacketId(s, topic, topicStart, topicEnd)) {
    const permit = decide(s, topic, topicStart, topicEnd, end - view.payload);
    if (permit > 0 && s.limits.topics !== undefined) {
      const slow = s.host.takeTopic(topic, topicStart, topicEnd, s.maxWait.topics);
      if (slow < 0) {
        refuseExcess(s, 'topics', slow, topicOf(topic, topicStart, topicEnd));
        return;
      }
      wait = Math.max(wait, slow);
    }
    if (permit > 0) forward(s, buf, start, body, end, topic, topicStart, topicEnd, permit);
    else denyPublish(s, view, topicOf(topic, topicStart, topicEnd), end - view.payload);
  }
  if (wait > 0 && s.phase === PHASE.open) pauseFor(s, wait);
}

/**
 * `size`: of the payload. A remembered permit holds for the sizes that its rule grants; what is in shadow is not
 * remembered, as it may be the size alone that is.
 */
function decide(s: SessionState, topic: Uint8Array, start: number, end: number, size: number): Permit {
  const memo = s.publishCache;
  const key = (view.qos << 1) | (view.retain ? 1 : 0);
  const known = view.alias > 0 ? memo.matches(topic, start, end) : view.known;
  let permit = known ? memo.permit(key) : 0;
  if (permit > 0 && size <= memo.size(key)) return permit;
  permit = s.access.publish(topic, start, end, view.qos, view.retain, size);
  if (permit > 0 && permit < PERMIT_SHADOW) memo.remember(topic, start, end, key, permit, s.access.maxPayload(permit));
  return permit;
}

function forward(
  s: SessionState,
  buf: Buffer,
  start: number,
  body: number,
  end: number,
  topic: Uint8Array,
  topicStart: number,
  topicEnd: number,
  permit: Permit,
): void {
  if (s.version === 5 && (view.qos > s.maxQos || (view.retain && !s.retainAvailable))) {
    // Allowed here, but the broker said in its CONNACK that it cannot.
    const qos = view.qos > s.maxQos;
    const code = qos ? CODE.qosNotSupported : CODE.retainNotSupported;
    const cause = qos ? 'qos-not-allowed' : 'retain-not-allowed';
    const resource = topicOf(topic, topicStart, topicEnd);
    endSession(s, 'publish', cause, code, 'beyond what the CONNACK offered', { resource });
    return;
  }
  if (permit >= PERMIT_SHADOW) recordShadow(s, topicOf(topic, topicStart, topicEnd), end - view.payload);
  if (view.alias > 0) {
    const bytes = encodeResolved(buf, start, end, view, topic);
    if (bytes.length > s.brokerMaxPacket) {
      throw new MqttError('packet-too-large', CODE.packetTooLarge, 'too large for the broker with its topic in full');
    }
    s.out.toBroker(bytes, permit);
  } else {
    forwardToBroker(s, buf, start, body, end, permit);
  }
  if (view.qos > 0) track(s);
  const counters = s.host.counters;
  counters[COUNTER.publishForwarded] = (counters[COUNTER.publishForwarded] as number) + 1;
  if (s.host.sampled()) s.host.trace('publish', topicOf(topic, topicStart, topicEnd), permit, end - start);
}

/** `size`: of the payload. */
function recordShadow(s: SessionState, topic: string, size: number): void {
  const { shadow } = s.access.explainPublish(topic, view.qos, view.retain, size);
  if (shadow !== undefined) s.rejectInShadow(shadow);
}

/** Forwards a client's packet: its own bytes, unless its remaining length was padded. */
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

function resolveAlias(s: SessionState, buf: Buffer): Uint8Array {
  const aliases = s.aliases;
  if (aliases === undefined)
    throw new MqttError('protocol-error', CODE.topicAliasInvalid, 'a topic alias, but none is offered');
  if (view.topicStart === view.topicEnd) return aliases.get(view.alias);
  return aliases.set(view.alias, buf, view.topicStart, view.topicEnd);
}

/**
 * Holds a message against the Receive Maximum [MQTT-3.3.4-7]; answers that wait here count as in
 * flight. Some clients do not count QoS 1 at all, and brokers that answer at once never notice:
 * where an acknowledgement of the broker will make room, the packet waits for it unread (false).
 * Where only the client could make room, it is in error. Clients of 3.1.1 have such a bound only by their limits.
 */
function hasSendQuota(s: SessionState): boolean {
  const waiting = s.pubacks.waiting + s.pubrecs.waiting;
  if (s.inFlight.size + waiting < s.receiveMaximum || s.inFlight.has(view.packetId)) return true;
  if (!s.pubacks.pending) throw overReceiveMaximum(s);
  s.retry = true;
  awaitSendQuota(s);
  return false;
}

/** Holds the packet id against those in use. False: the packet was answered. */
function checkPacketId(s: SessionState, topic: Uint8Array, start: number, end: number): boolean {
  const { packetId, qos, dup } = view;
  if (s.version === 5) {
    if (!s.subscriptions.uses(packetId)) return true;
    const message = 'the packet identifier waits for a SUBACK or UNSUBACK';
    const resource = topicOf(topic, start, end);
    refusePublish(s, view, { cause: 'protocol-error', code: CODE.packetIdInUse, message, topic: resource });
    return false;
  }
  if (s.refusedQos2.has(packetId)) {
    if (!dup || qos !== 2) throw idInUse();
    // A repetition of what was refused: the same answer again.
    s.pubrecs.answer(encodeAck(TYPE.pubrec, packetId));
    return false;
  }
  if (s.subscriptions.uses(packetId)) throw idInUse();
  return true;
}

function idInUse(): MqttError {
  return new MqttError('protocol-error', CODE.protocolError, 'a packet identifier that is in use'); // [MQTT-2.3.1-2]
}

/** Remembers a QoS 1 or 2 message until the broker has finished it; beyond the bound (3.1.1 only) it is not. */
function track(s: SessionState): void {
  const { packetId, qos } = view;
  if (s.inFlight.size >= s.receiveMaximum || !s.inFlight.add(packetId)) return;
  if (qos === 1) s.pubacks.sent(packetId);
  else s.pubrecs.sent(packetId);
}

function refuseExcess(s: SessionState, kind: 'publish' | 'topics', outcome: number, topic: string): void {
  const { cause, message, ends } = excess(s, kind, outcome);
  if (ends) {
    const code = cause === 'limit-publish' ? CODE.messageRateTooHigh : CODE.quotaExceeded;
    endSession(s, 'publish', cause, code, message, { resource: topic });
    return;
  }
  if (view.qos === 2 && brokerMayHoldId(s, view)) {
    endSession(s, 'publish', cause, CODE.quotaExceeded, message, { resource: topic });
    return;
  }
  refusePublish(s, view, { cause, code: CODE.quotaExceeded, message, topic });
}
