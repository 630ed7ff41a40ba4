import type { MessagePort } from 'node:worker_threads';
import type { Bind, Bound } from '../messages.ts';

/**
 * How connections reach the data planes.
 * - transfer: one acceptor thread binds, and hands sockets over;
 * - reuse-port: every data plane binds the same address, the kernel spreads;
 * - single: the only data plane binds.
 */
export type AcceptTierName = 'transfer' | 'reuse-port' | 'single';

/**
 * How connections reach the data planes, as the control plane handles it: new addresses are prepared, then committed
 * or dropped.
 */
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
