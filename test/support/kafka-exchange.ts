import { APIS } from '../../adapters/kafka/apis/index.ts';
import { readResponseHeader } from '../../adapters/kafka/codec/header.ts';
import { frameRequest, responseCodec } from '../../adapters/kafka/codec/message.ts';
import type { Api } from '../../adapters/kafka/codec/schema.ts';
import type { KafkaWire } from './kafka-wire.ts';

/** An answer as it came and as the codec reads it. */
interface Exchanged<T> {
  /** Without its length. */
  readonly frame: Buffer;
  readonly body: T;
}

/** Asks and waits for the answer. Throws when the connection is closed instead. */
export async function exchange<T extends object>(
  wire: KafkaWire,
  key: number,
  version: number,
  request: object,
): Promise<Exchanged<T>> {
  const api = APIS.get(key) as Api;
  wire.raw(frameRequest(api, version, 1, 'wire', request));
  const frame = await wire.answer();
  if (frame === 'closed') throw new Error(`${api.name} ${version} was answered by closing the connection`);
  const start = readResponseHeader(api, version, frame, 0, frame.length);
  return { frame, body: responseCodec(api as Api<object, T>, version).read(frame, start, frame.length) };
}
