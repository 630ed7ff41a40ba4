import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { parser as createParser, generate, type IConnectPacket, type Packet } from 'mqtt-packet';
import type { Section } from './gate-config.ts';
import { testPki } from './pki.ts';
import { waitFor } from './wait.ts';

export interface SinkOptions {
  /** Accept TCP and never answer a CONNECT. */
  readonly mute?: boolean;
  /** Present: it speaks TLS. PEM. */
  readonly tls?: { readonly cert: string; readonly key: string };
  /** Extra properties of the CONNACK (MQTT 5). */
  readonly connack?: Record<string, unknown>;
}

/**
 * A broker that does nothing but accept: it answers CONNECT, records what follows as bytes, and
 * sends and stops reading as the test says. For promises about bytes and flow, not about MQTT.
 */
export async function startSink(options: SinkOptions = {}): Promise<MqttSink> {
  const sink = new MqttSink(options);
  await sink.listen();
  return sink;
}

/** A sink, and the keys of a listener of `gateYaml` that lead to it: ca.pem is beside the configuration. */
export async function sinkOver(
  upstream: 'plain' | 'TLS',
): Promise<{ readonly sink: MqttSink; readonly listener: Section }> {
  if (upstream === 'plain') {
    const sink = await startSink();
    return { sink, listener: {} };
  }
  const { cert, key } = await (await testPki()).server();
  const sink = await startSink({ tls: { cert, key } });
  return { sink, listener: { upstream: { address: `localhost:${sink.port}`, tls: { ca: 'ca.pem' } } } };
}

export class MqttSink implements AsyncDisposable {
  readonly #options: SinkOptions;
  readonly #server: Server;
  /** In the order of arrival; closed ones stay. */
  readonly connections: SinkConnection[] = [];

  constructor(options: SinkOptions) {
    this.#options = options;
    const { tls } = options;
    const accept = (socket: Socket) => {
      this.connections.push(new SinkConnection(socket, this.#options));
    };
    this.#server =
      tls === undefined ? createServer({ noDelay: true }, accept) : createTlsServer({ noDelay: true, ...tls }, accept);
  }

  async listen(): Promise<void> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** The connection of this client id, once its CONNECT is there; the newest one when there are several. */
  connection(clientId: string): Promise<SinkConnection> {
    return waitFor(`a CONNECT of ${clientId} at the broker`, () =>
      this.connections.findLast((one) => one.connect?.clientId === clientId),
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const { socket } of this.connections) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

/** One connection as the broker sees it. */
export class SinkConnection {
  readonly socket: Socket;
  connect: IConnectPacket | undefined;
  /** The CONNECT as it came. */
  connectBytes: Buffer = Buffer.alloc(0);
  /** Bytes after the CONNECT; kept in `chunks` unless `onBytes` takes them. */
  count = 0;
  onBytes: ((bytes: Buffer) => void) | undefined;
  /** The other side sent FIN. */
  ended = false;
  #chunks: Buffer[] = [];

  constructor(socket: Socket, { mute = false, connack = {} }: SinkOptions) {
    this.socket = socket;
    socket.on('error', () => {});
    socket.on('end', () => {
      this.ended = true;
    });
    socket.on('data', (bytes: Buffer) => {
      if (this.connect !== undefined) this.#take(bytes);
      else if (!mute) this.#begin(bytes, connack);
    });
  }

  get closed(): boolean {
    return this.socket.destroyed;
  }

  get version(): 4 | 5 {
    return this.connect?.protocolVersion === 5 ? 5 : 4;
  }

  /** Bytes after the CONNECT so far. */
  get received(): Buffer {
    if (this.#chunks.length > 1) this.#chunks = [Buffer.concat(this.#chunks)];
    return this.#chunks[0] ?? Buffer.alloc(0);
  }

  /** The complete packets after the CONNECT so far, read by an implementation that is not ours. */
  get packets(): Packet[] {
    const packets: Packet[] = [];
    const parser = createParser({ protocolVersion: this.version });
    parser.on('packet', (packet: Packet) => packets.push(packet));
    parser.parse(Buffer.from(this.received));
    return packets;
  }

  /** The bytes after the CONNECT, once there are `count` or more. */
  bytes(count: number, deadline?: number): Promise<Buffer> {
    const what = `${count} bytes at the broker`;
    return waitFor(what, () => this.received.length >= count && this.received, deadline);
  }

  send(packet: Packet): void {
    this.socket.write(generate(packet, { protocolVersion: this.version }));
  }

  #begin(bytes: Buffer, connack: Record<string, unknown>): void {
    this.connectBytes = Buffer.concat([this.connectBytes, bytes]);
    const size = frameSize(this.connectBytes);
    if (size === undefined || this.connectBytes.length < size) return;
    const rest = this.connectBytes.subarray(size);
    this.connectBytes = this.connectBytes.subarray(0, size);
    const parser = createParser({});
    parser.on('packet', (packet: Packet) => {
      this.connect = packet as IConnectPacket;
    });
    parser.parse(Buffer.from(this.connectBytes));
    const code = this.version === 5 ? { reasonCode: 0, properties: connack } : { returnCode: 0 };
    this.send({ cmd: 'connack', sessionPresent: false, ...code } as Packet);
    if (rest.length > 0) this.#take(rest);
  }

  #take(bytes: Buffer): void {
    this.count += bytes.length;
    if (this.onBytes === undefined) this.#chunks.push(bytes);
    else this.onBytes(bytes);
  }
}

/** Size of the packet at the front, undefined while its header is incomplete. */
function frameSize(bytes: Buffer): number | undefined {
  let length = 0;
  for (let n = 1; n < 5; n++) {
    const byte = bytes[n];
    if (byte === undefined) return undefined;
    length += (byte & 127) << (7 * (n - 1));
    if (byte < 128) return n + 1 + length;
  }
  throw new Error('a remaining length of more than four bytes');
}
