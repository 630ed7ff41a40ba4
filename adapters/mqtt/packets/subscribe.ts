import { firstByte, TYPE } from '../codec/fixed-header.ts';
import { PropertyScan } from '../codec/property-scan.ts';
import { IN } from '../codec/property-table.ts';
import { rebuildProperties } from '../codec/property-write.ts';
import { Reader } from '../codec/reader.ts';
import { isShared } from '../codec/topic.ts';
import { packet, u16, utf8 } from '../codec/writer.ts';
import { protocolError } from '../error.ts';
import type { Sender } from './sender.ts';

/*
 * SUBSCRIBE (MQTT 5.0, 3.8; MQTT 3.1.1, 3.8), from the client only:
 *
 *     fixed header    = 0x82 remainingLength
 *     variable header = packetId(u16) [ properties ]      (properties: 5.0 only, and there always)
 *     payload         = 1*( filter(utf8) options(u8) )
 *     options         = 00 retainHandling(2 bits) retainAsPublished noLocal qos(2 bits)      (3.1.1: 000000 qos(2 bits))
 *
 * Properties: Subscription Identifier, User Property.
 */
/** One subscription of a SUBSCRIBE: filter and options (MQTT 5.0, 3.8.3.1). */
export interface Requested {
  readonly filter: string;
  readonly options: number;
}

/** A SUBSCRIBE as far as the session needs it. */
export interface Subscribe {
  readonly packetId: number;
  readonly properties: PropertyScan;
  readonly filters: readonly Requested[];
}

/** Bits of the subscription options (MQTT 5.0, 3.8.3.1). */
const OPTION = { qos: 0x03, noLocal: 0x04, retainHandling: 0x30, reserved: 0xc0, reserved311: 0xfc } as const;

/** Smallest entry: an empty filter and its options. */
const MIN_ENTRY = 3;

/** The maximum QoS that the subscription options ask for. */
export function qosOf(options: number): number {
  return options & OPTION.qos;
}

/** The options with another QoS. */
export function withQos(options: number, qos: number): number {
  return (options & ~OPTION.qos) | qos;
}

/**
 * Reads a SUBSCRIBE. Filters are well-formed UTF-8 but not yet held against the filter grammar
 * (a bad one is refused with its own code). Throws MqttError.
 */
export function parseSubscribe(buf: Uint8Array, base: number, body: number, end: number, sender: Sender): Subscribe {
  const r = new Reader(buf, base, body, end);
  const packetId = r.packetId();
  const properties = new PropertyScan();
  if (sender.version === 5) r.at = properties.read(buf, base, r.at, end, IN.subscribe, sender.maxUserProperties);
  if (end - r.at < MIN_ENTRY) throw protocolError('SUBSCRIBE without a topic filter'); // [MQTT-3.8.3-2]
  const filters: Requested[] = [];
  while (r.at < end) {
    const filter = r.utf8('topic filter');
    const options = r.u8('subscription options');
    checkOptions(r, filter, options, sender.version);
    filters.push({ filter, options });
  }
  return { packetId, properties, filters };
}

function checkOptions(r: Reader, filter: string, options: number, version: 4 | 5): void {
  // [MQTT-3.8.3-5] of 5.0, [MQTT-3-8.3-4] of 3.1.1
  const reserved = version === 5 ? OPTION.reserved : OPTION.reserved311;
  if ((options & reserved) !== 0) throw r.fail('reserved subscription options', r.at - 1);
  if (qosOf(options) === 3) throw r.fail('QoS 3 in the subscription options', r.at - 1);
  if ((options & OPTION.retainHandling) === OPTION.retainHandling) throw protocolError('Retain Handling 3');
  // [MQTT-3.8.3-4]
  if ((options & OPTION.noLocal) !== 0 && isShared(filter)) throw protocolError('No Local on a shared subscription');
}

/** The SUBSCRIBE again, with other filters; properties keep the client's bytes. */
export function encodeSubscribe(buf: Uint8Array, s: Subscribe, version: 4 | 5, filters: Iterable<Requested>): Buffer {
  const parts: Uint8Array[] = [u16(s.packetId)];
  if (version === 5) parts.push(rebuildProperties(buf, s.properties, []));
  for (const { filter, options } of filters) parts.push(utf8(filter), Buffer.of(options));
  return packet(firstByte(TYPE.subscribe), ...parts);
}
