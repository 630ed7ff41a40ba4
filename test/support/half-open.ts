import { connect, type Socket } from 'node:net';
import { waitFor } from './wait.ts';

/** What an attacker does once it is connected; all but garbage then wait. */
export type Manner = 'silent' | 'partial' | 'drip' | 'garbage' | 'mute';

export interface FloodOptions {
  readonly port: number;
  /** The first flight of a real client. */
  readonly hello: Buffer;
  /** Loopback addresses that the attackers come from, in turn. */
  readonly from: readonly string[];
}

/** Attackers that connect at the same time; more would only wait in the backlog of the kernel. */
const ABREAST = 250;
const DRIP_INTERVAL = 100;
/** A record that is none, and one that announces a ClientHello of nothing but ones. */
const GARBAGE = [Buffer.from('a1b2c3d4e5f6', 'hex'), Buffer.from('16030100100100000cffffffffffffffffffffffff', 'hex')];

/** Sockets that take up room and never become clients: `await using`. */
export class Flood implements AsyncDisposable {
  readonly #options: FloodOptions;
  readonly #open = new Set<Socket>();
  readonly #drips = new Map<Socket, number>();
  readonly #timer: NodeJS.Timeout;
  #connected = 0;
  #failed = 0;
  #stall = 0;
  #ticked = performance.now();

  constructor(options: FloodOptions) {
    this.#options = options;
    this.#timer = setInterval(() => this.#drip(), DRIP_INTERVAL);
  }

  /** Attackers that were connected so far. */
  get connected(): number {
    return this.#connected;
  }

  /** Attackers that could not even connect. */
  get failed(): number {
    return this.#failed;
  }

  /** Attackers that are connected now. */
  get open(): number {
    return this.#open.size;
  }

  /** The most milliseconds that a timer of this process came late: what a busy machine costs everyone. */
  get stall(): number {
    return this.#stall;
  }

  /** Adds attackers; resolves when each is connected or could not connect. */
  async add(manner: Manner, count: number): Promise<void> {
    let left = count;
    const next = async (): Promise<void> => {
      while (left-- > 0) await this.#one(manner, left);
    };
    await Promise.all(Array.from({ length: Math.min(ABREAST, count) }, next));
  }

  /** Waits until the other side has closed all of them. */
  async closed(deadline?: number): Promise<void> {
    await waitFor('all attackers to be closed', () => this.#open.size === 0, deadline);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#timer);
    for (const socket of this.#open) socket.destroy();
    await this.closed();
  }

  #one(manner: Manner, index: number): Promise<void> {
    const { port, from } = this.#options;
    const localAddress = from[index % from.length] as string;
    return new Promise((resolve) => {
      const socket = connect({ port, host: '127.0.0.1', localAddress, noDelay: true });
      let connected = false;
      socket.on('error', () => {}); // a reset is one of the ways to be closed
      socket.resume();
      socket.once('connect', () => {
        connected = true;
        this.#connected++;
        this.#open.add(socket);
        this.#begin(socket, manner, index);
        resolve();
      });
      socket.once('close', () => {
        this.#open.delete(socket);
        this.#drips.delete(socket);
        if (!connected) this.#failed++;
        resolve();
      });
    });
  }

  #begin(socket: Socket, manner: Manner, index: number): void {
    const { hello } = this.#options;
    if (manner === 'mute') socket.write(hello);
    if (manner === 'partial') socket.write(hello.subarray(0, 1 + (index % (hello.length - 1))));
    if (manner === 'garbage') socket.write(GARBAGE[index % GARBAGE.length] as Buffer);
    if (manner === 'drip') this.#drips.set(socket, 0);
  }

  #drip(): void {
    const now = performance.now();
    this.#stall = Math.max(this.#stall, now - this.#ticked - DRIP_INTERVAL);
    this.#ticked = now;
    const { hello } = this.#options;
    for (const [socket, at] of this.#drips) {
      socket.write(hello.subarray(at, at + 1));
      this.#drips.set(socket, at + 1);
    }
  }
}
