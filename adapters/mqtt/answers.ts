import type { Cause } from '../../policies/causes.ts';
import type { StopReason } from '../seam.ts';
import { CODE } from './codec/reason-codes.ts';

/**
 * How a refused CONNECT is answered: MQTT 5 reason code and 3.1.1 return code (MQTT 5.0,
 * 3.2.2.2; MQTT 3.1.1, table 3.1). No return code: 3.1.1 has none that fits, just close.
 */
const CONNACK: Partial<Record<Cause, readonly [v5: number, v311?: number]>> = {
  malformed: [CODE.malformedPacket],
  'protocol-error': [CODE.protocolError],
  'packet-too-large': [CODE.packetTooLarge],
  'auth-method': [CODE.badAuthenticationMethod],
  'client-id': [CODE.clientIdNotValid, 2],
  'client-id-taken': [CODE.clientIdNotValid, 2],
  'topic-invalid': [CODE.topicNameInvalid],
  denied: [CODE.notAuthorized, 5],
  'will-denied': [CODE.notAuthorized, 5],
  'qos-not-allowed': [CODE.qosNotSupported, 5],
  'retain-not-allowed': [CODE.retainNotSupported, 5],
  // 0x95 is about the size of the whole CONNECT.
  'payload-too-large': [CODE.quotaExceeded, 5],
  'limit-handshakes': [CODE.connectionRateExceeded, 3],
  'internal-error': [CODE.unspecified, 3],
  draining: [CODE.serverUnavailable, 3],
  'upstream-down': [CODE.serverUnavailable, 3],
  'upstream-tls': [CODE.serverUnavailable, 3],
  'upstream-refused': [CODE.serverUnavailable, 3],
  'upstream-protocol': [CODE.serverUnavailable, 3],
  'upstream-closed': [CODE.serverUnavailable, 3],
};

export interface ConnackAnswer {
  readonly v5: number;
  readonly v311: number | undefined;
}

/** The answer to a CONNECT that ends with `cause`; what is neither in the table nor a limit is "not authorized". */
export function connackAnswer(cause: Cause): ConnackAnswer {
  const [v5, v311] = CONNACK[cause] ?? (isLimit(cause) ? [CODE.quotaExceeded, 3] : [CODE.notAuthorized, 5]);
  return { v5, v311 };
}

/** DISCONNECT codes for the ends that the host asks for; all legal for a server (MQTT 5.0, table 3-13). */
export const STOP_CODES: Readonly<Record<StopReason, number>> = {
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
export function publishCode(cause: Cause): number {
  return cause === 'payload-too-large' ? CODE.quotaExceeded : CODE.notAuthorized;
}

/** SUBACK code of MQTT 5 for a refused filter; 3.1.1 knows only 0x80. */
export function subackCode(cause: Cause): number {
  if (cause === 'filter-invalid') return CODE.topicFilterInvalid;
  return isLimit(cause) ? CODE.quotaExceeded : CODE.notAuthorized;
}

const WORDS: Partial<Record<Cause, string>> = {
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

/** Text for the client: a generic word and the id under which the operator finds the rest. */
export function reasonFor(cause: Cause, id: string): string {
  const words = WORDS[cause] ?? groupWords(cause);
  return `${words} ${id}`;
}

/** For causes that are told apart to the operator only. */
function groupWords(cause: Cause): string {
  if (isLimit(cause)) return 'limit exceeded';
  return cause.startsWith('upstream-') ? 'unavailable' : 'denied';
}

function isLimit(cause: Cause): boolean {
  return cause.startsWith('limit-');
}
