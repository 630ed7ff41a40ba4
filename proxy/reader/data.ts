import type { TLSSocket } from 'node:tls';
import type { OnBytes, Reader } from './reader.ts';

/** Reads by the documented 'data' event: works everywhere, costs an allocation and an event per record. */
export class DataReader implements Reader {
  readonly #socket: TLSSocket;
  #discarding = false;

  constructor(socket: TLSSocket) {
    this.#socket = socket;
  }

  start(onBytes: OnBytes): void {
    this.#socket.on('data', (chunk: Buffer) => {
      if (!this.#discarding) onBytes(chunk, chunk.length);
    });
  }

  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  discard(): void {
    this.#discarding = true;
    this.#socket.resume();
  }
}
