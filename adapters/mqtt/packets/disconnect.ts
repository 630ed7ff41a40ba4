import { PropertyScan, scanProperties } from '../codec/property-scan.ts';
import { IN, PROPERTY } from '../codec/property-table.ts';
import { property, propertyList, rebuildProperties } from '../codec/property-write.ts';
import { Reader } from '../codec/reader.ts';
import { isLegalCode } from '../codec/reason-codes.ts';
import { packet } from '../codec/writer.ts';
import { protocolError } from '../error.ts';

/*
 * DISCONNECT = 0xe0 length [code(u8) [properties]]      3.1.1: from the client only, length 0
 */
export interface Disconnect {
  readonly code: number;
  readonly properties: PropertyScan;
}

/** Reads a DISCONNECT of either side. Throws MqttError. */
export function parseDisconnect(
  buf: Uint8Array,
  base: number,
  body: number,
  end: number,
  version: 4 | 5,
  maxUser: number,
  fromClient: boolean,
): Disconnect {
  const r = new Reader(buf, base, body, end);
  const properties = new PropertyScan();
  let code = 0;
  if (version === 5 && body < end) {
    code = r.u8('reason code');
    if (!isLegalCode(fromClient ? 'clientDisconnect' : 'serverDisconnect', code)) {
      throw protocolError('an illegal reason code in DISCONNECT');
    }
    if (r.at < end) r.at = scanProperties(buf, base, r.at, end, IN.disconnect, maxUser, properties);
    // Server Reference is the server's, Session Expiry Interval the client's [MQTT-3.14.2-2].
    if (properties.has(fromClient ? PROPERTY.serverReference : PROPERTY.sessionExpiry)) {
      throw protocolError('a property of the other side in DISCONNECT');
    }
  }
  r.done();
  return { code, properties };
}

/** A DISCONNECT made here (MQTT 5); the reason is left out where it does not fit `maxSize`. */
export function encodeDisconnect(code: number, reason: string, maxSize: number): Buffer {
  const full = packet(0xe0, Buffer.of(code), propertyList(property(PROPERTY.reasonString, reason)));
  return full.length <= maxSize ? full : packet(0xe0, Buffer.of(code));
}

/** The DISCONNECT `d` with another code and without some properties. */
export function editDisconnect(
  buf: Uint8Array,
  d: Disconnect,
  code: number,
  drop: readonly number[],
  add: readonly Uint8Array[] = [],
): Buffer {
  return packet(0xe0, Buffer.of(code), rebuildProperties(buf, d.properties, drop, add));
}

/** The DISCONNECT that makes a broker discard the will: code 0, the short form of both versions. */
export function plainDisconnect(): Buffer {
  return Buffer.of(0xe0, 0);
}
