import type { Cause } from '../../policies/causes.ts';
import type { Decision } from '../../policies/decision.ts';
import { TYPE, TYPE_NAMES } from './codec/fixed-header.ts';
import { CODE, hex } from './codec/reason-codes.ts';
import { MqttError } from './error.ts';
import { encodeAck } from './packets/ack.ts';
import type { PublishView } from './packets/publish.ts';
import { publishAckCode, reasonString } from './rejection-codes.ts';
import { endSession } from './session-end.ts';
import type { SessionState } from './state.ts';

/** Why a PUBLISH is not forwarded. */
export interface Refusal {
  readonly cause: Cause;
  /** MQTT 5, legal in PUBACK and PUBREC. */
  readonly code: number;
  readonly message: string;
  readonly topic: string;
  readonly decision?: Decision;
  /** Bytes of the payload. */
  readonly size?: number;
}

/**
 * Answers a PUBLISH that is not forwarded, so that its sender comes to an end with it: QoS 0 is
 * dropped; MQTT 5 gets a PUBACK or PUBREC that says so; 3.1.1 has no code for it and gets a
 * plain acknowledgement or is disconnected, as the role says [MQTT-3.3.5-2].
 */
export function refusePublish(s: SessionState, view: PublishView, refusal: Refusal): void {
  const { cause, code, message, topic: resource, decision, size } = refusal;
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
    order.answer(encodeAck(type, packetId, code, reason, s.clientMaxPacket));
    return;
  }
  if (qos === 2) ownUp(s, packetId);
  order.answer(encodeAck(type, packetId));
}

/** The rest of the flow of this id (PUBREL, PUBCOMP) is ours. */
function ownUp(s: SessionState, packetId: number): void {
  if (s.refusedQos2.size >= s.options.receiveMaximum) {
    throw new MqttError('receive-maximum', CODE.receiveMaximumExceeded, 'too many refused messages wait for PUBREL');
  }
  s.refusedQos2.add(packetId);
}

/** Refuses a PUBLISH for which there is no permit, and counts it against the denial budget. `size`: of its payload. */
export function denyPublish(s: SessionState, view: PublishView, topic: string, size: number): void {
  const decision = s.access.explainPublish(topic, view.qos, view.retain, size);
  const cause = decision.cause ?? 'denied';
  const code = publishAckCode(cause);
  const facts = { decision, resource: topic, size };
  if (s.version === 5) {
    const beyond = cause === 'qos-not-allowed' && view.qos > s.maxQos;
    const retained = cause === 'retain-not-allowed' && !s.retainAvailable;
    if (beyond || retained) {
      const code = beyond ? CODE.qosNotSupported : CODE.retainNotSupported;
      endSession(s, 'publish', cause, code, decision.reason, facts);
      return;
    }
  }
  if (view.qos === 2 && brokerMayHoldId(s, view)) {
    endSession(s, 'publish', cause, code, decision.reason, facts);
    return;
  }
  refusePublish(s, view, { cause, code, message: decision.reason, topic, decision, size });
  spendDenial(s);
}

/**
 * A local refusal frees the packet id for the client. Where the broker holds the same id for an
 * earlier copy, it would take the next message with it for a repetition: then the connection
 * ends instead.
 */
export function brokerMayHoldId(s: SessionState, view: PublishView): boolean {
  return (s.resumed && view.dup) || s.inFlight.has(view.packetId);
}

/** Counts a denial; cuts the client that has too many. */
export function spendDenial(s: SessionState): void {
  if (s.denials.spend(s.now)) return;
  endSession(s, 'session', 'denial-budget', CODE.notAuthorized, 'more denials than the role’s budget allows');
}
