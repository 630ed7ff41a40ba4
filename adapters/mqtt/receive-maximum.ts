import { CODE } from './codec/reason-codes.ts';
import { MqttError } from './error.ts';
import type { SessionState } from './state.ts';

/** Stops reading the client until the broker acknowledged something, at most as long as a pause may be. */
export function waitForRoom(s: SessionState): void {
  s.held = true;
  s.waitsForRoom = true;
  s.resumeAt = s.now + s.pause;
  s.out.hold();
}

/** The broker acknowledged a message: a client that waits for room is read again. */
export function roomMade(s: SessionState): void {
  if (!s.waitsForRoom) return;
  s.waitsForRoom = false;
  s.held = false;
  s.resumeAt = 0;
  s.lastClient = s.now;
  s.out.resume();
}

export function overReceiveMaximum(s: SessionState): MqttError {
  const words = `more than ${s.receiveMaximum} messages in flight`;
  return new MqttError('receive-maximum', CODE.receiveMaximumExceeded, words);
}
