/** A stub of a Kafka broker: answers every request at once, looks at nothing that it need not. */
import net from 'node:net';
import { apiOf } from '../../../adapters/kafka/apis/index.ts';
import { RequestHeader, readRequestHeader } from '../../../adapters/kafka/codec/header.ts';
import { frameResponse, requestCodec } from '../../../adapters/kafka/codec/message.ts';
import { fetch } from '../../../adapters/kafka/codec/schemas/fetch.ts';
import {
  API_VERSIONS,
  FETCH,
  FETCH_VERSION,
  fetchAnswer,
  METADATA,
  PRODUCE,
  produceAnswer,
  TOPICS,
} from './kafka-frames.ts';

/** Length, key, version, correlation id. */
const PREFIX = 12;
const CORRELATION_ID = 4;
const OFFERED = [PRODUCE, FETCH, METADATA, API_VERSIONS];
const PRODUCED = produceAnswer();

const fetched = new Map<number, Buffer>();

function fetchedBytes(bytes: number): Buffer {
  let answer = fetched.get(bytes);
  if (answer === undefined) {
    answer = fetchAnswer(bytes);
    fetched.set(bytes, answer);
  }
  return answer;
}

/** A copy that answers the request `correlationId`. */
function answering(answer: Buffer, correlationId: number): Buffer {
  const copy = Buffer.from(answer);
  copy.writeInt32BE(correlationId, CORRELATION_ID);
  return copy;
}

function apiVersions(version: number, correlationId: number): Buffer {
  const apiKeys = OFFERED.map(({ key, versions: [minVersion, maxVersion] }) => ({
    apiKey: key,
    minVersion,
    maxVersion,
  }));
  return frameResponse(API_VERSIONS, version, correlationId, { errorCode: 0, apiKeys });
}

function metadata(version: number, correlationId: number, port: number): Buffer {
  const topics = TOPICS.map((name, index) => ({
    errorCode: 0,
    name,
    topicId: Buffer.alloc(16, index + 1).toString('base64url'),
    partitions: [{ errorCode: 0, partitionIndex: 0, leaderId: 0, replicaNodes: [0], isrNodes: [0] }],
  }));
  const brokers = [{ nodeId: 0, host: '127.0.0.1', port }];
  return frameResponse(METADATA, version, correlationId, { brokers, clusterId: 'bench', controllerId: 0, topics });
}

/** The requests of one connection, however they are cut. */
export class Requests {
  readonly #port: number;
  readonly #produced: (bytes: number) => void;
  readonly #header = new RequestHeader();
  #rest: Buffer = Buffer.alloc(0);
  /** Bytes of a Produce that are still to come. */
  #left = 0;
  #correlationId = 0;

  constructor(port: number, produced: (bytes: number) => void) {
    this.#port = port;
    this.#produced = produced;
  }

  /** The answers that are due. */
  take(chunk: Buffer): Buffer[] {
    const bytes = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    const answers: Buffer[] = [];
    let at = 0;
    while (at < bytes.length) {
      if (this.#left === 0) {
        if (bytes.length - at < PREFIX) break;
        const size = 4 + bytes.readInt32BE(at);
        if (bytes.readInt16BE(at + 4) === PRODUCE.key) {
          this.#left = size;
          this.#correlationId = bytes.readInt32BE(at + 8);
        } else {
          if (bytes.length - at < size) break;
          answers.push(this.#answer(bytes, at, at + size));
          at += size;
          continue;
        }
      }
      const n = Math.min(this.#left, bytes.length - at);
      at += n;
      this.#left -= n;
      this.#produced(n);
      if (this.#left === 0) answers.push(answering(PRODUCED, this.#correlationId));
    }
    this.#rest = Buffer.from(bytes.subarray(at));
    return answers;
  }

  #answer(bytes: Buffer, at: number, end: number): Buffer {
    const header = this.#header;
    readRequestHeader(apiOf(bytes.readInt16BE(at + 4)) ?? null, bytes, at + 4, end, header);
    switch (header.key) {
      case FETCH.key: {
        const request = requestCodec(fetch, FETCH_VERSION).read(bytes, header.body, end);
        return answering(fetchedBytes(request.maxBytes ?? 0), header.correlationId);
      }
      case METADATA.key:
        return metadata(header.version, header.correlationId, this.#port);
      case API_VERSIONS.key:
        return apiVersions(header.version, header.correlationId);
      default:
        throw new Error(`API ${header.key} is not expected here`);
    }
  }
}

/** Not listening yet. `produced` is told the bytes of Produce requests as they arrive. */
export function kafkaSink(produced: (bytes: number) => void): net.Server {
  const server = net.createServer((socket) => {
    const { port } = server.address() as net.AddressInfo;
    const requests = new Requests(port, produced);
    socket.setNoDelay(true);
    socket.on('error', () => socket.destroy());
    socket.on('data', (chunk: Buffer) => {
      socket.cork();
      for (const answer of requests.take(chunk)) socket.write(answer);
      socket.uncork();
    });
  });
  return server;
}
