import type { TLSSocket } from 'node:tls';
import type { OnBytes, Reader } from './reader.ts';

/** Takes decrypted bytes where the stream would queue them, by its public `push` method: no stream event per record. */
export class PushReader implements Reader {
  readonly #socket: TLSSocket;
  #paused = false;
  #discarding = false;

  constructor(socket: TLSSocket) {
    this.#socket = socket;
  }

  start(onBytes: OnBytes): void {
    const socket = this.#socket;
    for (let early = socket.read() as Buffer | null; early !== null; early = socket.read() as Buffer | null) {
      onBytes(early, early.length);
    }
    const push = socket.push;
    socket.push = (chunk: Buffer | null): boolean => {
      if (chunk === null) return push.call(socket, null);
      if (!this.#discarding) onBytes(chunk, chunk.length);
      return !this.#paused;
    };
    socket.resume();
  }

  pause(): void {
    this.#paused = true;
  }

  resume(): void {
    if (!this.#paused) return;
    this.#paused = false;
    // After a push that answered false the stream believes that a read is under way: `resume` alone would stall.
    if (!this.#socket.destroyed) this.#socket._read(0);
  }

  discard(): void {
    this.#discarding = true;
    this.resume();
  }
}
