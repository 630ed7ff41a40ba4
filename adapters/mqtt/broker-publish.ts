import { ANY_SIZE } from '../../policies/acl/rules.ts';
import { FILTERED, PERMIT_SESSION, PERMIT_SHADOW } from '../../policies/decision.ts';
import { COUNTER } from '../seam.ts';
import { TYPE } from './codec/fixed-header.ts';
import { CODE } from './codec/reason-codes.ts';
import { encodeAck } from './packets/ack.ts';
import { PublishView, parsePublish, topicOf } from './packets/publish.ts';
import type { SessionState } from './state.ts';

const view = new PublishView();

/**
 * A PUBLISH of the broker: delivered when the client may receive its topic, else dropped and
 * answered in the client's name, so that the broker's window is free again. Throws MqttError.
 */
export function deliver(s: SessionState, buf: Buffer, start: number, body: number, end: number): void {
  const memo = s.deliveryCache;
  parsePublish(buf, start, body, end, s.downRules, memo, view);
  const { topicStart, topicEnd } = view;
  let permit = view.known ? memo.permit(0) : 0;
  if (permit <= 0) {
    permit = s.access.receive(buf, topicStart, topicEnd);
    if (permit <= 0) {
      if (permit !== FILTERED) record(s, topicOf(buf, topicStart, topicEnd));
      drop(s);
      return;
    }
    if (permit < PERMIT_SHADOW) memo.remember(buf, topicStart, topicEnd, 0, permit, ANY_SIZE);
    else recordShadow(s, topicOf(buf, topicStart, topicEnd));
  }
  s.out.forward(start, end, permit);
  const counters = s.host.counters;
  counters[COUNTER.publishDelivered] = (counters[COUNTER.publishDelivered] as number) + 1;
  if (s.host.sampled()) s.host.trace('receive', topicOf(buf, topicStart, topicEnd), permit, end - start);
}

function record(s: SessionState, topic: string): void {
  const decision = s.access.explainReceive(topic);
  s.reject('receive', decision.cause ?? 'denied', decision.reason, { decision, resource: topic });
}

function recordShadow(s: SessionState, topic: string): void {
  const { shadow } = s.access.explainReceive(topic);
  if (shadow !== undefined) s.rejectInShadow(shadow);
}

function drop(s: SessionState): void {
  const counters = s.host.counters;
  counters[COUNTER.deliveriesDropped] = (counters[COUNTER.deliveriesDropped] as number) + 1;
  const { qos, packetId } = view;
  if (qos === 0) return;
  const code = s.version === 5 ? CODE.notAuthorized : CODE.success;
  s.out.toBroker(encodeAck(qos === 1 ? TYPE.puback : TYPE.pubrec, packetId, code), PERMIT_SESSION);
  // A refusing PUBREC ends the flow in 5.0; in 3.1.1 the broker's PUBREL will come.
  if (qos === 2 && s.version === 4) s.droppedQos2.add(packetId);
}
