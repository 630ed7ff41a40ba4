import type { Cause } from '../../policies/causes.ts';
import type { Decision } from '../../policies/decision.ts';
import { TYPE, TYPE_NAMES } from './codec/fixed-header.ts';
import { CODE, hex } from './codec/reason-codes.ts';
import { MqttError } from './error.ts';
import { encodeAck } from './packets/ack.ts';
import { type PublishView, topicOf } from './packets/publish.ts';
import { publishAckCode, reasonString } from './rejection-codes.ts';
import { endSession } from './session-end.ts';
import type { SessionState } from './state.ts';

/** Why a PUBLISH is not forwarded. */
export interface PublishRefusal {
  readonly cause: Cause;
  /** MQTT 5, legal in PUBACK and PUBREC. */
  readonly code: number;
  readonly message: string;
  readonly decision?: Decision;
  /** Bytes of the payload. */
  readonly size?: number;
}

/**
 * Acknowledges a PUBLISH that is not forwarded, so that its sender does not repeat it: QoS 0 is
 * dropped; MQTT 5 gets a PUBACK or PUBREC with a code; 3.1.1 has no code for it and gets a
 * plain acknowledgement or is disconnected, as the role says [MQTT-3.3.5-2].
 */
export function refusePublish(s: SessionState, view: PublishView, refusal: PublishRefusal): void {
  const { cause, code, message, decision, size } = refusal;
  const resource = topicOf(view);
  if (s.version === 4 && s.access.onDeny === 'disconnect') {
    endSession(s, 'publish', cause, code, message, { decision, resource, size });
    return;
  }
  const { qos, packetId } = view;
  const type = qos === 1 ? TYPE.puback : TYPE.pubrec;
  const sent = qos === 0 ? undefined : TYPE_NAMES[type] + (s.version === 5 ? ` ${hex(code)}` : '');
  const id = s.reject('publish', cause, message, { decision, resource, sent, size });
  if (qos === 0) return;
  const order = qos === 1 ? s.pubacks : s.pubrecs;
  if (s.version === 5) {
    const reason = s.problemInformation ? reasonString(cause, id) : '';
    order.send(encodeAck(type, packetId, code, reason, s.clientMaxPacket));
    return;
  }
  if (qos === 2) finishHere(s, packetId);
  order.send(encodeAck(type, packetId));
}

/** The rest of the flow of this id (PUBREL, PUBCOMP) is not forwarded. */
function finishHere(s: SessionState, packetId: number): void {
  if (s.refusedQos2.size >= s.options.receiveMaximum) {
    throw new MqttError('receive-maximum', CODE.receiveMaximumExceeded, 'too many refused messages wait for PUBREL');
  }
  s.refusedQos2.add(packetId);
}

/** Refuses a PUBLISH for which there is no permit, and counts it against the denial budget. `size`: of its payload. */
export function denyPublish(s: SessionState, view: PublishView, size: number): void {
  const topic = topicOf(view);
  const decision = s.access.explainPublish(topic, view.qos, view.retain, size);
  const { cause = 'denied', reason: message } = decision;
  const code = publishAckCode(cause);
  const facts = { decision, resource: topic, size };
  if (s.version === 5) {
    // What the CONNACK did not offer is an error of the client, not a denial [MQTT-3.2.2-11, MQTT-3.2.2-14].
    const beyond = cause === 'qos-not-allowed' && view.qos > s.maxQos;
    const retained = cause === 'retain-not-allowed' && !s.retainAvailable;
    if (beyond || retained) {
      endSession(s, 'publish', cause, beyond ? CODE.qosNotSupported : CODE.retainNotSupported, message, facts);
      return;
    }
  }
  if (view.qos === 2 && brokerMayHoldId(s, view)) {
    endSession(s, 'publish', cause, code, message, facts);
    return;
  }
  refusePublish(s, view, { cause, code, message, decision, size });
  spendDenial(s);
}

/**
 * A refusal frees the packet id for the client. Where the broker holds the same id for an
 * earlier copy, it would take the next message with it for a repetition: then the connection
 * ends instead.
 */
export function brokerMayHoldId(s: SessionState, view: PublishView): boolean {
  return (s.resumed && view.dup) || s.inFlight.has(view.packetId);
}

/** Counts a denial; disconnects the client that has too many. */
export function spendDenial(s: SessionState): void {
  if (s.denials.spend(s.now)) return;
  endSession(s, 'session', 'denial-budget', CODE.notAuthorized, 'more denials than the role’s budget allows');
}
