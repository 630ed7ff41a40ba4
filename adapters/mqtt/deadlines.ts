import { CODE } from './codec/reason-codes.ts';
import { overReceiveMaximum } from './receive-maximum.ts';
import { close, endSession, refuseConnect } from './session-end.ts';
import { PHASE, type SessionState } from './state.ts';

/** Milliseconds that the broker has to close its side after the client disconnected. */
const DISCONNECT_TIMEOUT = 5000;

/** Everything that happens because time passed: deadlines, keep-alive, the end of a pause. */
export function checkDeadlines(s: SessionState): void {
  const { timeouts } = s.options;
  const inPhase = s.now - s.phaseSince;
  switch (s.phase) {
    case PHASE.awaitingConnect:
      if (s.now - s.born < timeouts.connect) return;
      s.reject('connect', 'connect-timeout', `no complete CONNECT within ${timeouts.connect} ms`);
      close(s);
      return;
    case PHASE.awaitingConnack:
      if (inPhase < timeouts.upstream) return;
      refuseConnect(s, 'connect', 'upstream-down', `no CONNACK of the broker within ${timeouts.upstream} ms`);
      return;
    case PHASE.open:
      openDeadlines(s, timeouts.packet);
      return;
    case PHASE.disconnecting:
      if (inPhase >= DISCONNECT_TIMEOUT) close(s);
      return;
    default:
  }
}

function openDeadlines(s: SessionState, packet: number): void {
  if (s.brokerResumeAt > 0 && s.now >= s.brokerResumeAt) {
    s.brokerResumeAt = 0;
    s.out.resumeBroker();
  }
  if (s.held) {
    // The silence of a client that is not read is not its own.
    s.lastClient = s.now;
    if (s.now < s.resumeAt) return;
    // 3.1.1 has no Receive Maximum, the client cannot know the bound: it is not ended.
    if (s.awaitsSendQuota && s.version === 5) {
      const { fault, code, message } = overReceiveMaximum(s);
      endSession(s, 'publish', fault, code, message);
      return;
    }
    s.held = false;
    s.resumeAt = 0;
    s.out.resume();
    return;
  }
  if (s.out.clientPaused) {
    s.lastClient = s.now;
    if (s.packetSince > 0) s.packetSince = s.now;
    return;
  }
  if (s.packetSince > 0 && s.now - s.packetSince >= packet) {
    endSession(s, 'session', 'packet-timeout', CODE.unspecified, `a packet was not complete within ${packet} ms`);
    return;
  }
  // [MQTT-3.1.2-22] of 5.0, [MQTT-3.1.2-24] of 3.1.1
  const limit = s.keepAlive * 1500;
  if (s.now - s.lastClient <= limit) return;
  endSession(s, 'session', 'keep-alive', CODE.keepAliveTimeout, `nothing was received for ${limit} ms`);
}
