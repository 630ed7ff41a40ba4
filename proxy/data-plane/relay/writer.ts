import type { Socket } from 'node:net';

const EMPTY = Buffer.alloc(0);
/** A single write below this never makes the writer busy by itself. */
const SMALL = 64 * 1024;

/**
 * The one way to write to a socket. Nothing else calls `socket.write`.
 *
 * Lent memory is shared by all connections of a worker, so the rules below are a security
 * property: a view that is still queued when its buffer is reused sends another client's bytes.
 * - Plain socket: the kernel took everything when `writableLength === 0` after the write.
 * - TLS socket: `writableLength` is never 0 after a write, but a write that found it 0 has been
 *   encrypted when it returns; a write that found it busy keeps a view and must own its bytes.
 */
export class Writer {
  readonly socket: Socket;
  readonly #tls: boolean;
  readonly #onReady: () => void;
  #waiting = 0;

  /** `onReady` is called when the last write that made the writer busy is done. */
  constructor(socket: Socket, tls: boolean, onReady: () => void) {
    this.socket = socket;
    this.#tls = tls;
    this.#onReady = onReady;
  }

  /** The peer does not keep up: stop reading whatever feeds this writer until `onReady`. */
  get busy(): boolean {
    return this.#waiting > 0;
  }

  /** Bytes that the peer has not taken yet. */
  get backlog(): number {
    return this.socket.writableLength;
  }

  /**
   * Writes a view of shared memory. True: the memory is free. False: it belongs to the socket
   * until `onReady`; the caller takes another buffer.
   */
  lend(view: Buffer): boolean {
    const socket = this.socket;
    if (!socket.writable) return true;
    if (this.#tls) {
      this.send(view, false);
      return true;
    }
    socket.write(view);
    if (socket.writableLength === 0) return true;
    this.#waiting++;
    socket.write(EMPTY, this.#done);
    return false;
  }

  /** Writes a view of shared memory that is free when the call returns, copying where it must. `full`: be busy until it is through. */
  send(view: Buffer, full: boolean): void {
    const socket = this.socket;
    if (!socket.writable) return;
    if (this.#tls && socket.writableLength === 0 && !socket.writableCorked) {
      if (full) {
        this.#waiting++;
        socket.write(view, this.#done);
      } else {
        socket.write(view);
      }
      return;
    }
    this.own(Buffer.from(view));
  }

  /** Writes bytes that nobody else will touch. */
  own(bytes: Uint8Array): void {
    const socket = this.socket;
    if (!socket.writable) return;
    if (socket.writableLength === 0 && bytes.length < SMALL) {
      socket.write(bytes);
      return;
    }
    this.#waiting++;
    socket.write(bytes, this.#done);
  }

  #done = (error?: Error | null): void => {
    // After an error the socket only closes; whether lent memory is still read is not known.
    if (!error && --this.#waiting === 0) this.#onReady();
  };
}
