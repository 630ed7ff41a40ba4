import { firstByte, TYPE } from '../codec/fixed-header.ts';
import { PropertyScan } from '../codec/property-scan.ts';
import { IN, PROPERTY } from '../codec/property-table.ts';
import { rebuildProperties } from '../codec/property-write.ts';
import type { Reader } from '../codec/reader.ts';
import { CODE } from '../codec/reason-codes.ts';
import { decode } from '../codec/utf8.ts';
import { packet, u16, utf8 } from '../codec/writer.ts';
import { MqttError, protocolError } from '../error.ts';

/*
 * CONNECT (MQTT 5.0, 3.1; MQTT 3.1.1, 3.1), from the client only:
 *
 *     fixed header    = 0x10 remainingLength
 *     variable header = name(utf8) level(u8) flags(u8) keepAlive(u16) [ properties ]
 *     flags           = userName password willRetain willQos(2 bits) will cleanStart 0
 *     payload         = clientId(utf8) [ [ willProperties ] willTopic(utf8) willPayload(binary) ]
 *                       [ userName(utf8) ] [ password(binary) ]
 *
 * Name and level: `MQTT` 4 is MQTT 3.1.1, `MQTT` 5 is MQTT 5.0, `MQIsdp` 3 is MQTT 3.1. Properties and will properties:
 * 5.0 only, and there always. cleanStart is called Clean Session in 3.1.1. The will, user name and password are there
 * when their flags are set.
 */
const FLAG = {
  reserved: 0x01,
  clean: 0x02,
  will: 0x04,
  willQos: 0x18,
  willRetain: 0x20,
  password: 0x40,
  username: 0x80,
} as const;

/** The will of a CONNECT (MQTT 5.0, 3.1.2.5). */
export interface Will {
  readonly topic: string;
  /** The topic's bytes in the packet. */
  readonly topicStart: number;
  readonly topicEnd: number;
  readonly qos: number;
  readonly retain: boolean;
  /** Of its payload, in bytes. */
  readonly size: number;
}

/** A CONNECT, with offsets where its bytes are forwarded unchanged. */
export interface Connect {
  readonly version: 4 | 5;
  readonly clean: boolean;
  /** Seconds, as sent. */
  readonly keepAlive: number;
  readonly properties: PropertyScan;
  readonly clientId: string;
  readonly will: Will | undefined;
  /** `[properties] topic payload` of the will. */
  readonly willStart: number;
  readonly willEnd: number;
  /** User name and password as sent. */
  readonly credentialsStart: number;
  readonly credentialsEnd: number;
  readonly flags: number;
}

/** Name and level of a CONNECT are those of another protocol. `connack` refuses its sender. */
export class UnsupportedProtocol extends MqttError {
  /** Bytes of a CONNACK that the client understands; absent: just close. */
  readonly connack: Uint8Array | undefined;
  constructor(message: string, connack?: Uint8Array) {
    super('unsupported-protocol', CODE.unsupportedVersion, message);
    this.connack = connack;
  }
}

/** As records of rejections name them. */
export const VERSION_NAMES: Readonly<Record<4 | 5, string>> = { 4: '3.1.1', 5: '5.0' };

/** Reads name and level and leaves the reader behind them [MQTT-3.1.2-1, MQTT-3.1.2-2]. */
export function readProtocol(r: Reader): 4 | 5 {
  const nameStart = r.bytes('protocol name');
  const name = r.at - nameStart <= 6 ? decode(r.buf, nameStart, r.at) : '';
  const level = r.u8('protocol level');
  const first = firstByte(TYPE.connack);
  // Return code 1 of 3.1 and 3.1.1: unacceptable protocol version.
  const refused = Buffer.of(first, 2, 0, 1);
  if (name === 'MQIsdp') throw new UnsupportedProtocol('MQTT 3.1 is not supported', refused);
  if (name !== 'MQTT') throw new UnsupportedProtocol('the protocol name is not MQTT');
  if (level === 4 || level === 5) return level;
  const connack = level > 5 && level < 0x80 ? Buffer.of(first, 3, 0, CODE.unsupportedVersion, 0) : refused;
  throw new UnsupportedProtocol(`MQTT protocol level ${level} is not supported`, connack);
}

