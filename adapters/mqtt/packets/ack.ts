import { TYPE } from '../codec/fixed-header.ts';
import { PropertyScan, scanProperties } from '../codec/property-scan.ts';
import { IN, PROPERTY } from '../codec/property-table.ts';
import { property, propertyList } from '../codec/property-write.ts';
import { isLegalCode } from '../codec/reason-codes.ts';
import { packet, u16 } from '../codec/writer.ts';
import { malformed, protocolError } from '../error.ts';

/*
 * PUBACK | PUBREC | PUBREL | PUBCOMP = type flags, length, packetId(u16) [code(u8) [properties]]
 * 3.1.1: exactly the packet identifier. 5.0: code 0 and no properties may both be left out.
 */

/** One acknowledgement; one object is used again and again. */
export class AckView {
  packetId = 0;
  code = 0;
}

const PACKET_BIT: Readonly<Record<number, number>> = {
  [TYPE.puback]: IN.puback,
  [TYPE.pubrec]: IN.pubrec,
  [TYPE.pubrel]: IN.pubrel,
  [TYPE.pubcomp]: IN.pubcomp,
};

const scan = new PropertyScan();

/** Reads any of the four. Throws MqttError. */
export function parseAck(
  buf: Uint8Array,
  base: number,
  body: number,
  end: number,
  version: 4 | 5,
  maxUser: number,
  view: AckView,
): void {
  const length = end - body;
  if (length < 2) throw malformed('the packet ends within the packet identifier', body - base);
  view.packetId = ((buf[body] as number) << 8) | (buf[body + 1] as number);
  view.code = 0;
  if (view.packetId === 0) throw malformed('packet identifier 0', body - base);
  if (length === 2) return;
  if (version === 4) throw malformed(`${length - 2} bytes too many`, body + 2 - base);
  const type = (buf[base] as number) >> 4;
  view.code = buf[body + 2] as number;
  const set = type === TYPE.puback || type === TYPE.pubrec ? 'puback' : 'pubrel';
  if (!isLegalCode(set, view.code)) throw protocolError('an illegal reason code in an acknowledgement');
  if (length === 3) return;
  const at = scanProperties(buf, base, body + 3, end, PACKET_BIT[type] as number, maxUser, scan);
  if (at !== end) throw malformed(`${end - at} bytes too many`, at - base);
}

/**
 * An acknowledgement made here. Code and reason (MQTT 5) are left out where they say nothing;
 * the reason also where the packet would be larger than `maxSize`.
 */
export function encodeAck(type: number, packetId: number, code = 0, reason = '', maxSize = 0): Buffer {
  const first = (type << 4) | (type === TYPE.pubrel ? 2 : 0);
  const id = u16(packetId);
  if (reason !== '') {
    const properties = propertyList(property(PROPERTY.reasonString, reason));
    const full = packet(first, id, Buffer.of(code), properties);
    if (full.length <= maxSize) return full;
  }
  return code === 0 ? packet(first, id) : packet(first, id, Buffer.of(code));
}
