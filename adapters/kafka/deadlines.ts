import { refuse } from './close.ts';
import { HOLD, type KafkaState, PHASE } from './state.ts';

/** Bytes per second below which a client that sends a large request is cut. */
const MIN_RATE = 64 * 1024;

/**
 * Looked at about every 250 ms.
 * @param declared bytes of the unfinished request at the front, 0 when there is none
 */
export function checkDeadlines(s: KafkaState, declared: number): void {
  const { timeouts, now } = s;
  if (s.phase >= PHASE.leaving) return;
  if ((s.holds & HOLD.throttle) !== 0 && now >= s.resumeAt) s.release(HOLD.throttle);
  if (s.phase === PHASE.fresh && now - s.born > timeouts.connect) {
    refuse(s, 'connect-timeout', `no request within ${timeouts.connect} ms`);
    return;
  }
  // A client that is not read, for whatever reason, cannot be late.
  if (s.frameSince === 0) return;
  if (s.out.clientPaused) {
    s.frameSince = now;
    return;
  }
  const allowed = timeouts.packet + (declared / MIN_RATE) * 1000;
  if (now - s.frameSince > allowed) {
    refuse(s, 'packet-timeout', `a request of ${declared} bytes was not complete after ${Math.round(allowed)} ms`);
  }
}
