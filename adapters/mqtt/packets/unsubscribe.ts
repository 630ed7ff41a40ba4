import { PropertyScan, scanProperties } from '../codec/property-scan.ts';
import { IN } from '../codec/property-table.ts';
import { Reader } from '../codec/reader.ts';
import { CODE } from '../codec/reason-codes.ts';
import { filterProblem } from '../codec/topic.ts';
import { MqttError, protocolError } from '../error.ts';

/*
 * UNSUBSCRIBE = 0xa2 length packetId(u16) [properties] 1*filter(utf8)
 */
export interface Unsubscribe {
  readonly packetId: number;
  readonly filters: readonly string[];
}

const scan = new PropertyScan();

/** Reads an UNSUBSCRIBE. It is forwarded as it is, so every filter must be a good one. Throws MqttError. */
export function parseUnsubscribe(
  buf: Uint8Array,
  base: number,
  body: number,
  end: number,
  version: 4 | 5,
  maxUser: number,
  maxLevels: number,
): Unsubscribe {
  const r = new Reader(buf, base, body, end);
  const packetId = r.packetId();
  if (version === 5) r.at = scanProperties(buf, base, r.at, end, IN.unsubscribe, maxUser, scan);
  if (r.at === end) throw protocolError('UNSUBSCRIBE without a topic filter'); // [MQTT-3.10.3-2]
  const filters: string[] = [];
  while (r.at < end) {
    const filter = r.utf8('topic filter');
    const problem = filterProblem(filter, maxLevels);
    if (problem !== '') throw new MqttError('filter-invalid', CODE.topicFilterInvalid, problem);
    filters.push(filter);
  }
  return { packetId, filters };
}
