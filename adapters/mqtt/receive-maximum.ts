import { CODE } from './codec/reason-codes.ts';
import { MqttError } from './error.ts';
import type { SessionState } from './state.ts';

/** Stops reading the client until the broker frees send quota (MQTT 5.0, 4.9), at most as long as a pause may be. */
export function awaitSendQuota(s: SessionState): void {
  s.held = true;
  s.awaitsSendQuota = true;
  s.resumeAt = s.now + s.pause;
  s.out.hold();
}

/** The broker acknowledged a message: a client that waits for send quota is read again. */
export function sendQuotaFreed(s: SessionState): void {
  if (!s.awaitsSendQuota) return;
  s.awaitsSendQuota = false;
  s.held = false;
  s.resumeAt = 0;
  s.lastClient = s.now;
  s.out.resume();
}

export function overReceiveMaximum(s: SessionState): MqttError {
  const message = `more than ${s.receiveMaximum} messages in flight`;
  return new MqttError('receive-maximum', CODE.receiveMaximumExceeded, message);
}
