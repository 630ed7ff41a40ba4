import type { PropertyScan } from './property-scan.ts';
import { PROPERTY, PROPERTY_RULES } from './property-table.ts';
import { utf8, varint } from './writer.ts';

/** One property, encoded by its type in the table. */
export function property(id: number, value: number | string): Buffer {
  if (typeof value === 'string') return Buffer.concat([Buffer.of(id), utf8(value)]);
  const type = PROPERTY_RULES[id]?.type;
  if (type === 'byte') return Buffer.of(id, value);
  if (type === 'u16') return Buffer.of(id, value >> 8, value & 0xff);
  const bytes = Buffer.alloc(5);
  bytes[0] = id;
  bytes.writeUInt32BE(value, 1);
  return bytes;
}

/** A property list with its length in front. */
export function propertyList(...properties: readonly Uint8Array[]): Buffer {
  const body = Buffer.concat(properties);
  return Buffer.concat([varint(body.length), body]);
}

/** The property list of a packet made here that says why: a Reason String and nothing else (MQTT 5.0, 4.13). */
export function reasonList(reason: string): Buffer {
  return propertyList(property(PROPERTY.reasonString, reason));
}

/**
 * The scanned properties again: the sender's bytes in their order, without those in `drop`, and
 * `add` behind them.
 */
export function rebuildProperties(
  buf: Uint8Array,
  scan: PropertyScan,
  drop: readonly number[],
  add: readonly Uint8Array[] = [],
): Buffer {
  const kept: Uint8Array[] = [];
  for (let n = 0; n < scan.count; n++) {
    if (!drop.includes(scan.ids[n] as number)) kept.push(buf.subarray(scan.starts[n], scan.ends[n]));
  }
  return propertyList(...kept, ...add);
}
