import { PropertyScan } from '../codec/property-scan.ts';
import { IN } from '../codec/property-table.ts';
import { Reader } from '../codec/reader.ts';
import { CODE } from '../codec/reason-codes.ts';
import { filterProblem } from '../codec/topic.ts';
import { MqttError, protocolError } from '../error.ts';
import type { Sender } from './sender.ts';

/*
 * UNSUBSCRIBE (MQTT 5.0, 3.10; MQTT 3.1.1, 3.10), from the client only:
 *
 *     fixed header    = 0xa2 remainingLength
 *     variable header = packetId(u16) [ properties ]      (properties: 5.0 only, and there always; User Property)
 *     payload         = 1*filter(utf8)
 */
export interface Unsubscribe {
  readonly packetId: number;
  readonly filters: readonly string[];
}

const properties = new PropertyScan();

/** Reads an UNSUBSCRIBE. It is forwarded as it is, so every filter must be a valid one. Throws MqttError. */
export function parseUnsubscribe(
  buf: Uint8Array,
  base: number,
  body: number,
  end: number,
  sender: Sender,
): Unsubscribe {
  const r = new Reader(buf, base, body, end);
  const packetId = r.packetId();
  if (sender.version === 5) r.at = properties.read(buf, base, r.at, end, IN.unsubscribe, sender.maxUserProperties);
  if (r.at === end) throw protocolError('UNSUBSCRIBE without a topic filter'); // [MQTT-3.10.3-2]
  const filters: string[] = [];
  while (r.at < end) {
    const filter = r.utf8('topic filter');
    const problem = filterProblem(filter, sender.maxTopicLevels);
    if (problem !== '') throw new MqttError('filter-invalid', CODE.topicFilterInvalid, problem);
    filters.push(filter);
  }
  return { packetId, filters };
}
