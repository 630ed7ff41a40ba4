import { MessageChannel, type MessagePort, Worker } from 'node:worker_threads';
import type { Bind, Bound } from '../messages.ts';
import type { SharedState } from '../shared/index.ts';
import type { FromAcceptor, ToAcceptor } from './acceptor.ts';
import { probeAddress } from './listen-set.ts';

/**
 * How connections reach the data planes.
 * - transfer: one acceptor thread binds, and hands sockets over;
 * - reuse-port: every data plane binds the same address, the kernel spreads;
 * - single: the only data plane binds.
 */
export type AcceptTierName = 'transfer' | 'reuse-port' | 'single';

export interface AcceptTier {
  readonly name: AcceptTierName;
  /** Whether the data planes bind the addresses themselves. */
  readonly planesBind: boolean;
  /** Binds (or probes) new addresses. Rejects with the reason, leaving everything as it was. */
  prepare(binds: readonly Bind[]): Promise<readonly Bound[]>;
  commit(): void;
  drop(): void;
  /** The port through which a new data plane gets its sockets; null where it binds itself. */
  connect(worker: number): MessagePort | null;
  /** No more sockets for this worker. */
  disconnect(worker: number): void;
  close(): Promise<void>;
}

/** Tier by configuration and platform: one data plane needs no acceptor; more of them get one. */
export function chooseTier(wanted: 'auto' | AcceptTierName, planes: number): AcceptTierName {
  if (planes <= 1) return 'single';
  if (wanted === 'reuse-port' && process.platform === 'linux') return 'reuse-port';
  return 'transfer';
}

export function createTier(name: AcceptTierName, shared: SharedState, onDropped: (count: number) => void): AcceptTier {
  return name === 'transfer' ? new TransferTier(shared, onDropped) : new PlanesBindTier(name);
}

class PlanesBindTier implements AcceptTier {
  readonly name: AcceptTierName;
  readonly planesBind = true;
  #known = new Set<string>();
  #next = new Set<string>();

  constructor(name: AcceptTierName) {
    this.name = name;
  }

  async prepare(binds: readonly Bind[]): Promise<readonly Bound[]> {
    this.#next = new Set(binds.map((bind) => bind.key));
    if (this.name !== 'reuse-port') return [];
    for (const bind of binds) if (!this.#known.has(bind.key)) await probeAddress(bind);
    return [];
  }

  commit(): void {
    this.#known = this.#next;
  }

  drop(): void {}

  connect(): null {
    return null;
  }

  disconnect(): void {}

  async close(): Promise<void> {}
}

class TransferTier implements AcceptTier {
  readonly name = 'transfer';
  readonly planesBind = false;
  readonly #thread: Worker;
  #waiting: { resolve(bound: readonly Bound[]): void; reject(error: Error): void } | null = null;

  constructor(shared: SharedState, onDropped: (count: number) => void) {
    this.#thread = new Worker(new URL(`./acceptor.${import.meta.url.endsWith('.ts') ? 'ts' : 'js'}`, import.meta.url), {
      name: 'acceptor',
      workerData: shared,
    });
    this.#thread.on('message', (message: FromAcceptor) => {
      if (message.type === 'dropped-sockets') {
        onDropped(message.count);
        return;
      }
      const waiting = this.#waiting;
      this.#waiting = null;
      if (message.type === 'prepared') waiting?.resolve(message.bound);
      else waiting?.reject(new Error(message.problem));
    });
    this.#thread.on('error', (error) => {
      // Without its acceptor the gate is shut: end loudly, so that whoever supervises us starts it anew.
      throw error;
    });
  }

  prepare(binds: readonly Bind[]): Promise<readonly Bound[]> {
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject };
      this.#post({ type: 'prepare', binds });
    });
  }

  commit(): void {
    this.#post({ type: 'commit' });
  }

  drop(): void {
    this.#post({ type: 'drop' });
  }

  connect(worker: number): MessagePort {
    const { port1, port2 } = new MessageChannel();
    this.#post({ type: 'target', worker, port: port1 }, [port1]);
    return port2;
  }

  disconnect(worker: number): void {
    this.#post({ type: 'no-target', worker });
  }

  async close(): Promise<void> {
    this.#post({ type: 'close' });
    await this.#thread.terminate();
  }

  #post(message: ToAcceptor, transfer: MessagePort[] = []): void {
    this.#thread.postMessage(message, transfer);
  }
}
