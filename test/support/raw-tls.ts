import { connect as connectTcp, type Socket } from 'node:net';
import { type Duplex, duplexPair } from 'node:stream';
import { type ConnectionOptions, connect as connectTls, type TLSSocket } from 'node:tls';
import { RawClient } from './raw-client.ts';
import { nextEvent } from './wait.ts';

/** ContentType of a record (RFC 8446 5.1). */
export const RECORD = { changeCipherSpec: 20, alert: 21, handshake: 22, applicationData: 23 } as const;

/** A record of TLS 1.2 or 1.3 around a fragment. */
export function record(type: number, fragment: Uint8Array): Buffer {
  const head = Buffer.of(type, 3, 3, 0, 0);
  head.writeUInt16BE(fragment.length, 3);
  return Buffer.concat([head, fragment]);
}

/** The same content in records of one byte each. */
export const oneByteRecords = (whole: Buffer): Buffer[] =>
  Array.from(whole.subarray(5), (byte) => record(whole[0] as number, Buffer.of(byte)));

/**
 * What goes to the server in place of a record of the client: any bytes, `end` (FIN) or `reset` (RST).
 * After one of the two nothing more is sent.
 * @param at number of the record, from 0
 */
export type Tamper = (whole: Buffer, at: number) => readonly (Buffer | 'end' | 'reset')[];

/** A TLS client of Node, or one whose records are tampered with on their way: `await using`. */
export class RawTls implements AsyncDisposable {
  /** Towards the server; keeps what it sends. */
  readonly wire: RawClient;
  /** The client that believes to be connected. */
  readonly client: TLSSocket;
  /** Records that left the client so far, before they were tampered with. */
  readonly records: Buffer[] = [];
  readonly #near: Duplex;
  readonly #tamper: Tamper;
  #rest: Buffer = Buffer.alloc(0);
  #over = false;

  constructor(socket: Socket, options: ConnectionOptions, tamper: Tamper) {
    const [near, far] = duplexPair();
    this.#near = near;
    this.#tamper = tamper;
    this.wire = new RawClient(socket);
    this.client = connectTls({ servername: 'localhost', ...options, socket: far });
    this.client.on('error', () => {});
    this.client.resume();
    near.on('error', () => {});
    near.on('data', (bytes: Buffer) => this.#send(bytes));
    near.on('end', () => socket.end());
    socket.on('data', (bytes: Buffer) => near.write(bytes));
    socket.on('close', () => near.end());
  }

  #send(bytes: Buffer): void {
    this.#rest = Buffer.concat([this.#rest, bytes]);
    while (this.#rest.length >= 5) {
      const size = 5 + this.#rest.readUInt16BE(3);
      if (this.#rest.length < size) return;
      const whole = Buffer.from(this.#rest.subarray(0, size));
      this.#rest = this.#rest.subarray(size);
      this.records.push(whole);
      for (const part of this.#tamper(whole, this.records.length - 1)) this.#put(part);
    }
  }

  #put(part: Buffer | 'end' | 'reset'): void {
    if (this.#over) return;
    const { socket } = this.wire;
    if (part instanceof Buffer) {
      socket.write(part);
      return;
    }
    this.#over = true;
    if (part === 'end') socket.end();
    else socket.resetAndDestroy();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.client.destroy();
    this.#near.destroy();
    await this.wire[Symbol.asyncDispose]();
  }
}

/** Connects to a loopback port and begins a handshake; `tamper` by default sends what the client sends. */
export async function rawTls(
  port: number,
  options: ConnectionOptions,
  tamper: Tamper = (whole) => [whole],
): Promise<RawTls> {
  const socket = connectTcp({ port, host: '127.0.0.1' });
  await nextEvent(socket, 'connect');
  return new RawTls(socket, options, tamper);
}
