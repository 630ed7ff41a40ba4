import { connect as connectTcp, type Socket } from 'node:net';
import { type ConnectionOptions, connect as connectTls } from 'node:tls';
import type { Credentials } from './pki.ts';
import { waitFor, within } from './wait.ts';

export interface RawOptions {
  readonly port: number;
  /** Present: TLS. */
  readonly tls?: Partial<Credentials> & ConnectionOptions;
}

/** Connects (and shakes hands); rejects when that fails. A refusal of the client certificate in TLS 1.3 comes later. */
export async function connectRaw({ port, tls }: RawOptions): Promise<RawClient> {
  const host = '127.0.0.1';
  const socket =
    tls === undefined ? connectTcp({ port, host }) : connectTls({ port, host, servername: 'localhost', ...tls });
  const client = new RawClient(socket);
  const ready = new Promise<void>((resolve, reject) => {
    socket.once(tls === undefined ? 'connect' : 'secureConnect', () => resolve());
    socket.once('error', reject);
    socket.once('close', () => reject(new Error('closed during the handshake')));
  });
  try {
    await within('the connection', ready);
    return client;
  } catch (error) {
    socket.destroy();
    throw error;
  }
}

/** Sends bytes as they are and keeps what comes back. */
export class RawClient implements AsyncDisposable {
  readonly socket: Socket;
  /** What failed the connection, if anything did. */
  error: Error | undefined;
  /** The other side sent FIN (or close_notify). */
  ended = false;
  #chunks: Buffer[] = [];

  constructor(socket: Socket) {
    this.socket = socket;
    socket.setNoDelay(true);
    socket.on('error', (error) => {
      this.error = error;
    });
    socket.on('end', () => {
      this.ended = true;
    });
    socket.on('data', (chunk: Buffer) => this.#chunks.push(chunk));
  }

  /** All bytes so far. */
  get received(): Buffer {
    if (this.#chunks.length > 1) this.#chunks = [Buffer.concat(this.#chunks)];
    return this.#chunks[0] ?? Buffer.alloc(0);
  }

  get closed(): boolean {
    return this.socket.destroyed;
  }

  /** Resolves when the bytes have left this process; false when the connection failed before. */
  write(bytes: Uint8Array | string): Promise<boolean> {
    return new Promise((resolve) =>
      this.socket.write(bytes, (error) => resolve(error === null || error === undefined)),
    );
  }

  /** The bytes so far, once there are `count` or more; says so when the connection closes before. */
  bytes(count: number, deadline?: number): Promise<Buffer> {
    return waitFor(
      `${count} bytes`,
      () => {
        if (this.received.length >= count) return this.received;
        if (this.closed)
          throw new Error(`closed after ${this.received.length} of ${count} bytes`, { cause: this.error });
        return false;
      },
      deadline,
    );
  }

  /** Waits until the connection is gone and gives all that was received. */
  async waitClosed(deadline?: number): Promise<Buffer> {
    await waitFor('the connection to close', () => this.closed, deadline);
    return this.received;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.socket.destroy();
    if (!this.socket.closed) await new Promise((resolve) => this.socket.once('close', resolve));
  }
}
