import { ANY_SIZE } from '../../policies/acl/rules.ts';
import { FILTERED, PERMIT_SESSION, PERMIT_SHADOW } from '../../policies/decision.ts';
import { COUNTER } from '../seam.ts';
import { TYPE } from './codec/fixed-header.ts';
import { CODE } from './codec/reason-codes.ts';
import { encodeAck } from './packets/ack.ts';
import { PublishView, parsePublish, topicOf } from './packets/publish.ts';
import type { SessionState } from './state.ts';

const view = new PublishView();

/** Deliveries have one permit per topic, whatever their QoS and retain flag. */
const KEY = 0;

/**
 * A PUBLISH of the broker: forwarded when the client is allowed to receive its topic, else dropped and
 * acknowledged in the client's name, so that the broker's send quota is free again. Throws MqttError.
 */
export function brokerPublish(s: SessionState, buf: Buffer, start: number, body: number, end: number): void {
  const { topics } = s.broker;
  parsePublish(buf, start, body, end, s.broker, view);
  const { topicStart, topicEnd } = view;
  let permit = view.known ? topics.permit(KEY) : 0;
  if (permit <= 0) {
    permit = s.access.receive(buf, topicStart, topicEnd);
    if (permit <= 0) {
      if (permit !== FILTERED) recordDenial(s, topicOf(view));
      drop(s);
      return;
    }
    if (permit < PERMIT_SHADOW) topics.store(buf, topicStart, topicEnd, KEY, permit, ANY_SIZE);
    else s.recordShadow(s.access.explainReceive(topicOf(view)));
  }
  s.out.forward(start, end, permit);
  s.count(COUNTER.publishDelivered);
  if (s.host.sampled()) s.host.trace('receive', topicOf(view), permit, end - start);
}

function recordDenial(s: SessionState, topic: string): void {
  const decision = s.access.explainReceive(topic);
  s.reject('receive', decision.cause ?? 'denied', decision.reason, { decision, resource: topic });
}

function drop(s: SessionState): void {
  s.count(COUNTER.deliveriesDropped);
  const { qos, packetId } = view;
  if (qos === 0) return;
  const code = s.version === 5 ? CODE.notAuthorized : CODE.success;
  s.out.toBroker(encodeAck(qos === 1 ? TYPE.puback : TYPE.pubrec, packetId, code), PERMIT_SESSION);
  // A refusing PUBREC ends the flow in 5.0; in 3.1.1 the broker's PUBREL will come.
  if (qos === 2 && s.version === 4) s.droppedQos2.add(packetId);
}
