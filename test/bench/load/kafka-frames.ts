/** The few Kafka messages that load generator and stub broker exchange. */
import { API, APIS } from '../../../adapters/kafka/apis/index.ts';
import { frameRequest, frameResponse } from '../../../adapters/kafka/codec/message.ts';
import { BATCH } from '../../../adapters/kafka/codec/records.ts';
import type { Api } from '../../../adapters/kafka/codec/schema.ts';
import type { FetchRequest, FetchResponse } from '../../../adapters/kafka/codec/schemas/fetch.ts';
import type { ProduceRequest, ProduceResponse } from '../../../adapters/kafka/codec/schemas/produce.ts';

export const PRODUCE = APIS.get(API.produce) as Api;
export const FETCH = APIS.get(API.fetch) as Api;
export const METADATA = APIS.get(API.metadata) as Api;
export const API_VERSIONS = APIS.get(API.apiVersions) as Api;

/** Topics by name: the newest version of each that has them and that clients of all ages share. */
export const PRODUCE_VERSION = 9;
export const FETCH_VERSION = 11;

/** A producer that writes to a few topics in turn. */
export const TOPICS = ['temperature', 'pressure-in', 'vibration-x', 'power-total'].map(
  (value) => `plant.press-42.${value}`,
);

const CLIENT_ID = 'bench';
const RECORD_BYTES = 256;

/** A record batch v2 of exactly `size` bytes; proxies see its head only, so its records are zeros. */
export function recordBatch(size: number): Buffer {
  const batch = Buffer.alloc(size);
  batch.writeInt32BE(size - 12, 8);
  batch[16] = 2; // magic
  batch.writeBigInt64BE(-1n, 43); // producer id: not idempotent
  batch.writeInt32BE(Math.max(1, Math.floor((size - BATCH.headerSize) / RECORD_BYTES)), 57);
  return batch;
}

/** Version 0, which every proxied broker answers. */
export function apiVersionsFrame(correlationId: number): Buffer {
  return frameRequest(API_VERSIONS, 0, correlationId, CLIENT_ID, {});
}

/** A Produce with acks=1 of one batch of `batchBytes` for each of the partitions 0 to `partitions` - 1. */
export function produceFrame(topic: string, batchBytes: number, correlationId: number, partitions = 1): Buffer {
  const records = recordBatch(batchBytes);
  const partitionData = Array.from({ length: partitions }, (_, index) => ({ index, records }));
  const body: ProduceRequest = { acks: 1, timeoutMs: 30_000, topicData: [{ name: topic, partitionData }] };
  return frameRequest(PRODUCE, PRODUCE_VERSION, correlationId, CLIENT_ID, body);
}

export function produceAnswer(): Buffer {
  const partitionResponses: ProduceResponse['responses'][number]['partitionResponses'] = [
    { index: 0, errorCode: 0, baseOffset: 0n, logStartOffset: 0n, recordErrors: [] },
  ];
  const body: ProduceResponse = { responses: [{ name: TOPICS[0] as string, partitionResponses }] };
  return frameResponse(PRODUCE, PRODUCE_VERSION, 0, body);
}

/** A consumer's Fetch outside of any session that wants `bytes` of records. */
export function fetchFrame(bytes: number): Buffer {
  const partitions = [{ partition: 0, fetchOffset: 0n, partitionMaxBytes: bytes }];
  const topics = [{ topic: TOPICS[0] as string, partitions }];
  const body: FetchRequest = {
    maxWaitMs: 500,
    minBytes: 1,
    maxBytes: bytes,
    topics,
    forgottenTopicsData: [],
    rackId: '',
  };
  return frameRequest(FETCH, FETCH_VERSION, 1, CLIENT_ID, body);
}

/** The answer with one batch of `bytes`. */
export function fetchAnswer(bytes: number): Buffer {
  const partition = {
    partitionIndex: 0,
    errorCode: 0,
    highWatermark: 1n,
    lastStableOffset: 1n,
    logStartOffset: 0n,
    abortedTransactions: null,
    records: recordBatch(bytes),
  };
  const body: FetchResponse = {
    throttleTimeMs: 0,
    errorCode: 0,
    sessionId: 0,
    responses: [{ topic: TOPICS[0] as string, partitions: [partition] }],
  };
  return frameResponse(FETCH, FETCH_VERSION, 0, body);
}
