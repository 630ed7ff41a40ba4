import { connect as connectTcp, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { Credentials } from './pki.ts';
import { nextEvent, waitFor } from './wait.ts';

/** A connection that sends frames as they are and waits for whole frames: `await using`. */
export class KafkaWire implements AsyncDisposable {
  readonly #socket: Socket;
  #chunks: Buffer[] = [];
  #size = 0;
  closed = false;

  constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('data', (bytes: Buffer) => {
      this.#chunks.push(bytes);
      this.#size += bytes.length;
    });
    socket.on('error', () => {});
    socket.on('close', () => {
      this.closed = true;
    });
  }

  /** Header and body; the length is put in front. */
  send(message: Uint8Array): void {
    const length = Buffer.alloc(4);
    length.writeInt32BE(message.length);
    this.#socket.write(Buffer.concat([length, message]));
  }

  /** Bytes without any length. */
  raw(bytes: Uint8Array): void {
    this.#socket.write(bytes);
  }

  /** The next frame without its length, or that the peer has closed. */
  answer(deadline = 20_000): Promise<Buffer | 'closed'> {
    return waitFor(
      'an answer',
      () => {
        const frame = this.#take();
        return frame ?? (this.closed ? 'closed' : undefined);
      },
      deadline,
    );
  }

  async waitClosed(deadline?: number): Promise<void> {
    await waitFor('the connection to be closed', () => this.closed, deadline);
  }

  #take(): Buffer | undefined {
    if (this.#size < 4) return undefined;
    const end = 4 + this.#first(4).readInt32BE(0);
    if (this.#size < end) return undefined;
    const bytes = this.#first(end);
    this.#chunks[0] = bytes.subarray(end);
    this.#size -= end;
    return bytes.subarray(4, end);
  }

  /** Joins what has come only as often as it must: an answer may have many MiB. */
  #first(count: number): Buffer {
    const [chunk] = this.#chunks;
    if (chunk !== undefined && chunk.length >= count) return chunk;
    const all = Buffer.concat(this.#chunks);
    this.#chunks = [all];
    return all;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#socket.destroy();
    await this.waitClosed();
  }
}

/** Through mutual TLS with `tls` (PEM texts), else plain. */
export async function kafkaWire(port: number, tls?: Credentials): Promise<KafkaWire> {
  if (tls === undefined) {
    const socket = connectTcp({ port, host: '127.0.0.1', noDelay: true });
    await nextEvent(socket, 'connect');
    return new KafkaWire(socket);
  }
  const socket = connectTls({
    port,
    host: '127.0.0.1',
    servername: 'localhost',
    ca: tls.ca,
    cert: tls.cert,
    key: tls.key,
  });
  await nextEvent(socket, 'secureConnect');
  socket.setNoDelay(true);
  return new KafkaWire(socket);
}
