import net, { type Server, type Socket } from 'node:net';
import type { Bind, Bound } from '../messages.ts';

export interface ListenOptions {
  readonly reusePort: boolean;
  readonly backlog?: number;
}

/** Connections kept between bind and commit; more are closed: each would hold a descriptor that the hand-over needs. */
const MAX_EARLY = 16;

interface Entry {
  readonly bind: Bind;
  readonly server: Server;
  /** Accepted before the generation that brought the address was committed. */
  early: Socket[] | null;
}

/**
 * The listening sockets of one thread. New addresses are bound while a generation is prepared
 * (what connects meanwhile waits, unread) and serve from its commit on; an address that two
 * generations share is never bound anew.
 */
export class ListenSet {
  readonly #onSocket: (socket: Socket, key: string) => void;
  readonly #options: ListenOptions;
  readonly #entries = new Map<string, Entry>();
  #prepared: Map<string, Entry> | null = null;
  #next: ReadonlySet<string> = new Set();

  constructor(options: ListenOptions, onSocket: (socket: Socket, key: string) => void) {
    this.#options = options;
    this.#onSocket = onSocket;
  }

  get size(): number {
    return this.#entries.size;
  }

  /** Binds what is not bound yet. Rejects with the operating system's answer in words, having bound nothing new. */
  async prepare(binds: readonly Bind[]): Promise<Bound[]> {
    const prepared = new Map<string, Entry>();
    this.#prepared = prepared;
    this.#next = new Set(binds.map((bind) => bind.key));
    try {
      for (const bind of binds) {
        if (!this.#entries.has(bind.key)) prepared.set(bind.key, await this.#listen(bind));
      }
    } catch (error) {
      this.drop();
      throw error;
    }
    return binds.map((bind) => this.#bound(bind, prepared.get(bind.key) ?? (this.#entries.get(bind.key) as Entry)));
  }

  /** Serves the new addresses and closes those that the new generation lacks. */
  commit(): void {
    for (const [key, entry] of this.#prepared ?? []) {
      this.#entries.set(key, entry);
      const early = entry.early ?? [];
      entry.early = null;
      for (const socket of early) this.#onSocket(socket, key);
    }
    this.#prepared = null;
    for (const [key, entry] of this.#entries) {
      if (this.#next.has(key)) continue;
      entry.server.close();
      this.#entries.delete(key);
    }
  }

  drop(): void {
    for (const entry of this.#prepared?.values() ?? []) closeEntry(entry);
    this.#prepared = null;
  }

  /** Stops to accept; open connections stay. */
  close(): void {
    this.drop();
    for (const entry of this.#entries.values()) closeEntry(entry);
    this.#entries.clear();
  }

  #bound(bind: Bind, entry: Entry): Bound {
    const address = entry.server.address() as net.AddressInfo;
    return { key: bind.key, host: bind.address.host, port: address.port };
  }

  #listen(bind: Bind): Promise<Entry> {
    const options = { pauseOnConnect: true, allowHalfOpen: true, noDelay: true };
    const server = net.createServer(options, (socket) => {
      // Whoever gets the socket adds its own handler; without one an early reset would be fatal.
      socket.on('error', ignore);
      if (entry.early === null) this.#onSocket(socket, bind.key);
      else if (entry.early.length < MAX_EARLY) entry.early.push(socket);
      else socket.destroy();
    });
    const entry: Entry = { bind, server, early: [] };
    return new Promise((resolve, reject) => {
      server.once('error', (error: NodeJS.ErrnoException) => {
        reject(new Error(`cannot listen on ${bind.address.host}:${bind.address.port}: ${error.code ?? error.message}`));
      });
      server.listen(
        {
          host: bind.address.host,
          port: bind.address.port,
          backlog: this.#options.backlog ?? 4096,
          reusePort: this.#options.reusePort,
          ipv6Only: true,
        },
        () => {
          server.removeAllListeners('error');
          // Errors of accept(2), descriptors running out among them: libuv closes what it cannot keep.
          server.on('error', ignore);
          resolve(entry);
        },
      );
    });
  }
}

function ignore(): void {}

function closeEntry(entry: Entry): void {
  entry.server.close();
  for (const socket of entry.early ?? []) socket.destroy();
}

/** Rejects when something already listens there: with reusePort a second process would bind silently. */
export async function probeAddress(bind: Bind): Promise<void> {
  if (bind.address.port === 0) return;
  const probe = new ListenSet({ reusePort: false }, (socket) => socket.destroy());
  await probe.prepare([bind]);
  probe.close();
}
