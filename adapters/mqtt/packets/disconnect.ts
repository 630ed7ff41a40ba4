import { firstByte, TYPE } from '../codec/fixed-header.ts';
import { PropertyScan } from '../codec/property-scan.ts';
import { IN, PROPERTY } from '../codec/property-table.ts';
import { reasonList, rebuildProperties } from '../codec/property-write.ts';
import { Reader } from '../codec/reader.ts';
import { CODE, isLegalCode } from '../codec/reason-codes.ts';
import { packet } from '../codec/writer.ts';
import { protocolError } from '../error.ts';
import type { Sender } from './sender.ts';

/*
 * DISCONNECT (MQTT 5.0, 3.14; MQTT 3.1.1, 3.14: from the client only, nothing behind the fixed header):
 *
 *     fixed header    = 0xe0 remainingLength
 *     variable header = [ code(u8) [ properties ] ]
 *     payload         = none
 *
 * No code is code 0, normal disconnection, which makes the server discard the will; a client keeps it with 0x04
 * (MQTT 5.0, 3.14.2.1). Properties: Session Expiry Interval (client), Server Reference (server), Reason String, User
 * Property.
 */
export interface Disconnect {
  readonly code: number;
  readonly properties: PropertyScan;
}

/** Reads a DISCONNECT of either side. Throws MqttError. */
export function parseDisconnect(buf: Uint8Array, base: number, body: number, end: number, sender: Sender): Disconnect {
  const r = new Reader(buf, base, body, end);
  const properties = new PropertyScan();
  let code: number = CODE.success;
  if (sender.version === 5 && body < end) {
    code = r.u8('reason code');
    if (!isLegalCode(sender.isClient ? 'clientDisconnect' : 'serverDisconnect', code)) {
      throw protocolError('an illegal reason code in DISCONNECT');
    }
    if (r.at < end) r.at = properties.read(buf, base, r.at, end, IN.disconnect, sender.maxUserProperties);
    // Server Reference is the server's, Session Expiry Interval the client's [MQTT-3.14.2-2].
    if (properties.has(sender.isClient ? PROPERTY.serverReference : PROPERTY.sessionExpiry)) {
      throw protocolError('a property of the other side in DISCONNECT');
    }
  }
  r.done();
  return { code, properties };
}

const FIRST = firstByte(TYPE.disconnect);

/** A DISCONNECT made here (MQTT 5); the reason is left out where it does not fit `maxSize`. */
export function encodeDisconnect(code: number, reason: string, maxSize: number): Buffer {
  const full = packet(FIRST, Buffer.of(code), reasonList(reason));
  return full.length <= maxSize ? full : packet(FIRST, Buffer.of(code));
}

/** The DISCONNECT `d` with another code, without the properties in `drop` and with those in `add`. */
export function editDisconnect(
  buf: Uint8Array,
  d: Disconnect,
  code: number,
  drop: readonly number[],
  add: readonly Uint8Array[] = [],
): Buffer {
  return packet(FIRST, Buffer.of(code), rebuildProperties(buf, d.properties, drop, add));
}

/** The DISCONNECT that makes a broker discard the will: code 0, the short form of both versions. */
export function normalDisconnect(): Buffer {
  return packet(FIRST);
}
