import { firstByte, TYPE } from '../codec/fixed-header.ts';
import { PropertyScan } from '../codec/property-scan.ts';
import { IN } from '../codec/property-table.ts';
import { reasonList } from '../codec/property-write.ts';
import { readU16 } from '../codec/reader.ts';
import { CODE, isLegalCode } from '../codec/reason-codes.ts';
import { packet, u16 } from '../codec/writer.ts';
import { malformed, protocolError } from '../error.ts';
import type { Sender } from './sender.ts';

/*
 * The four acknowledgements of a PUBLISH (MQTT 5.0, 3.4 to 3.7; MQTT 3.1.1, the same):
 *
 *     PUBACK  0x40   QoS 1, ends it
 *     PUBREC  0x50   QoS 2, the receiver has the message, or a code >= 0x80: refused, ends it
 *     PUBREL  0x62   QoS 2, the sender frees the packet identifier
 *     PUBCOMP 0x70   QoS 2, ends it
 *
 *     variable header = packetId(u16) [ code(u8) [ properties ] ]      (3.1.1: the packet identifier alone)
 *     payload         = none
 *
 * Code 0 may be left out where there are no properties, and the properties where there are none, length included
 * (MQTT 5.0, 3.4.2.1 and 3.4.2.2.1). Properties: Reason String, User Property.
 */

/** One acknowledgement; one object is used again and again. */
export class AckView {
  packetId = 0;
  /** Reason code; 0 where it was left out. */
  code = 0;
}

const PACKET_BIT: Readonly<Record<number, number>> = {
  [TYPE.puback]: IN.puback,
  [TYPE.pubrec]: IN.pubrec,
  [TYPE.pubrel]: IN.pubrel,
  [TYPE.pubcomp]: IN.pubcomp,
};

const properties = new PropertyScan();

/** Reads any of the four into `view`. Throws MqttError. */
export function parseAck(
  buf: Uint8Array,
  base: number,
  body: number,
  end: number,
  sender: Sender,
  view: AckView,
): void {
  const length = end - body;
  if (length < 2) throw malformed('the packet ends within the packet identifier', body - base);
  view.packetId = readU16(buf, body);
  view.code = CODE.success;
  if (view.packetId === 0) throw malformed('packet identifier 0', body - base);
  if (length === 2) return;
  if (sender.version === 4) throw malformed(`${length - 2} bytes too many`, body + 2 - base);
  const type = (buf[base] as number) >> 4;
  view.code = buf[body + 2] as number;
  const set = type === TYPE.puback || type === TYPE.pubrec ? 'puback' : 'pubrel';
  if (!isLegalCode(set, view.code)) throw protocolError('an illegal reason code in an acknowledgement');
  if (length === 3) return;
  const at = properties.read(buf, base, body + 3, end, PACKET_BIT[type] as number, sender.maxUserProperties);
  if (at !== end) throw malformed(`${end - at} bytes too many`, at - base);
}

/**
 * An acknowledgement made here. Code and reason (MQTT 5) are left out where they say nothing;
 * the reason also where the packet would be larger than `maxSize`.
 */
export function encodeAck(
  type: number,
  packetId: number,
  code: number = CODE.success,
  reason = '',
  maxSize = 0,
): Buffer {
  const first = firstByte(type);
  const id = u16(packetId);
  if (reason !== '') {
    const full = packet(first, id, Buffer.of(code), reasonList(reason));
    if (full.length <= maxSize) return full;
  }
  return code === CODE.success ? packet(first, id) : packet(first, id, Buffer.of(code));
}
