import { API, APIS } from '../../adapters/kafka/apis/index.ts';
import { readResponseHeader } from '../../adapters/kafka/codec/header.ts';
import { frameRequest, responseCodec } from '../../adapters/kafka/codec/message.ts';
import type { Api } from '../../adapters/kafka/codec/schema.ts';
import type { FetchResponse } from '../../adapters/kafka/codec/schemas/fetch.ts';
import { kafkaWire } from './kafka-wire.ts';

const FETCH = APIS.get(API.fetch) as Api<object, FetchResponse>;
const VERSION = 12;
/** Of a batch: base offset, then the length of what follows. */
const LENGTH_END = 12;

/** The first record batch of partition 0 of a topic as the broker keeps it: one that any broker would append. */
export async function firstBatch(port: number, topic: string): Promise<Buffer> {
  const partitions = [{ partition: 0, fetchOffset: 0n, partitionMaxBytes: 1 << 20 }];
  const body = { maxWaitMs: 0, minBytes: 0, topics: [{ topic, partitions }] };
  await using wire = await kafkaWire(port);
  wire.raw(frameRequest(FETCH, VERSION, 1, 'reader', body));
  const frame = await wire.answer();
  if (frame === 'closed') throw new Error('the broker closed the connection');
  const start = readResponseHeader(FETCH, VERSION, frame, 0, frame.length);
  const { responses } = responseCodec(FETCH, VERSION).read(frame, start, frame.length);
  const records = Buffer.from(responses[0]?.partitions[0]?.records ?? []);
  if (records.length === 0) throw new Error(`topic ${topic} has no record`);
  return records.subarray(0, LENGTH_END + records.readInt32BE(LENGTH_END - 4));
}
