import { firstByte, TYPE } from '../codec/fixed-header.ts';
import { PropertyScan } from '../codec/property-scan.ts';
import { IN, PROPERTY } from '../codec/property-table.ts';
import { property, propertyList, rebuildProperties } from '../codec/property-write.ts';
import { Reader } from '../codec/reader.ts';
import { isLegalCode, SUBACK_FAILURE } from '../codec/reason-codes.ts';
import { packet, u16 } from '../codec/writer.ts';
import { protocolError } from '../error.ts';
import type { Sender } from './sender.ts';

/*
 * SUBACK and UNSUBACK (MQTT 5.0, 3.9 and 3.11; MQTT 3.1.1, the same), from the server only:
 *
 *     fixed header    = 0x90 or 0xb0, remainingLength
 *     variable header = packetId(u16) [ properties ]      (properties: 5.0 only, and there always)
 *     payload         = 1*code(u8)                        (an UNSUBACK of 3.1.1 has none)
 *
 * One code per filter of the packet that it acknowledges, in its order [MQTT-3.9.3-1, MQTT-3.11.3-1]. A SUBACK of 3.1.1 has the
 * granted QoS or 0x80. Properties: Reason String, User Property.
 */
export interface FilterAck {
  readonly packetId: number;
  readonly properties: PropertyScan;
  /** One per filter; none in an UNSUBACK of 3.1.1. */
  readonly codes: Uint8Array;
}

/** Reads a SUBACK or UNSUBACK of the broker. Throws MqttError. */
export function parseFilterAck(buf: Uint8Array, base: number, body: number, end: number, sender: Sender): FilterAck {
  const suback = (buf[base] as number) >> 4 === TYPE.suback;
  const r = new Reader(buf, base, body, end);
  const packetId = r.packetId();
  const properties = new PropertyScan();
  if (sender.version === 5) {
    r.at = properties.read(buf, base, r.at, end, suback ? IN.suback : IN.unsuback, sender.maxUserProperties);
  } else if (!suback) {
    r.done();
  }
  const codes = buf.subarray(r.at, end);
  for (const code of codes) {
    const legal =
      sender.version === 5 ? isLegalCode(suback ? 'suback' : 'unsuback', code) : code === SUBACK_FAILURE || code <= 2;
    if (!legal) throw protocolError('an illegal code in SUBACK or UNSUBACK');
  }
  return { packetId, properties, codes };
}

/**
 * A SUBACK with `codes`. MQTT 5: the broker's properties are kept where there are any; `reason`
 * is added where it is not empty, no other is there and the packet stays within `maxSize`.
 */
export function encodeSuback(
  version: 4 | 5,
  packetId: number,
  codes: readonly number[],
  reason: string,
  maxSize: number,
  from?: { readonly buf: Uint8Array; readonly properties: PropertyScan },
): Buffer {
  const first = firstByte(TYPE.suback);
  const id = u16(packetId);
  const tail = Buffer.from(codes);
  if (version === 4) return packet(first, id, tail);
  const list = (add: readonly Uint8Array[]) =>
    from === undefined ? propertyList(...add) : rebuildProperties(from.buf, from.properties, [], add);
  if (reason !== '' && !(from?.properties.has(PROPERTY.reasonString) ?? false)) {
    const full = packet(first, id, list([property(PROPERTY.reasonString, reason)]), tail);
    if (full.length <= maxSize) return full;
  }
  return packet(first, id, list([]), tail);
}
