import { PERMIT_SESSION } from '../../policies/decision.ts';
import { isFailure } from './codec/reason-codes.ts';
import { protocolError } from './error.ts';
import { encodeSuback, parseFilterAck } from './packets/suback.ts';
import type { SessionState } from './state.ts';

/** The broker's SUBACK: its codes go to their places among those decided here [MQTT-3.8.4-6]. Throws MqttError. */
export function brokerSuback(s: SessionState, buf: Buffer, start: number, body: number, end: number): void {
  const ack = parseFilterAck(buf, start, body, end, s.broker);
  const pending = s.subscriptions.takeSubscribe(ack.packetId);
  if (pending === undefined) throw protocolError('a SUBACK without a SUBSCRIBE');
  const { template, sent, untouched, reason } = pending;
  if (ack.codes.length !== sent.length) {
    throw protocolError(`a SUBACK with ${ack.codes.length} codes for ${sent.length} filters`);
  }
  sent.forEach(({ filter, qos }, n) => {
    if (!isFailure(ack.codes[n] as number)) s.subscriptions.active.set(filter, qos);
  });
  if (untouched) {
    s.out.forward(start, end, PERMIT_SESSION);
    return;
  }
  const codes = template.map((entry) => (entry < 0 ? (ack.codes[-1 - entry] as number) : entry));
  const from = { buf, properties: ack.properties };
  s.out.toClient(encodeSuback(s.version, ack.packetId, codes, reason, s.clientMaxPacket, from));
}

/** The broker's UNSUBACK is forwarded as it is. Throws MqttError. */
export function brokerUnsuback(s: SessionState, buf: Buffer, start: number, body: number, end: number): void {
  const ack = parseFilterAck(buf, start, body, end, s.broker);
  const filters = s.subscriptions.takeUnsubscribe(ack.packetId);
  if (filters === undefined) throw protocolError('an UNSUBACK without an UNSUBSCRIBE');
  if (s.version === 5 && ack.codes.length !== filters.length) {
    throw protocolError(`an UNSUBACK with ${ack.codes.length} codes for ${filters.length} filters`);
  }
  filters.forEach((filter, n) => {
    // A subscription that the broker kept is authorized again by the next policy.
    if (s.version === 4 || !isFailure(ack.codes[n] as number)) s.subscriptions.active.delete(filter);
  });
  s.out.forward(start, end, PERMIT_SESSION);
}
