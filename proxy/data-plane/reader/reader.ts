import type { TLSSocket } from 'node:tls';
/** Takes `n` decrypted bytes at the front of `bytes`; they are only there during the call. */
export type OnBytes = (bytes: Uint8Array, n: number) => void;

/** Reads one client. 'end' and 'close' stay events of the socket. */
export interface Reader {
  start(onBytes: OnBytes): void;
  pause(): void;
  resume(): void;
  /** From now on whatever arrives is read and thrown away. */
  discard(): void;
}

/** Makes the reader of one client's TLS socket. */
export type ReaderFactory = (socket: TLSSocket) => Reader;

/** What the tiers have in common whose socket pauses and resumes as a stream does. */
export abstract class StreamReader implements Reader {
  protected readonly socket: TLSSocket;
  protected discarding = false;

  constructor(socket: TLSSocket) {
    this.socket = socket;
  }

  abstract start(onBytes: OnBytes): void;

  pause(): void {
    this.socket.pause();
  }

  resume(): void {
    this.socket.resume();
  }

  discard(): void {
    this.discarding = true;
    this.socket.resume();
  }
}
