import { PropertyScan, scanProperties } from '../codec/property-scan.ts';
import { IN, PROPERTY } from '../codec/property-table.ts';
import { property, propertyList } from '../codec/property-write.ts';
import { Reader } from '../codec/reader.ts';
import { isLegalCode } from '../codec/reason-codes.ts';
import { packet } from '../codec/writer.ts';
import { protocolError } from '../error.ts';

/*
 * CONNACK = 0x20 length flags(u8: 0000000 sessionPresent) code(u8) [properties]
 */
export interface Connack {
  readonly sessionPresent: boolean;
  /** Return code of 3.1.1 or reason code of 5.0; 0 is success. */
  readonly code: number;
  readonly properties: PropertyScan;
}

/** Reads the broker's CONNACK. Throws MqttError. */
export function parseConnack(
  buf: Uint8Array,
  base: number,
  body: number,
  end: number,
  version: 4 | 5,
  maxUser: number,
): Connack {
  const r = new Reader(buf, base, body, end);
  const flags = r.u8('acknowledge flags');
  if (flags > 1) throw r.fail('reserved acknowledge flags', r.at - 1); // [MQTT-3.2.2-1]
  const code = r.u8('reason code');
  const properties = new PropertyScan();
  if (version === 5) r.at = scanProperties(buf, base, r.at, end, IN.connack, maxUser, properties);
  r.done();
  if (version === 5 ? !isLegalCode('connack', code) : code > 5) throw protocolError('an unknown code in CONNACK');
  // [MQTT-3.2.2-4] of 3.1.1, [MQTT-3.2.2-6] of 5.0
  if (code !== 0 && flags !== 0) throw protocolError('Session Present in a refusal');
  return { sessionPresent: flags === 1, code, properties };
}

/** A refusal made here. `reason` is left out for 3.1.1 and where it does not fit `maxSize`. */
export function encodeConnack(version: 4 | 5, code: number, reason: string, maxSize: number): Buffer {
  if (version === 4) return packet(0x20, Buffer.of(0, code));
  const full = packet(0x20, Buffer.of(0, code), propertyList(property(PROPERTY.reasonString, reason)));
  return full.length <= maxSize ? full : packet(0x20, Buffer.of(0, code, 0));
}
