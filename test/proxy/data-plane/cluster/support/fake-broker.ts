import { createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer, type TlsOptions } from 'node:tls';
import { API, APIS } from '../../../../../adapters/kafka/apis/index.ts';
import { RequestHeader, readRequestHeader } from '../../../../../adapters/kafka/codec/header.ts';
import { frameResponse, requestCodec } from '../../../../../adapters/kafka/codec/message.ts';
import type { Api } from '../../../../../adapters/kafka/codec/schema.ts';
import type { ApiVersionsRequest } from '../../../../../adapters/kafka/codec/schemas/api-versions.ts';
import type { MetadataRequest, MetadataResponse } from '../../../../../adapters/kafka/codec/schemas/metadata.ts';
import type { Asked } from '../../../../../adapters/kafka/topology.ts';

/** A request as a broker sees it. */
export interface Received {
  readonly api: Api;
  readonly version: number;
  readonly correlationId: number;
  readonly clientId: string | null;
  readonly body: ApiVersionsRequest | MetadataRequest;
}

/** The whole frame that is sent, or what happens in its place. */
export type Reply = Buffer | 'nothing' | 'close';

/** What the brokers of a cluster tell. */
export interface FakeCluster {
  readonly brokers: Map<number, { readonly host: string; readonly port: number }>;
  /** Topic ids by name. */
  readonly topics: Map<string, string>;
}

export function fakeCluster(): FakeCluster {
  return { brokers: new Map(), topics: new Map() };
}

/** Answers ApiVersions and Metadata over loopback as a broker would, except where `script` says otherwise. */
export class FakeBroker implements AsyncDisposable {
  readonly requests: Received[] = [];
  readonly sockets = new Set<Socket>();
  /** Connections there ever were. */
  connections = 0;
  /** The reply to a request; undefined: what a broker answers. */
  script: (request: Received) => Reply | undefined = () => undefined;
  /** What ApiVersions tells of Metadata. */
  metadata: readonly [min: number, max: number] = [0, 13];
  readonly #cluster: FakeCluster;
  readonly #server: Server;

  private constructor(cluster: FakeCluster, tls: TlsOptions | undefined) {
    this.#cluster = cluster;
    const serve = (socket: Socket) => this.#serve(socket);
    this.#server = tls === undefined ? createServer(serve) : createTlsServer(tls, serve);
  }

  /** Broker `node` of the cluster; a port that is given is taken again after a stop. */
  static async start(
    cluster: FakeCluster,
    node: number,
    options: { readonly port?: number; readonly tls?: TlsOptions } = {},
  ): Promise<FakeBroker> {
    const broker = new FakeBroker(cluster, options.tls);
    await new Promise<void>((resolve, reject) => {
      broker.#server.once('error', reject);
      broker.#server.listen(options.port ?? 0, '127.0.0.1', resolve);
    });
    cluster.brokers.set(node, { host: '127.0.0.1', port: broker.port });
    return broker;
  }

  get port(): number {
    return (this.#server.address() as { port: number }).port;
  }

  /** The Metadata requests so far: what they asked for. */
  get asked(): Asked[] {
    return this.requests.flatMap(({ api, body }): Asked[] => {
      if (api.key !== API.metadata) return [];
      const { topics } = body as MetadataRequest;
      if (topics === null) return ['all-topics'];
      return topics.length === 0 ? ['brokers'] : [topics.map(({ topicId }) => String(topicId))];
    });
  }

  /** What a broker answers. */
  reply(request: Received): Buffer {
    const { api, version, correlationId } = request;
    return frameResponse(api, version, correlationId, this.#body(request));
  }

  /** The true answer to a Metadata request, with something else in it. */
  metadataReply(request: Received, change: Partial<MetadataResponse>): Buffer {
    const { api, version, correlationId } = request;
    return frameResponse(api, version, correlationId, { ...this.#body(request), ...change });
  }

  /** Ends all connections. */
  drop(): void {
    for (const socket of this.sockets) socket.destroy();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.drop();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  #serve(socket: Socket): void {
    this.connections++;
    this.sockets.add(socket);
    let left = Buffer.alloc(0);
    socket.on('error', () => {});
    socket.on('close', () => this.sockets.delete(socket));
    socket.on('data', (chunk: Buffer) => {
      left = Buffer.concat([left, chunk]);
      while (left.length >= 4 && left.length >= 4 + left.readInt32BE(0)) {
        const end = 4 + left.readInt32BE(0);
        this.#receive(socket, left.subarray(0, end));
        left = left.subarray(end);
      }
    });
  }

  #receive(socket: Socket, frame: Buffer): void {
    const header = new RequestHeader();
    const api = APIS.get(frame.readInt16BE(4)) as Api;
    readRequestHeader(api, frame, 4, frame.length, header);
    const { version, correlationId, clientId } = header;
    const body = requestCodec<ApiVersionsRequest | MetadataRequest>(api, version).read(
      frame,
      header.body,
      frame.length,
    );
    const request = { api, version, correlationId, clientId, body };
    this.requests.push(request);
    const reply = this.script(request) ?? this.reply(request);
    if (reply === 'close') socket.destroy();
    else if (typeof reply !== 'string') socket.write(reply);
  }

  #body({ api, version, body }: Received): object {
    if (api.key === API.metadata) return this.#metadata(version, (body as MetadataRequest).topics);
    const [minVersion, maxVersion] = this.metadata;
    const apiKeys = [
      { apiKey: API.apiVersions, minVersion: 0, maxVersion: 4 },
      { apiKey: API.metadata, minVersion, maxVersion },
    ];
    return { errorCode: 0, apiKeys };
  }

  #metadata(version: number, wanted: MetadataRequest['topics']): MetadataResponse {
    const topic = (errorCode: number, name: string | null, topicId: string) => ({
      errorCode,
      name,
      ...(version >= 10 ? { topicId } : {}),
      isInternal: false,
      partitions: [],
    });
    const names = new Map([...this.#cluster.topics].map(([name, id]) => [id, name]));
    const all = [...this.#cluster.topics].map(([name, id]) => topic(0, name, id));
    const found = (id: string) => topic(names.has(id) ? 0 : 100, names.get(id) ?? null, id);
    return {
      throttleTimeMs: 0,
      brokers: [...this.#cluster.brokers].map(([nodeId, { host, port }]) => ({ nodeId, host, port, rack: null })),
      clusterId: 'cluster',
      controllerId: 1,
      topics: wanted === null ? all : wanted.map(({ topicId }) => found(String(topicId))),
    };
  }
}
