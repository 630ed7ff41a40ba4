import { PERMIT_SESSION } from '../../policies/decision.ts';
import { protocolError } from './error.ts';
import { encodeSuback, parseFilterAck } from './packets/suback.ts';
import type { SessionState } from './state.ts';

/** The broker's SUBACK: its codes go to their places in the client's [MQTT-3.8.4-6]. Throws MqttError. */
export function suback(s: SessionState, buf: Buffer, start: number, body: number, end: number): void {
  const ack = parseFilterAck(buf, start, body, end, s.version, s.options.maxUserProperties);
  const pending = s.subscriptions.takeSubscribe(ack.packetId);
  if (pending === undefined) throw protocolError('a SUBACK that nobody waits for');
  const { template, sent, untouched, reason } = pending;
  if (ack.codes.length !== sent.length) {
    throw protocolError(`a SUBACK with ${ack.codes.length} codes for ${sent.length} filters`);
  }
  sent.forEach(({ filter, qos }, n) => {
    if ((ack.codes[n] as number) < 0x80) s.subscriptions.active.set(filter, qos);
  });
  if (untouched) {
    s.out.forward(start, end, PERMIT_SESSION);
    return;
  }
  const codes = template.map((entry) => (entry < 0 ? (ack.codes[-1 - entry] as number) : entry));
  const from = { buf, properties: ack.properties };
  s.out.toClient(encodeSuback(s.version, ack.packetId, codes, reason, s.clientMaxPacket, from));
}

/** The broker's UNSUBACK goes on as it is. Throws MqttError. */
export function unsuback(s: SessionState, buf: Buffer, start: number, body: number, end: number): void {
  const ack = parseFilterAck(buf, start, body, end, s.version, s.options.maxUserProperties);
  const filters = s.subscriptions.takeUnsubscribe(ack.packetId);
  if (filters === undefined) throw protocolError('an UNSUBACK that nobody waits for');
  if (s.version === 5 && ack.codes.length !== filters.length) {
    throw protocolError(`an UNSUBACK with ${ack.codes.length} codes for ${filters.length} filters`);
  }
  filters.forEach((filter, n) => {
    // A subscription that the broker kept stays under the eyes of the next policy.
    if (s.version === 4 || (ack.codes[n] as number) < 0x80) s.subscriptions.active.delete(filter);
  });
  s.out.forward(start, end, PERMIT_SESSION);
}
