import { malformed } from '../error.ts';

/** Control packet types (MQTT 5.0, table 2-1). */
export const TYPE = {
  connect: 1,
  connack: 2,
  publish: 3,
  puback: 4,
  pubrec: 5,
  pubrel: 6,
  pubcomp: 7,
  subscribe: 8,
  suback: 9,
  unsubscribe: 10,
  unsuback: 11,
  pingreq: 12,
  pingresp: 13,
  disconnect: 14,
  auth: 15,
} as const;

/** Names of the control packet types, by type (MQTT 5.0, table 2-1). */
export const TYPE_NAMES: readonly string[] = [
  'reserved packet',
  'CONNECT',
  'CONNACK',
  'PUBLISH',
  'PUBACK',
  'PUBREC',
  'PUBREL',
  'PUBCOMP',
  'SUBSCRIBE',
  'SUBACK',
  'UNSUBSCRIBE',
  'UNSUBACK',
  'PINGREQ',
  'PINGRESP',
  'DISCONNECT',
  'AUTH',
];

/*
 * Every control packet (MQTT 5.0, 2.1; MQTT 3.1.1, 2.2):
 *
 *     fixed header    = type(4 bits) flags(4 bits) remainingLength(varint)
 *     packet          = fixed header, variable header, payload
 *
 * The remaining length counts what follows it; a variable byte integer has one to four bytes (MQTT 5.0, 1.5.5).
 */

/** The fixed header of the packet under the reader; one object is used again and again. */
export class FixedHeader {
  /** Type and flags. */
  first = 0;
  /** Offset of the variable header. */
  body = 0;
  /** Offset behind the last byte, which need not have arrived. */
  end = 0;
  /** The remaining length has more bytes than it needs. */
  nonMinimal = false;
}

/**
 * Reads the fixed header at `at`. False: it is not complete yet.
 * Throws when the remaining length has more than four bytes [MQTT5 1.5.5].
 */
export function readFixedHeader(buf: Uint8Array, at: number, end: number, head: FixedHeader): boolean {
  let pos = at + 1;
  let length = 0;
  let shift = 0;
  for (;;) {
    if (pos >= end) return false;
    const byte = buf[pos++] as number;
    length |= (byte & 0x7f) << shift;
    if (byte < 0x80) {
      head.nonMinimal = byte === 0 && shift > 0;
      break;
    }
    shift += 7;
    if (shift === 28) throw malformed('the remaining length has more than four bytes', 4);
  }
  head.first = buf[at] as number;
  head.body = pos;
  head.end = pos + length;
  return true;
}

/** The flags of these are 2, those of all others but PUBLISH are 0 [MQTT-2.1.3-1]. */
const FLAGS_TWO = (1 << TYPE.pubrel) | (1 << TYPE.subscribe) | (1 << TYPE.unsubscribe);

/** The first byte of a packet other than PUBLISH: its type and reserved flags (MQTT 5.0, table 2-2). */
export function firstByte(type: number): number {
  return (type << 4) | ((FLAGS_TWO >> type) & 1 ? 2 : 0);
}

/** Throws when the reserved flags of the fixed header are not as they must be. */
export function checkFlags(first: number): void {
  const type = first >> 4;
  if (type !== TYPE.publish && first !== firstByte(type)) {
    throw malformed(`wrong reserved flags in ${TYPE_NAMES[type]}`, 0);
  }
}
