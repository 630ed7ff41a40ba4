import type { Cause } from '../../policies/causes.ts';
import { type Action, PERMIT_SESSION } from '../../policies/decision.ts';
import { hex } from './codec/reason-codes.ts';
import { MqttError } from './error.ts';
import { encodeConnack } from './packets/connack.ts';
import { UnsupportedProtocol } from './packets/connect.ts';
import { encodeDisconnect, plainDisconnect } from './packets/disconnect.ts';
import { connackCodes, reasonString } from './rejection-codes.ts';
import { PHASE, type RejectionFacts, type SessionState } from './state.ts';

/** Ends both connections without a word more. */
export function close(s: SessionState): void {
  if (s.phase === PHASE.closed) return;
  s.setPhase(PHASE.closed);
  s.packetSince = 0;
  s.out.close();
}

/**
 * Ends an open session because of `cause`: MQTT 5 clients get a DISCONNECT with `code`, then
 * both connections close. The broker sees no DISCONNECT, so that it publishes the will, unless
 * the will is to be suppressed.
 */
export function endSession(
  s: SessionState,
  action: Action,
  cause: Cause,
  code: number,
  message: string,
  facts: RejectionFacts = {},
  suppressWill = false,
): void {
  if (s.phase >= PHASE.closed) return;
  const tells = s.phase === PHASE.open && s.version === 5;
  const id = s.reject(action, cause, message, tells ? { ...facts, sent: `DISCONNECT ${hex(code)}` } : facts);
  if (suppressWill) discardWill(s);
  if (tells) s.out.toClient(encodeDisconnect(code, reasonString(cause, id), s.clientMaxPacket));
  close(s);
}

/** Tells the broker good-bye in the client's name, so that it discards the will [MQTT-3.14.4-3]. */
export function discardWill(s: SessionState): void {
  if (s.phase === PHASE.awaitingConnack || s.phase === PHASE.open) s.out.toBroker(plainDisconnect(), PERMIT_SESSION);
}

/** Refuses a CONNECT that was read: the CONNACK of table `answers.ts`, then close. */
export function refuseConnect(
  s: SessionState,
  action: Action,
  cause: Cause,
  message: string,
  facts: RejectionFacts = {},
): void {
  const answer = connackCodes(cause);
  const code = s.version === 5 ? answer.v5 : answer.v311;
  const sent = code === undefined ? undefined : `CONNACK ${s.version === 5 ? hex(code) : code}`;
  const id = s.reject(action, cause, message, { ...facts, sent });
  // The broker may have accepted meanwhile; a client that was refused leaves no will.
  discardWill(s);
  if (code !== undefined) s.out.toClient(encodeConnack(s.version, code, reasonString(cause, id), s.clientMaxPacket));
  close(s);
}

/** The client's bytes are wrong. Ends the session as far as it has come. */
export function clientFault(s: SessionState, error: unknown): void {
  if (!(error instanceof MqttError)) throw error;
  if (error instanceof UnsupportedProtocol) {
    // 3.1 and 3.1.1 have decimal return codes; a CONNACK of 5.0 is longer.
    const code = error.connack?.[3] ?? 0;
    const sent = error.connack && `CONNACK ${error.connack.length > 4 ? hex(code) : code}`;
    s.reject('connect', error.fault, error.message, { sent });
    if (error.connack !== undefined) s.out.toClient(error.connack);
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
  brokerBroken(s, `${error.message} (from the broker)`);
}

export function brokerBroken(s: SessionState, message: string): void {
  if (s.phase < PHASE.open) refuseConnect(s, 'connect', 'upstream-protocol', message);
  else endSession(s, 'session', 'upstream-protocol', 0x80, message);
}
