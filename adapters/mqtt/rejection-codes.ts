import type { Cause } from '../../policies/causes.ts';
import type { StopReason } from '../seam.ts';
import { CODE, hex } from './codec/reason-codes.ts';

/** Return codes of a CONNACK of MQTT 3.1.1 (table 3.1). */
const RETURN_CODE = { identifierRejected: 2, serverUnavailable: 3, notAuthorized: 5 } as const;

/**
 * The CONNACK of a refused CONNECT: MQTT 5 reason code and 3.1.1 return code (MQTT 5.0,
 * 3.2.2.2; MQTT 3.1.1, table 3.1). No return code: 3.1.1 has none that fits, the connection is closed.
 */
const CONNACK: Partial<Record<Cause, readonly [v5: number, v311?: number]>> = {
  malformed: [CODE.malformedPacket],
  'protocol-error': [CODE.protocolError],
  'packet-too-large': [CODE.packetTooLarge],
  'auth-method': [CODE.badAuthenticationMethod],
  'client-id': [CODE.clientIdNotValid, RETURN_CODE.identifierRejected],
  'client-id-taken': [CODE.clientIdNotValid, RETURN_CODE.identifierRejected],
  'topic-invalid': [CODE.topicNameInvalid],
  denied: [CODE.notAuthorized, RETURN_CODE.notAuthorized],
  'will-denied': [CODE.notAuthorized, RETURN_CODE.notAuthorized],
  'qos-not-allowed': [CODE.qosNotSupported, RETURN_CODE.notAuthorized],
  'retain-not-allowed': [CODE.retainNotSupported, RETURN_CODE.notAuthorized],
  // 0x95 is about the size of the whole CONNECT.
  'payload-too-large': [CODE.quotaExceeded, RETURN_CODE.notAuthorized],
  'limit-handshakes': [CODE.connectionRateExceeded, RETURN_CODE.serverUnavailable],
  'internal-error': [CODE.unspecified, RETURN_CODE.serverUnavailable],
  draining: [CODE.serverUnavailable, RETURN_CODE.serverUnavailable],
  'upstream-down': [CODE.serverUnavailable, RETURN_CODE.serverUnavailable],
  'upstream-tls': [CODE.serverUnavailable, RETURN_CODE.serverUnavailable],
  'upstream-refused': [CODE.serverUnavailable, RETURN_CODE.serverUnavailable],
  'upstream-protocol': [CODE.serverUnavailable, RETURN_CODE.serverUnavailable],
  'upstream-closed': [CODE.serverUnavailable, RETURN_CODE.serverUnavailable],
};

const OVER_LIMIT = [CODE.quotaExceeded, RETURN_CODE.serverUnavailable] as const;
const NOT_AUTHORIZED = [CODE.notAuthorized, RETURN_CODE.notAuthorized] as const;

/** How a CONNECT is refused in each version. */
export interface ConnackCodes {
  /** Reason code of MQTT 5. */
  readonly v5: number;
  /** Return code of 3.1.1; undefined: the connection is closed without a CONNACK. */
  readonly v311: number | undefined;
}

/** The codes of the CONNACK that refuses with `cause`; what is neither in the table nor a limit is "not authorized". */
export function connackCodes(cause: Cause): ConnackCodes {
  const [v5, v311] = CONNACK[cause] ?? (isLimit(cause) ? OVER_LIMIT : NOT_AUTHORIZED);
  return { v5, v311 };
}

/** DISCONNECT codes by the reason for which the host ends a session; all legal for a server (MQTT 5.0, table 3-13). */
export const DISCONNECT_CODES: Readonly<Record<StopReason, number>> = {
  drain: CODE.serverShuttingDown,
  'taken-over': CODE.sessionTakenOver,
  'policy-changed': CODE.notAuthorized,
  revoked: CODE.notAuthorized,
  'revocation-unknown': CODE.notAuthorized,
  expired: CODE.notAuthorized,
  'session-killed': CODE.administrativeAction,
  'internal-error': CODE.unspecified,
};

/**
 * PUBACK and PUBREC code of MQTT 5 for a message that no rule allows. One that is too large breaks "an implementation
 * or administrative imposed limit" (MQTT 5.0, table 3-4); "packet too large" is no code of these packets.
 */
export function publishAckCode(cause: Cause): number {
  return cause === 'payload-too-large' ? CODE.quotaExceeded : CODE.notAuthorized;
}

/** SUBACK code of MQTT 5 for a refused filter; 3.1.1 has only `SUBACK_FAILURE`. */
export function subackCode(cause: Cause): number {
  if (cause === 'filter-invalid') return CODE.topicFilterInvalid;
  return isLimit(cause) ? CODE.quotaExceeded : CODE.notAuthorized;
}

/** A CONNACK as a record of a rejection names it: `CONNACK 0x87`, for 3.1.1 `CONNACK 5`. */
export function connackName(version: 4 | 5, code: number): string {
  return `CONNACK ${version === 5 ? hex(code) : code}`;
}

const REASONS: Partial<Record<Cause, string>> = {
  malformed: 'malformed packet',
  'protocol-error': 'protocol error',
  'packet-too-large': 'packet too large',
  'payload-too-large': 'payload too large',
  'topic-invalid': 'invalid topic name',
  'filter-invalid': 'invalid topic filter',
  'auth-method': 'authentication method not offered',
  'client-id': 'client identifier not allowed',
  'client-id-taken': 'client identifier not allowed',
  'receive-maximum': 'receive maximum exceeded',
  'keep-alive': 'keep alive timeout',
  'packet-timeout': 'timeout',
  draining: 'shutting down',
  'taken-over': 'session taken over',
  'session-killed': 'ended by the operator',
  'internal-error': 'internal error',
};

/**
 * Text for the client: a generic reason and the decision id under which the operator finds the rest. An empty `id` is
 * left out.
 */
export function reasonString(cause: Cause, id: string): string {
  const message = REASONS[cause] ?? groupReason(cause);
  return id === '' ? message : `${message} ${id}`;
}

/** For causes that only the operator is given in detail. */
function groupReason(cause: Cause): string {
  if (isLimit(cause)) return 'limit exceeded';
  return cause.startsWith('upstream-') ? 'unavailable' : 'denied';
}

function isLimit(cause: Cause): boolean {
  return cause.startsWith('limit-');
}
