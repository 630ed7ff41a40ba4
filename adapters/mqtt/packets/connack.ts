import { firstByte, TYPE } from '../codec/fixed-header.ts';
import { PropertyScan } from '../codec/property-scan.ts';
import { IN } from '../codec/property-table.ts';
import { reasonList } from '../codec/property-write.ts';
import { Reader } from '../codec/reader.ts';
import { CODE, isLegalCode } from '../codec/reason-codes.ts';
import { packet } from '../codec/writer.ts';
import { protocolError } from '../error.ts';
import type { Sender } from './sender.ts';

/*
 * CONNACK (MQTT 5.0, 3.2; MQTT 3.1.1, 3.2), from the server only:
 *
 *     fixed header    = 0x20 remainingLength
 *     variable header = flags(u8) code(u8) [ properties ]      (properties: 5.0 only, and there always)
 *     flags           = 0000000 sessionPresent                 (0 where the code is not 0)
 *     payload         = none
 *
 * Code: the return code of 3.1.1 (table 3.1: 0 to 5), the reason code of 5.0 (table 3-1).
 */
/** A CONNACK as far as the session needs it. */
export interface Connack {
  readonly sessionPresent: boolean;
  /** Return code of 3.1.1 or reason code of 5.0; 0 is success. */
  readonly code: number;
  readonly properties: PropertyScan;
}

/** The last return code that MQTT 3.1.1 defines: not authorized. */
const MAX_RETURN_CODE = 5;

/** Reads the broker's CONNACK. Throws MqttError. */
export function parseConnack(buf: Uint8Array, base: number, body: number, end: number, sender: Sender): Connack {
  const r = new Reader(buf, base, body, end);
  const flags = r.u8('acknowledge flags');
  if (flags > 1) throw r.fail('reserved acknowledge flags', r.at - 1); // [MQTT-3.2.2-1]
  const code = r.u8('reason code');
  const v5 = sender.version === 5;
  const properties = new PropertyScan();
  if (v5) r.at = properties.read(buf, base, r.at, end, IN.connack, sender.maxUserProperties);
  r.done();
  if (v5 ? !isLegalCode('connack', code) : code > MAX_RETURN_CODE) throw protocolError('an unknown code in CONNACK');
  // [MQTT-3.2.2-4] of 3.1.1, [MQTT-3.2.2-6] of 5.0
  if (code !== CODE.success && flags !== 0) throw protocolError('Session Present in a refusal');
  return { sessionPresent: flags === 1, code, properties };
}

/** A CONNACK that refuses. `reason` is left out for 3.1.1 and where it does not fit `maxSize`. */
export function encodeConnack(version: 4 | 5, code: number, reason: string, maxSize: number): Buffer {
  const first = firstByte(TYPE.connack);
  if (version === 4) return packet(first, Buffer.of(0, code));
  const full = packet(first, Buffer.of(0, code), reasonList(reason));
  return full.length <= maxSize ? full : packet(first, Buffer.of(0, code, 0));
}
