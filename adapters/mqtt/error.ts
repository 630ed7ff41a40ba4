import type { Cause } from '../../policies/causes.ts';
import { CODE } from './codec/reason-codes.ts';

export type MqttFault = Extract<
  Cause,
  | 'malformed'
  | 'protocol-error'
  | 'packet-too-large'
  | 'unsupported-protocol'
  | 'topic-invalid'
  | 'filter-invalid'
  | 'receive-maximum'
>;

/**
 * The only error that codec and session throw about bytes they were given. Holds nothing of the
 * packet but positions and lengths.
 */
export class MqttError extends Error {
  override readonly name = 'MqttError';
  readonly fault: MqttFault;
  /** MQTT 5 reason code, legal in a DISCONNECT that a server sends. */
  readonly code: number;

  constructor(fault: MqttFault, code: number, message: string) {
    super(message);
    this.fault = fault;
    this.code = code;
  }
}

/** Bytes that break the grammar; `at` counts from the first byte of the packet. */
export function malformed(message: string, at: number): MqttError {
  return new MqttError('malformed', CODE.malformedPacket, `${message} at byte ${at}`);
}

/** Well-formed, but a protocol error here (MQTT 5.0, 1.2). */
export function protocolError(message: string, code: number = CODE.protocolError): MqttError {
  return new MqttError('protocol-error', code, message);
}

/** A remaining length with more bytes than it needs [MQTT-1.5.5-1]. */
export function nonMinimalLength(): MqttError {
  return malformed('the remaining length is not in its shortest form', 1);
}

export const PACKET_ID_IN_USE = 'a packet identifier that is in use';
