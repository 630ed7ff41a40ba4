import net from 'node:net';
import { MessageChannel, type MessagePort, Worker } from 'node:worker_threads';
import type { Bind, Bound } from '../../messages.ts';
import type { AcceptTier, AcceptTierName } from '../../shared/accept-tier.ts';
import { probeAddress } from '../../shared/listen-set.ts';
import type { SharedState } from '../../shared/tables/index.ts';
import type { FromAcceptor, ToAcceptor } from './acceptor.ts';

const SELF_TEST_DEADLINE = 3000;

export interface SelectedTier {
  readonly tier: AcceptTierName;
  /** Data planes that the tier can feed. */
  readonly workers: number;
  /** Why it is not what was asked for; empty when it is. */
  readonly notes: readonly string[];
}

/**
 * The tier by configuration, number of workers and what this machine can do: one data plane needs
 * no acceptor; more get one, if sockets can be handed over here; else the kernel spreads, where it
 * can; else there is one worker.
 */
export async function selectTier(wanted: 'auto' | AcceptTierName, workers: number): Promise<SelectedTier> {
  if (workers <= 1 || wanted === 'single') return { tier: 'single', workers: Math.min(workers, 1), notes: [] };
  const kernelSpreads = process.platform === 'linux';
  if (wanted === 'reuse-port' && kernelSpreads) return { tier: 'reuse-port', workers, notes: [] };
  const notes = wanted === 'reuse-port' ? ['reuse-port: only on Linux'] : [];
  try {
    await transferSelfTest();
    return { tier: 'transfer', workers, notes };
  } catch (error) {
    notes.push(`transfer: ${error instanceof Error ? error.message : String(error)}`);
  }
  return kernelSpreads ? { tier: 'reuse-port', workers, notes } : { tier: 'single', workers: 1, notes };
}

/** Hands a loopback socket through a port and expects it to work at the other end. */
async function transferSelfTest(): Promise<void> {
  const { port1, port2 } = new MessageChannel();
  const server = net.createServer({ pauseOnConnect: true }, (socket) => {
    try {
      port1.postMessage(socket, [socket as unknown as MessagePort]);
    } catch (error) {
      outcome.reject(error);
    }
  });
  const outcome = Promise.withResolvers<void>();
  const timer = setTimeout(() => outcome.reject(new Error('self-test timed out')), SELF_TEST_DEADLINE);
  port2.on('message', (socket: net.Socket) => {
    socket.on('error', outcome.reject);
    socket.end('x');
  });
  server.listen(0, '127.0.0.1', () => {
    const client = net.connect((server.address() as net.AddressInfo).port, '127.0.0.1');
    client.on('error', outcome.reject);
    client.once('data', () => outcome.resolve());
  });
  try {
    await outcome.promise;
  } finally {
    clearTimeout(timer);
    server.close();
    port1.close();
  }
}

/** The accept tier of this name; `onDropped` reports sockets that were closed because no worker could take them. */
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
