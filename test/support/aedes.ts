import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { Aedes, type AedesOptions } from 'aedes';
import type { Broker } from './broker.ts';

/** An aedes (MQTT 3.1.1) in this process on a loopback port of its own: `await using broker = await startAedes()`. */
export async function startAedes(options: AedesOptions = {}): Promise<AedesBroker> {
  const broker = new AedesBroker(options);
  await broker.restart();
  return broker;
}

export class AedesBroker implements Broker {
  readonly kind = 'aedes';
  readonly #options: AedesOptions;
  readonly #sockets = new Set<Socket>();
  #aedes: Aedes | undefined;
  #server: Server | undefined;
  #port = 0;

  constructor(options: AedesOptions) {
    this.#options = options;
  }

  get port(): number {
    return this.#port;
  }

  /** Connections open now. */
  get connections(): number {
    return this.#sockets.size;
  }

  async restart(): Promise<void> {
    await this.kill();
    const aedes = await Aedes.createBroker(this.#options);
    // Without a listener a client's protocol error would be thrown.
    aedes.on('clientError', () => {});
    aedes.on('connectionError', () => {});
    const server = createServer({ noDelay: true }, (socket) => {
      this.#sockets.add(socket);
      socket.once('close', () => this.#sockets.delete(socket));
      aedes.handle(socket);
    });
    server.listen(this.#port, '127.0.0.1');
    await once(server, 'listening');
    this.#port = (server.address() as AddressInfo).port;
    this.#aedes = aedes;
    this.#server = server;
  }

  async stop(): Promise<void> {
    const aedes = this.#aedes;
    if (aedes !== undefined) await new Promise<void>((resolve) => aedes.close(resolve));
    await this.kill();
  }

  async kill(): Promise<void> {
    const server = this.#server;
    if (server === undefined) return;
    this.#server = undefined;
    for (const socket of this.#sockets) socket.resetAndDestroy();
    await new Promise((resolve) => server.close(resolve));
    const aedes = this.#aedes;
    if (aedes !== undefined && !aedes.closed) await new Promise<void>((resolve) => aedes.close(resolve));
    this.#aedes = undefined;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
  }
}
