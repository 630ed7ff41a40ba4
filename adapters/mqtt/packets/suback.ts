import { TYPE } from '../codec/fixed-header.ts';
import { PropertyScan, scanProperties } from '../codec/property-scan.ts';
import { IN, PROPERTY } from '../codec/property-table.ts';
import { property, propertyList, rebuildProperties } from '../codec/property-write.ts';
import { Reader } from '../codec/reader.ts';
import { isLegalCode } from '../codec/reason-codes.ts';
import { packet, u16 } from '../codec/writer.ts';
import { protocolError } from '../error.ts';

/*
 * SUBACK   = 0x90 length packetId(u16) [properties] 1*code(u8)
 * UNSUBACK = 0xb0 length packetId(u16) [[properties] 1*code(u8)]      codes in 5.0 only
 */
export interface FilterAck {
  readonly packetId: number;
  readonly properties: PropertyScan;
  /** One per filter; none in an UNSUBACK of 3.1.1. */
  readonly codes: Uint8Array;
}

/** Reads a SUBACK or UNSUBACK of the broker. Throws MqttError. */
export function parseFilterAck(
  buf: Uint8Array,
  base: number,
  body: number,
  end: number,
  version: 4 | 5,
  maxUser: number,
): FilterAck {
  const sub = (buf[base] as number) >> 4 === TYPE.suback;
  const r = new Reader(buf, base, body, end);
  const packetId = r.packetId();
  const properties = new PropertyScan();
  if (version === 5) r.at = scanProperties(buf, base, r.at, end, sub ? IN.suback : IN.unsuback, maxUser, properties);
  else if (!sub) r.done();
  const codes = buf.subarray(r.at, end);
  for (const code of codes) {
    const legal = version === 5 ? isLegalCode(sub ? 'suback' : 'unsuback', code) : code === 0x80 || code <= 2;
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
  const id = u16(packetId);
  const tail = Buffer.from(codes);
  if (version === 4) return packet(0x90, id, tail);
  const list = (add: readonly Uint8Array[]) =>
    from === undefined ? propertyList(...add) : rebuildProperties(from.buf, from.properties, [], add);
  if (reason !== '' && !(from?.properties.has(PROPERTY.reasonString) ?? false)) {
    const full = packet(0x90, id, list([property(PROPERTY.reasonString, reason)]), tail);
    if (full.length <= maxSize) return full;
  }
  return packet(0x90, id, list([]), tail);
}
