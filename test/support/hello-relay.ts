import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { nextEvent } from './wait.ts';

/** The handshake message of a hello (one record, as clients send it) in records of `size` bytes. */
export function inRecords(hello: Buffer, size: number): Buffer {
  const message = hello.subarray(5);
  const parts: Buffer[] = [];
  for (let at = 0; at < message.length; at += size) {
    const part = message.subarray(at, at + size);
    parts.push(Buffer.from([22, 3, 1, part.length >> 8, part.length & 0xff]), part);
  }
  return Buffer.concat(parts);
}

/** What a relay does with the bytes of one connection. */
export interface Rewriting {
  /** Of the client's first record. */
  readonly hello?: (record: Buffer) => Buffer;
  /** True: every byte goes on in a segment of its own, as far as the kernel lets it. */
  readonly dribble?: boolean;
}

/** Stands between a real client and a port and changes the client's hello on the way: `await using`. */
export async function startHelloRelay(port: number, rewriting: Rewriting): Promise<HelloRelay> {
  const relay = new HelloRelay(port, rewriting);
  await relay.listen();
  return relay;
}

export class HelloRelay implements AsyncDisposable {
  readonly #target: number;
  readonly #rewriting: Rewriting;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #toGate = new Set<Socket>();

  constructor(target: number, rewriting: Rewriting) {
    this.#target = target;
    this.#rewriting = rewriting;
    this.#server = createServer({ noDelay: true }, (client) => this.#serve(client));
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  async listen(): Promise<void> {
    this.#server.listen(0, '127.0.0.1');
    await nextEvent(this.#server, 'listening');
  }

  /** Sends bytes to the gate that are not the client's, amid its own. */
  inject(bytes: Buffer): void {
    for (const socket of this.#toGate) socket.write(bytes);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #serve(client: Socket): void {
    const gate = connect({ port: this.#target, host: '127.0.0.1', noDelay: true });
    for (const [from, to] of [
      [client, gate],
      [gate, client],
    ] as const) {
      this.#sockets.add(from);
      from.on('error', () => {}); // the other side is told by the close
      from.once('close', () => {
        this.#sockets.delete(from);
        to.destroy();
      });
    }
    this.#toGate.add(gate);
    gate.once('close', () => this.#toGate.delete(gate));
    gate.pipe(client);
    let start = Buffer.alloc(0);
    const first = (chunk: Buffer): void => {
      start = Buffer.concat([start, chunk]);
      if (start.length < 5 || start.length < 5 + start.readUInt16BE(3)) return;
      client.off('data', first);
      const end = 5 + start.readUInt16BE(3);
      this.#send(gate, Buffer.concat([this.#rewriting.hello?.(start.subarray(0, end)) ?? start, start.subarray(end)]));
      client.pipe(gate);
    };
    client.on('data', first);
  }

  #send(gate: Socket, bytes: Buffer): void {
    if (this.#rewriting.dribble === true) for (const byte of bytes) gate.write(Buffer.from([byte]));
    else gate.write(bytes);
  }
}
