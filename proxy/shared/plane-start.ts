import type { MessagePort } from 'node:worker_threads';
import type { FromPlane, ToPlane } from '../messages.ts';
import type { SharedState } from './tables/index.ts';

/** Ways to read decrypted bytes from a TLS server socket, fastest first. */
export type ReaderTier = 'user-buffer' | 'push' | 'data';

/** What a data plane is started with, in whichever thread. */
export interface PlaneOptions {
  /** Column in the shared tables. */
  readonly index: number;
  readonly shared: SharedState;
  readonly reader: ReaderTier;
  /** `receive`: sockets come over a port; otherwise this plane binds the addresses. */
  readonly accept: 'receive' | 'bind' | 'bind-reuse-port';
  readonly testHooks: boolean;
  /** Module whose export `sessions` is the session factory. */
  readonly sessionModule: string;
}

/** A data plane that was started, in a thread of its own or in this one: the same messages. */
export interface RunningPlane {
  /** It is a thread: it can be ended and replaced. */
  readonly replaceable: boolean;
  /** Resolves when it takes messages; rejects when it ends before. */
  readonly ready: Promise<void>;
  post(message: ToPlane, transfer: MessagePort[]): void;
  close(): Promise<void>;
}

/** What the one who starts a data plane learns of it. */
export interface PlaneEvents {
  /** Everything that it says once it is ready. */
  message(message: FromPlane): void;
  /** The thread ended, whoever ended it. */
  exit(): void;
}

/** Starts a data plane; `inThread` false: in the caller's thread, for tests, debugging and small machines. */
export type StartPlane = (options: PlaneOptions, inThread: boolean, events: PlaneEvents) => RunningPlane;
