import type { Cause } from '../../policies/causes.ts';
import { type Action, PERMIT_SESSION } from '../../policies/decision.ts';
import { CODE, hex } from './codec/reason-codes.ts';
import { MqttError } from './error.ts';
import { encodeConnack } from './packets/connack.ts';
import { UnsupportedProtocol } from './packets/connect.ts';
import { encodeDisconnect, normalDisconnect } from './packets/disconnect.ts';
import { connackCodes, connackName, reasonString } from './rejection-codes.ts';
import { PHASE, type RejectionFacts, type SessionState } from './state.ts';

/** Ends both connections; nothing more is sent. */
export function close(s: SessionState): void {
  if (s.phase === PHASE.closed) return;
  s.setPhase(PHASE.closed);
  s.packetSince = 0;
  s.out.close();
}

/**
 * Ends an open session because of `cause`: MQTT 5 clients get a DISCONNECT with `code`, then
 * both connections close. The broker sees no DISCONNECT, so that it publishes the will (but see `discardWill`).
 */
export function endSession(
  s: SessionState,
  action: Action,
  cause: Cause,
  code: number,
  message: string,
  facts: RejectionFacts = {},
): void {
  if (s.phase >= PHASE.closed) return;
  const notifies = s.phase === PHASE.open && s.version === 5;
  const id = s.reject(action, cause, message, notifies ? { ...facts, sent: `DISCONNECT ${hex(code)}` } : facts);
  if (notifies) s.out.toClient(encodeDisconnect(code, reasonString(cause, id), s.clientMaxPacket));
  close(s);
}

/** Sends the broker a DISCONNECT in the client's name, so that it discards the will [MQTT-3.14.4-3]. */
export function discardWill(s: SessionState): void {
  if (s.phase === PHASE.awaitingConnack || s.phase === PHASE.open) s.out.toBroker(normalDisconnect(), PERMIT_SESSION);
}

/** Refuses a CONNECT that was read: the CONNACK of the table in rejection-codes.ts, then close. */
export function refuseConnect(
  s: SessionState,
  action: Action,
  cause: Cause,
  message: string,
  facts: RejectionFacts = {},
): void {
  const { v5, v311 } = connackCodes(cause);
  const code = s.version === 5 ? v5 : v311;
  const sent = code === undefined ? undefined : connackName(s.version, code);
  const id = s.reject(action, cause, message, { ...facts, sent });
  // The broker may have accepted meanwhile; the will of a refused client is not published.
  discardWill(s);
  if (code !== undefined) s.out.toClient(encodeConnack(s.version, code, reasonString(cause, id), s.clientMaxPacket));
  close(s);
}

/** The client's bytes are wrong. Ends the session with the packet that its phase has for that. */
export function clientFault(s: SessionState, error: unknown): void {
  if (!(error instanceof MqttError)) throw error;
  if (error instanceof UnsupportedProtocol) {
    const { connack } = error;
    // A CONNACK of 5.0 is longer than that of 3.1 and 3.1.1; the code is its fourth byte.
    const sent = connack && connackName(connack.length > 4 ? 5 : 4, connack[3] as number);
    s.reject('connect', error.fault, error.message, { sent });
    if (connack !== undefined) s.out.toClient(connack);
    close(s);
  } else if (s.phase === PHASE.open) {
    endSession(s, 'session', error.fault, error.code, error.message);
  } else if (s.versionKnown) {
    refuseConnect(s, 'connect', error.fault, error.message);
  } else {
    s.reject('connect', error.fault, error.message);
    close(s);
  }
}

/** The broker's bytes are wrong: nothing of them reaches the client. */
export function brokerFault(s: SessionState, error: unknown): void {
  if (!(error instanceof MqttError)) throw error;
  const message = `${error.message} (from the broker)`;
  if (s.phase < PHASE.open) refuseConnect(s, 'connect', 'upstream-protocol', message);
  else endSession(s, 'session', 'upstream-protocol', CODE.unspecified, message);
}
