import { PropertyScan, scanProperties } from '../codec/property-scan.ts';
import { IN } from '../codec/property-table.ts';
import { rebuildProperties } from '../codec/property-write.ts';
import { Reader } from '../codec/reader.ts';
import { isShared } from '../codec/topic.ts';
import { packet, u16, utf8 } from '../codec/writer.ts';
import { protocolError } from '../error.ts';

/*
 * SUBSCRIBE = 0x82 length packetId(u16) [properties] 1*( filter(utf8) options(u8) )
 * options   = 00 retainHandling(2) retainAsPublished noLocal qos(2)      3.1.1: 000000 qos(2)
 */
export interface Requested {
  readonly filter: string;
  readonly options: number;
}

export interface Subscribe {
  readonly packetId: number;
  readonly properties: PropertyScan;
  readonly filters: readonly Requested[];
}

/** Smallest entry: an empty filter and its options. */
const ENTRY = 3;

/**
 * Reads a SUBSCRIBE. Filters are well-formed UTF-8 but not yet held against the filter grammar
 * (a bad one is refused with its own code). Throws MqttError.
 */
export function parseSubscribe(
  buf: Uint8Array,
  base: number,
  body: number,
  end: number,
  version: 4 | 5,
  maxUser: number,
): Subscribe {
  const r = new Reader(buf, base, body, end);
  const packetId = r.packetId();
  const properties = new PropertyScan();
  if (version === 5) r.at = scanProperties(buf, base, r.at, end, IN.subscribe, maxUser, properties);
  if (end - r.at < ENTRY) throw protocolError('SUBSCRIBE without a topic filter'); // [MQTT-3.8.3-2]
  const filters: Requested[] = [];
  while (r.at < end) {
    const filter = r.utf8('topic filter');
    const options = r.u8('subscription options');
    checkOptions(r, filter, options, version);
    filters.push({ filter, options });
  }
  return { packetId, properties, filters };
}

function checkOptions(r: Reader, filter: string, options: number, version: 4 | 5): void {
  // [MQTT-3.8.3-5] of 5.0, [MQTT-3-8.3-4] of 3.1.1
  if ((options & (version === 5 ? 0xc0 : 0xfc)) !== 0) throw r.fail('reserved subscription options', r.at - 1);
  if ((options & 3) === 3) throw r.fail('QoS 3 in the subscription options', r.at - 1);
  if ((options & 0x30) === 0x30) throw protocolError('Retain Handling 3');
  if ((options & 4) !== 0 && isShared(filter)) throw protocolError('No Local on a shared subscription'); // [MQTT-3.8.3-4]
}

/** The SUBSCRIBE again, with other filters; properties keep the client's bytes. */
export function encodeSubscribe(buf: Uint8Array, s: Subscribe, version: 4 | 5, filters: Iterable<Requested>): Buffer {
  const parts: Uint8Array[] = [u16(s.packetId)];
  if (version === 5) parts.push(rebuildProperties(buf, s.properties, []));
  for (const { filter, options } of filters) parts.push(utf8(filter), Buffer.of(options));
  return packet(0x82, ...parts);
}