/** Reads the rest of a CONNECT. Throws MqttError. */
export function parseConnect(r: Reader, version: 4 | 5, maxUser: number): Connect {
  const flags = r.u8('connect flags');
  checkConnectFlags(r, flags, version);
  const keepAlive = r.u16('keep alive');
  const properties = new PropertyScan();
  if (version === 5) {
    r.at = properties.read(r.buf, r.base, r.at, r.end, IN.connect, maxUser);
    if (properties.has(PROPERTY.authenticationData) && !properties.has(PROPERTY.authenticationMethod)) {
      throw protocolError('Authentication Data without Authentication Method');
    }
  }
  const clientId = r.utf8('client id');
  const willStart = r.at;
  const will = (flags & FLAG.will) === 0 ? undefined : readWill(r, flags, version, maxUser);
  const willEnd = r.at;
  if ((flags & FLAG.username) !== 0) r.utf8('user name');
  if ((flags & FLAG.password) !== 0) r.bytes('password');
  r.done();
  const clean = (flags & FLAG.clean) !== 0;
  const offsets = { willStart, willEnd, credentialsStart: willEnd, credentialsEnd: r.end };
  return { version, clean, keepAlive, properties, clientId, will, flags, ...offsets };
}

function checkConnectFlags(r: Reader, flags: number, version: 4 | 5): void {
  if ((flags & FLAG.reserved) !== 0) throw r.fail('the reserved connect flag is set', r.at - 1); // [MQTT-3.1.2-3]
  const willBits = flags & (FLAG.willRetain | FLAG.willQos);
  // [MQTT-3.1.2-11, MQTT-3.1.2-13]
  if ((flags & FLAG.will) === 0 && willBits !== 0) throw r.fail('will QoS or retain without a will', r.at - 1);
  if ((flags & FLAG.willQos) === FLAG.willQos) throw r.fail('will QoS 3', r.at - 1); // [MQTT-3.1.2-12]
  // [MQTT-3.1.2-22] of 3.1.1 only
  if (version === 4 && (flags & FLAG.password) !== 0 && (flags & FLAG.username) === 0) {
    throw r.fail('a password without user name', r.at - 1);
  }
}

function readWill(r: Reader, flags: number, version: 4 | 5, maxUser: number): Will {
  if (version === 5) r.at = new PropertyScan().read(r.buf, r.base, r.at, r.end, IN.will, maxUser);
  const topic = r.utf8('will topic');
  const topicEnd = r.at;
  const topicStart = topicEnd - Buffer.byteLength(topic);
  const payloadStart = r.at + 2;
  r.bytes('will payload');
  const size = r.at - payloadStart;
  return { topic, topicStart, topicEnd, qos: (flags >> 3) & 3, retain: (flags & FLAG.willRetain) !== 0, size };
}

/** What the CONNECT for the broker has in place of the client's. */
export interface ConnectEdits {
  readonly clientId: string;
  readonly keepAlive: number;
  /** Identifiers of properties to leave out, and encoded ones to add (MQTT 5). */
  readonly drop: readonly number[];
  readonly add: readonly Uint8Array[];
  /** Undefined: the client's own credentials stay. */
  readonly credentials: { readonly username?: string; readonly password?: string } | undefined;
}

/** The CONNECT for the broker; the will and user properties keep the client's bytes. */
export function encodeConnect(buf: Uint8Array, c: Connect, edits: ConnectEdits): Buffer {
  let flags = c.flags;
  let credentials: readonly Uint8Array[] = [buf.subarray(c.credentialsStart, c.credentialsEnd)];
  if (edits.credentials !== undefined) {
    const { username, password } = edits.credentials;
    flags &= ~(FLAG.username | FLAG.password);
    credentials = [];
    if (username !== undefined) {
      flags |= FLAG.username;
      credentials = [utf8(username)];
    }
    // 3.1.1 has no password without a user name.
    if (password !== undefined && (username !== undefined || c.version === 5)) {
      flags |= FLAG.password;
      credentials = [...credentials, utf8(password)];
    }
  }
  const head = Buffer.concat([utf8('MQTT'), Buffer.of(c.version, flags), u16(edits.keepAlive)]);
  const properties = c.version === 5 ? rebuildProperties(buf, c.properties, edits.drop, edits.add) : Buffer.alloc(0);
  return packet(
    firstByte(TYPE.connect),
    head,
    properties,
    utf8(edits.clientId),
    buf.subarray(c.willStart, c.willEnd),
    ...credentials,
  );
}
