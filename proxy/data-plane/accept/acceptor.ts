/**
 * The acceptor thread: does nothing but accept and hand each socket to the worker with the
 * fewest connections, by Node's documented transfer of sockets. Nothing is read here.
 */
import type { Socket } from 'node:net';
import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import type { Bind, Bound } from '../../messages.ts';
import { ListenSet } from '../../shared/listen-set.ts';
import { GAUGE, openWorkers, type SharedState } from '../../shared/tables/index.ts';

/** A socket on its way to a worker. */
export interface Handover {
  readonly socket: Socket;
  readonly key: string;
}

/**
 * Sockets sent to one worker and not yet received; above it the worker is left out. It takes a flood of
 * a second or so: admission in the worker tells clients from attackers, here all would go alike.
 */
const MAX_QUEUED = 8192;
const REPORT_INTERVAL = 1000;

/** Chooses workers and hands over. */
class Acceptor {
  readonly #port: MessagePort;
  readonly #workers;
  readonly #targets: (MessagePort | null)[] = [];
  readonly #listeners: ListenSet;
  #turn = 0;
  #droppedSockets = 0;

  constructor(port: MessagePort, shared: SharedState) {
    this.#port = port;
    this.#workers = openWorkers(shared);
    this.#listeners = new ListenSet({ reusePort: false }, (socket, key) => this.#handOver(socket, key));
    port.on('message', (message: ToAcceptor) => void this.#receive(message));
    setInterval(() => this.#report(), REPORT_INTERVAL).unref();
  }

  async #receive(message: ToAcceptor): Promise<void> {
    switch (message.type) {
      case 'prepare':
        try {
          this.#answer({ type: 'prepared', bound: await this.#listeners.prepare(message.binds) });
        } catch (error) {
          this.#answer({ type: 'failed', problem: error instanceof Error ? error.message : String(error) });
        }
        return;
      case 'commit':
        this.#listeners.commit();
        return;
      case 'drop':
        this.#listeners.drop();
        return;
      case 'target': {
        const { worker, port } = message;
        this.#targets[worker] = port;
        // An ended worker closes its port before anything else tells us.
        port.on('close', () => {
          if (this.#targets[worker] === port) this.#targets[worker] = null;
        });
        return;
      }
      case 'no-target':
        this.#targets[message.worker] = null;
        return;
      case 'close':
        this.#listeners.close();
        this.#port.close();
    }
  }

  #answer(message: FromAcceptor): void {
    this.#port.postMessage(message);
  }

  #handOver(socket: Socket, key: string): void {
    for (let attempt = 0; attempt < this.#targets.length; attempt++) {
      const worker = this.#choose();
      const target = worker < 0 ? null : this.#targets[worker];
      if (!target) break;
      this.#workers.add(worker, GAUGE.sent, 1);
      try {
        target.postMessage({ socket, key } satisfies Handover, [socket as unknown as MessagePort]);
      } catch {
        this.#workers.add(worker, GAUGE.sent, -1);
        break;
      }
      // The transfer destroys the source at once; if not, the worker is gone and the next one gets it.
      if (socket.destroyed) return;
      this.#workers.add(worker, GAUGE.sent, -1);
      this.#targets[worker] = null;
    }
    this.#droppedSockets++;
    socket.destroy();
  }

  /** The worker with the fewest connections; among equals they take turns. -1: none can take one. */
  #choose(): number {
    let best = -1;
    let bestLoad = Number.POSITIVE_INFINITY;
    const count = this.#targets.length;
    this.#turn = (this.#turn + 1) % Math.max(1, count);
    for (let i = 0; i < count; i++) {
      const worker = (this.#turn + i) % count;
      if (!this.#targets[worker]) continue;
      const queued = this.#workers.get(worker, GAUGE.sent) - this.#workers.get(worker, GAUGE.received);
      const load = this.#workers.load(worker);
      if (queued < MAX_QUEUED && load < bestLoad) {
        best = worker;
        bestLoad = load;
      }
    }
    return best;
  }

  #report(): void {
    if (this.#droppedSockets === 0) return;
    this.#answer({ type: 'dropped-sockets', count: this.#droppedSockets });
    this.#droppedSockets = 0;
  }
}

if (parentPort !== null) new Acceptor(parentPort as unknown as MessagePort, workerData as SharedState);

export type ToAcceptor =
  | { readonly type: 'prepare'; readonly binds: readonly Bind[] }
  | { readonly type: 'commit' }
  | { readonly type: 'drop' }
  | { readonly type: 'target'; readonly worker: number; readonly port: MessagePort }
  | { readonly type: 'no-target'; readonly worker: number }
  | { readonly type: 'close' };

export type FromAcceptor =
  | { readonly type: 'prepared'; readonly bound: readonly Bound[] }
  | { readonly type: 'failed'; readonly problem: string }
  | { readonly type: 'dropped-sockets'; readonly count: number };
